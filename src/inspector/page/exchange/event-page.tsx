/** One event of a session: the message with its envelope, who decided what about it, and what followed. */

import { useEffect } from 'preact/hooks';
import type { TracedEvent } from '../../feed-messages.ts';
import type { SessionActions } from '../session-actions.ts';
import type { Exchanges } from '../session/exchanges.ts';
import { spokenId } from '../session/spoken.ts';
import { isTyping } from '../shell/keys.ts';
import type { WatchedSession } from '../watched-session.ts';
import { BodyPart } from './body-part.tsx';
import { consequencesOf, factsOf, titleOf } from './event-words.ts';
import './exchange.css';

export interface EventPageProps {
  readonly session: WatchedSession;
  /** Of the session's events. */
  readonly exchanges: Exchanges;
  readonly seq: number;
  readonly actions: SessionActions;
  readonly close: () => void;
}

export function EventPage({ session, exchanges, seq, actions, close }: EventPageProps) {
  const { events } = session;
  const index = events.findIndex((event) => event.seq === seq);
  const event = events[index];
  const [earlier, later] = [events[index - 1]?.seq, index < 0 ? undefined : events[index + 1]?.seq];
  const { openEvent } = actions;

  useEffect(() => {
    const onKey = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): void => {
      if (isTyping({ target }) || ctrlKey || metaKey || altKey) return;
      const to = key === 'p' ? earlier : key === 'n' ? later : undefined;
      if (to !== undefined) openEvent(to);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [earlier, later, openEvent]);

  return (
    <aside class="event" aria-label={`Event ${seq}`}>
      <header>
        <h2>{event === undefined ? `Event ${seq}` : titleOf(event)}</h2>
        <span class="push" />
        <Step label="Event before (p)" sign="←" to={earlier} openEvent={openEvent} />
        <Step label="Event after (n)" sign="→" to={later} openEvent={openEvent} />
        <button type="button" class="plain" aria-label="Close" title="Close (Esc)" onClick={close}>
          ×
        </button>
      </header>
      {event === undefined ? (
        <p class="dim none">
          {events.length === 0 ? 'Waiting for the events of this session.' : 'This event is not kept any more.'}
        </p>
      ) : (
        <Details key={event.seq} session={session} exchanges={exchanges} event={event} actions={actions} />
      )}
    </aside>
  );
}

interface StepProps {
  readonly label: string;
  readonly sign: string;
  readonly to: number | undefined;
  readonly openEvent: (seq: number) => void;
}

function Step({ label, sign, to, openEvent }: StepProps) {
  return (
    <button
      type="button"
      class="plain"
      aria-label={label}
      title={label}
      disabled={to === undefined}
      onClick={() => to !== undefined && openEvent(to)}
    >
      {sign}
    </button>
  );
}

interface DetailsProps {
  readonly session: WatchedSession;
  readonly exchanges: Exchanges;
  readonly event: TracedEvent;
  readonly actions: SessionActions;
}

function Details({ session, exchanges, event, actions }: DetailsProps) {
  const { problem, steps = [], frame } = event;
  const consequences = consequencesOf(event);
  return (
    <>
      {problem !== undefined && (
        <p class="note bad">
          {problem.text}{' '}
          {problem.spec !== undefined && (
            <a href={problem.spec} target="_blank" rel="noreferrer">
              what the specification says
            </a>
          )}
        </p>
      )}
      <dl class="facts">
        {factsOf(event, session.epochOffset).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <Related exchanges={exchanges} event={event} openEvent={actions.openEvent} />
        {steps.length > 0 && (
          <div>
            <dt>decided by</dt>
            <dd>
              {steps.map(({ interceptor, action }, index) => (
                <span key={index} class={action === 'failed' || action === 'block' ? 'step bad' : 'step'}>
                  {interceptor}: <strong>{action}</strong>
                </span>
              ))}
            </dd>
          </div>
        )}
        {consequences.length > 0 && (
          <div>
            <dt>then</dt>
            <dd>
              {consequences.map((line) => (
                <div key={line}>{line}</div>
              ))}
            </dd>
          </div>
        )}
      </dl>
      {frame?.hasBody === true ? (
        <BodyPart session={session} event={event} actions={actions} />
      ) : (
        <p class="dim none">{frame === undefined ? 'No message belongs to this event.' : 'Its body is not kept.'}</p>
      )}
    </>
  );
}

/** The other events of the exchange that the event is part of. */
function Related({
  exchanges,
  event,
  openEvent,
}: Pick<DetailsProps, 'exchanges' | 'event'> & Pick<SessionActions, 'openEvent'>) {
  const exchange = exchanges.ofEvent.get(event.seq);
  if (exchange === undefined) return null;
  const parts = [
    ['request', exchange.isOlder ? undefined : exchange.seq],
    ['sent on', exchange.sentSeq === exchange.seq ? undefined : exchange.sentSeq],
    ['response', exchange.responseSeq],
    ['end', exchange.settledSeq === exchange.responseSeq ? undefined : exchange.settledSeq],
  ] as const;
  const others = parts.filter(([, seq]) => seq !== undefined && seq !== event.seq);
  return (
    <div>
      <dt>exchange</dt>
      <dd>
        {exchange.method} {spokenId(exchange.id)}, {exchange.outcome ?? 'still open'}
        {others.map(([name, seq]) => (
          <>
            {' · '}
            <button type="button" class="plain link" key={name} onClick={() => openEvent(seq!)}>
              {name}
            </button>
          </>
        ))}
      </dd>
    </div>
  );
}
