/** One session, live: its statechart, its sequence diagram and what waits, as they are now or as they were after an earlier event. */

import { useMemo, useState } from 'preact/hooks';
import { hrefOf } from '../routes.ts';
import type { SessionActions } from '../session-actions.ts';
import type { WatchedSession } from '../watched-session.ts';
import { rowsNow, rowsThen } from './pending-view.tsx';
import { type SessionMoment, sessionAt } from './session-at.ts';
import { SessionBody } from './session-body.tsx';
import type { FoldedSession } from './session-fold.ts';
import { SessionHeader } from './session-header.tsx';
import { useNow } from './use-now.tsx';
import { useScrubKeys } from './use-scrub-keys.tsx';

export interface SessionPageProps {
  readonly session: WatchedSession;
  /** Of its events. */
  readonly folded: FoldedSession;
  readonly actions: SessionActions;
}

export function SessionPage({ session, folded, actions }: SessionPageProps) {
  const { events, view, epochOffset, isOver, link, process, sessionId } = session;
  /** The event after which the session is shown, by its number; undefined shows it as it is. */
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const { exchanges, lines } = folded;

  const last = events.length - 1;
  const found = cursor === undefined ? last : events.findLastIndex(({ seq }) => seq <= cursor);
  const index = found < 0 && events.length > 0 ? 0 : found;
  const isLive = cursor === undefined;
  const to = (next: number | 'live'): void => {
    const event = next === 'live' ? undefined : events[Math.max(0, next)];
    setCursor(next === 'live' || next > last ? undefined : event?.seq);
  };
  useScrubKeys(() => ({ index, last }), to);

  const stands = view === undefined || isOver || link !== 'open';
  const wall = useNow(stands ? (view?.at ?? events.at(-1)?.at ?? 0) + epochOffset : undefined);
  const present = events[index];
  const at = isLive ? wall - epochOffset : (present?.at ?? 0);
  const moment = useMemo(() => sessionAt(events, index, exchanges), [events, index, folded]);
  const shown = isLive && view !== undefined ? asViewed(moment, view.snapshot.state) : moment;
  const elapsedMs = view === undefined ? 0 : Math.max(0, wall - epochOffset - view.at);
  const rows =
    isLive && view !== undefined
      ? rowsNow(view.snapshot, elapsedMs, moment.pending)
      : rowsThen(moment.pending, at, present?.seq ?? 0);

  return (
    <div class="session">
      <SessionHeader session={session} actions={actions} now={wall} />
      {link === 'lost' && !isOver && (
        <p class="note bad" role="status">
          The connection to process {process.pid} is lost. What is here is how it was; the page connects again by
          itself.
        </p>
      )}
      {isOver && (
        <p class="note" role="status">
          {link === 'gone' ? `Process ${process.pid} has ended` : 'This session is over'}: what is here stays until you
          leave it.
        </p>
      )}
      <SessionBody
        moment={shown}
        isKnown={view !== undefined || events.length > 0}
        at={at}
        isLive={isLive}
        transitions={isLive ? (view?.snapshot.transitions ?? moment.transitions) : moment.transitions}
        dwellMs={view?.snapshot.dwellMs}
        view={view}
        isViewLater={!isLive}
        pending={rows}
        held={isLive ? (view?.snapshot.held ?? []) : []}
        hasDeadlines={isLive}
        scrubber={{
          total: events.length,
          index,
          startedAt: events[0]?.at ?? 0,
          isAtNewest: isLive,
          newest: isOver ? 'end' : link === 'open' ? 'live' : 'newest',
          to,
        }}
        present={present}
        lines={lines}
        empty={
          isOver
            ? 'Nothing of this session is kept any more.'
            : view === undefined
              ? 'Waiting for the process to tell about this session …'
              : 'Nothing has happened yet. What does is shown here.'
        }
        epochOffset={epochOffset}
        hrefOf={(seq) => hrefOf({ view: 'event', pid: process.pid, sessionId, seq })}
        choose={setCursor}
        openEvent={actions.openEvent}
      />
    </div>
  );
}

/** The newest view may know a state that the events here do not lead to: some are missing, or on their way. */
function asViewed(moment: SessionMoment, state: SessionMoment['state']): SessionMoment {
  if (moment.state === state) return moment;
  return { ...moment, state, enteredAt: undefined, lastTransition: undefined };
}
