/** The event after which the session is shown: what came, what the chart decided, what followed, and the message itself. */

import { useMemo } from 'preact/hooks';
import type { TracedEvent } from '../../src/inspector/feed-messages.ts';
import { consequencesOf, spokenDirection, titleOf } from '../../src/inspector/page/exchange/event-words.ts';
import { spokenId } from '../../src/inspector/page/session/spoken.ts';
import { StateWord } from '../../src/inspector/page/session/state-word.tsx';

export interface EventCardProps {
  readonly event: TracedEvent | undefined;
  readonly body: string | undefined;
}

const decisions = {
  committed: 'taken, and committed as a whole',
  unexpected: 'no transition of this state takes it',
  'rolled-back': 'undone: something threw, and the session is as it was before',
} as const;

export function EventCard({ event, body }: EventCardProps) {
  const text = useMemo(() => spread(body), [body]);
  if (event === undefined) return null;
  const { frame, steps = [], problem, decision, from, to } = event;
  const consequences = consequencesOf(event);
  return (
    <section class="event-card" aria-label="Last event">
      <h2>
        <span class="mono">{event.event}</span> {frame !== undefined && <b>{titleOf(event)}</b>}
        {frame?.id !== undefined && <span class="mono dim"> {spokenId(frame.id)}</span>}
        {frame !== undefined && <span class="dim"> {spokenDirection(frame.direction)}</span>}
      </h2>
      <dl>
        <dt>decision</dt>
        <dd class={decision === 'committed' ? '' : 'bad'}>
          {decisions[decision]}
          {steps.map(({ interceptor, action }, index) => (
            <span key={index} class="step-by">
              {interceptor}: <b>{action}</b>
            </span>
          ))}
        </dd>
        <dt>state</dt>
        <dd>
          {from === to ? (
            <>
              stays <StateWord state={to} />
            </>
          ) : (
            <>
              <StateWord state={from} /> → <StateWord state={to} />
            </>
          )}
        </dd>
        <dt>then</dt>
        <dd>
          {consequences.length === 0 ? (
            <span class="dim">nothing leaves</span>
          ) : (
            consequences.map((line, index) => <div key={index}>{line}</div>)
          )}
        </dd>
        {event.detail !== undefined && (
          <>
            <dt>why</dt>
            <dd>{event.detail}</dd>
          </>
        )}
        {problem !== undefined && (
          <>
            <dt>problem</dt>
            <dd class="bad">{problem.text}</dd>
          </>
        )}
      </dl>
      {text !== undefined && (
        <details>
          <summary>the message</summary>
          <pre tabIndex={0}>{text}</pre>
        </details>
      )}
    </section>
  );
}

/** JSON in lines; what is none as it is. */
function spread(body: string | undefined): string | undefined {
  if (body === undefined) return undefined;
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}
