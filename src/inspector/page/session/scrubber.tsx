/** Where in its history a session is looked at: a slider over its events, and a button to the newest of them. */

import type { TracedEvent } from '../../feed-messages.ts';
import { spokenOffset } from './spoken.ts';

export interface ScrubberProps {
  /** How many events there are. */
  readonly total: number;
  /** The event after which the session is shown, from 0 on; the last one when it is shown live. */
  readonly index: number;
  /** That event; undefined while it is not here. */
  readonly event: TracedEvent | undefined;
  /** On the clock of the events. */
  readonly startedAt: number;
  /** It is shown as it is now, or as it was at its end. */
  readonly isAtNewest: boolean;
  /** What it is called to see the newest: nothing is live without a connection. */
  readonly newest: 'live' | 'end' | 'newest';
  readonly to: (index: number | 'live') => void;
}

export function Scrubber({ total, index, event, startedAt, isAtNewest, newest, to }: ScrubberProps) {
  const last = total - 1;
  const place = `${index + 1} of ${total}`;
  const words =
    event === undefined
      ? total === 0
        ? 'No events yet'
        : place
      : `${place} · ${spokenOffset(event.at - startedAt)} s · ${event.event}`;
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
      <button type="button" onClick={() => to(index + 1)} disabled={index >= last} aria-label="One event on" title="]">
        ▶
      </button>
      <span class="scrub-words mono">{words}</span>
      <button
        type="button"
        class={isAtNewest ? `live-badge on-${newest}` : 'live-badge'}
        aria-pressed={isAtNewest}
        onClick={() => to('live')}
        title="End"
      >
        {newest}
      </button>
    </div>
  );
}
