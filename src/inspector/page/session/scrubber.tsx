/** Where in its history a session is looked at: a slider over the events that the page has, and a button back to now. */

import type { TracedEvent } from '../../feed-messages.ts';
import { spokenOffset } from './spoken.ts';

export interface ScrubberProps {
  readonly events: readonly TracedEvent[];
  /** The event after which the session is shown; the last one when it is shown live. */
  readonly index: number;
  readonly isLive: boolean;
  /** What it is called to see the newest: nothing is live without a connection. */
  readonly newest: 'live' | 'end' | 'newest';
  readonly to: (index: number | 'live') => void;
}

export function Scrubber({ events, index, isLive, newest, to }: ScrubberProps) {
  const last = events.length - 1;
  const event = events[index];
  const offset = event === undefined ? 0 : event.at - events[0]!.at;
  const words =
    event === undefined
      ? 'No events yet'
      : `${index + 1} of ${events.length} · ${spokenOffset(offset)} s · ${event.event}`;
  return (
    <div class="scrubber" role="group" aria-label="History">
      <button type="button" onClick={() => to(index - 1)} disabled={index <= 0} aria-label="One event back" title="[">
        ◀
      </button>
      <input
        type="range"
        min={0}
        max={Math.max(0, last)}
        value={index}
        disabled={last < 1}
        aria-label="Event"
        aria-valuetext={words}
        onInput={(input) => {
          const chosen = input.currentTarget.valueAsNumber;
          to(chosen >= last ? 'live' : chosen);
        }}
      />
      <button type="button" onClick={() => to(index + 1)} disabled={isLive} aria-label="One event on" title="]">
        ▶
      </button>
      <span class="scrub-words mono">{words}</span>
      <button
        type="button"
        class={isLive ? `live-badge on-${newest}` : 'live-badge'}
        aria-pressed={isLive}
        onClick={() => to('live')}
        title="End"
      >
        {newest}
      </button>
    </div>
  );
}
