/** One session, live: its statechart, its sequence diagram and what waits, as they are now or as they were after an earlier event. */

import { useEffect, useMemo, useState } from 'preact/hooks';
import { hrefOf } from '../routes.ts';
import type { SessionActions } from '../session-actions.ts';
import { isTyping } from '../shell/keys.ts';
import { route } from '../shell/route.ts';
import type { WatchedSession } from '../watched-session.ts';
import { exchangesOf } from './exchanges.ts';
import { PendingView, rowsNow, rowsThen } from './pending-view.tsx';
import { Scrubber } from './scrubber.tsx';
import './session.css';
import { type SessionMoment, sessionAt } from './session-at.ts';
import { SessionHeader } from './session-header.tsx';
import { StatePanel } from './state-panel.tsx';
import { timelineOf } from './timeline.ts';
import { Problem } from './timeline-words.tsx';
import { TimelineView } from './timeline-view.tsx';
import { useNow } from './use-now.tsx';

export interface SessionPageProps {
  readonly session: WatchedSession;
  readonly actions: SessionActions;
}

export function SessionPage({ session, actions }: SessionPageProps) {
  const { events, view, missed, epochOffset, isOver, link, process, sessionId } = session;
  /** The event after which the session is shown, by its number; undefined shows it as it is. */
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const exchanges = useMemo(() => exchangesOf(events), [events]);
  const lines = useMemo(() => timelineOf(events, exchanges, missed), [events, exchanges, missed]);

  const last = events.length - 1;
  const found = cursor === undefined ? last : events.findLastIndex(({ seq }) => seq <= cursor);
  const index = found < 0 && events.length > 0 ? 0 : found;
  const isLive = cursor === undefined;
  const to = (next: number | 'live'): void => {
    const event = next === 'live' ? undefined : events[Math.max(0, next)];
    setCursor(next === 'live' || next > last ? undefined : event?.seq);
  };
  useScrubKeys(index, last, to);

  const stands = view === undefined || isOver || link !== 'open';
  const wall = useNow(stands ? (view?.at ?? events.at(-1)?.at ?? 0) + epochOffset : undefined);
  const present = events[index];
  const at = isLive ? wall - epochOffset : (present?.at ?? 0);
  const moment = useMemo(() => sessionAt(events, index, exchanges), [events, index, exchanges]);
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
      <div class="session-body">
        <aside class="session-aside">
          <StatePanel
            moment={shown}
            isKnown={view !== undefined || events.length > 0}
            at={at}
            isLive={isLive}
            transitions={isLive ? (view?.snapshot.transitions ?? moment.transitions) : moment.transitions}
            dwellMs={view?.snapshot.dwellMs}
          />
          {view !== undefined && (
            <section class={isLive ? 'explanation' : 'explanation later'} aria-label="Explanation">
              <h2>Why {isLive ? '' : <span class="dim">(as it is now)</span>}</h2>
              {view.explanation.map((line, position) => (
                <p key={position} style={{ paddingLeft: `${line.length - line.trimStart().length}ch` }}>
                  {line.trimStart()}
                </p>
              ))}
            </section>
          )}
        </aside>
        <div class="session-main">
          <PendingView
            rows={rows}
            held={isLive ? (view?.snapshot.held ?? []) : []}
            isLive={isLive}
            openEvent={actions.openEvent}
          />
          <Scrubber
            events={events}
            index={index}
            isLive={isLive}
            newest={isOver ? 'end' : link === 'open' ? 'live' : 'newest'}
            to={to}
          />
          {!isLive && present?.problem !== undefined && (
            <p class="note bad chosen-problem">
              <Problem problem={present.problem} />
            </p>
          )}
          <TimelineView
            lines={lines}
            cursorSeq={present?.seq ?? 0}
            openedSeq={route.value.view === 'event' ? route.value.seq : undefined}
            isLive={isLive}
            empty={
              isOver
                ? 'Nothing of this session is kept any more.'
                : view === undefined
                  ? 'Waiting for the process to tell about this session …'
                  : 'Nothing has happened yet. What does is shown here.'
            }
            startedAt={events[0]?.at ?? 0}
            epochOffset={epochOffset}
            now={at}
            hrefOf={(seq) => hrefOf({ view: 'event', pid: process.pid, sessionId, seq })}
            choose={setCursor}
            openEvent={actions.openEvent}
          />
        </div>
      </div>
    </div>
  );
}

/** The newest view may know a state that the events here do not lead to: some are missing, or on their way. */
function asViewed(moment: SessionMoment, state: SessionMoment['state']): SessionMoment {
  if (moment.state === state) return moment;
  return { ...moment, state, enteredAt: undefined, lastTransition: undefined };
}

/** Nothing is typed into a slider. */
function isSlider(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'range';
}

/** `[` and `]` go one event, with Shift ten; End goes to now. */
function useScrubKeys(index: number, last: number, to: (index: number | 'live') => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || (isTyping(event) && !isSlider(event.target))) return;
      const step = { '[': -1, ']': 1, '{': -10, '}': 10 }[event.key];
      if (event.key === 'End') to('live');
      else if (step !== undefined) to(index + step >= last && step > 0 ? 'live' : index + step);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [index, last, to]);
}
