/** One session of a tape: the view of a session at whichever of its events somebody wants to see. */

import { useEffect, useMemo } from 'preact/hooks';
import { EventPage } from '../exchange/event-page.tsx';
import { type Route, hrefOf } from '../routes.ts';
import { rowsNow, rowsThen } from '../session/pending-view.tsx';
import { sessionAt } from '../session/session-at.ts';
import { SessionBody } from '../session/session-body.tsx';
import { SessionHeader } from '../session/session-header.tsx';
import { useScrubKeys } from '../session/use-scrub-keys.tsx';
import { useSessionFold } from '../session/use-session-fold.tsx';
import type { SessionActions } from '../session-actions.ts';
import type { PageStore } from '../store/page-store.ts';
import type { WatchedSession } from '../watched-session.ts';
import { type EventWindow, eventAt } from './event-window.ts';
import { TapeReader } from './tape-reader.ts';

export interface TapePageProps {
  readonly store: PageStore;
  readonly at: Extract<Route, { readonly sessionId: string }>;
  readonly watched: WatchedSession;
  readonly actions: SessionActions;
  readonly close: () => void;
}

export function TapePage({ store, at: there, watched, actions, close }: TapePageProps) {
  const { pid, sessionId } = there;
  const reader = useMemo(
    () =>
      new TapeReader({
        readEvents: async (from, max) => store.readEvents(pid, sessionId, from, max),
        readMoment: async (seq) => store.readMoment(pid, sessionId, seq),
      }),
    [store, pid, sessionId],
  );
  const isOpen = watched.link === 'open';
  const openedSeq = there.view === 'event' ? there.seq : undefined;
  useEffect(() => {
    // From the end on, unless somebody was somewhere already.
    if (isOpen) reader.goTo(reader.view.peek().place);
  }, [reader, isOpen]);
  useEffect(() => {
    if (isOpen && openedSeq !== undefined) void reader.goToEvent(openedSeq);
  }, [reader, isOpen, openedSeq]);
  useEffect(() => () => reader.close(), [reader]);

  const { place, window = nothing, moment, failure } = reader.view.value;
  const { events, from, total } = window;
  const folded = useSessionFold(events, from - 1);
  const index = Math.min(place, total) - from;
  const present = eventAt(window, place);
  const worked = useMemo(() => sessionAt(events, index, folded.exchanges), [events, index, folded]);
  const isThere = moment !== undefined && moment.seq === present?.seq;
  const view = moment?.view ?? watched.view;
  const at = present?.at ?? view?.at ?? 0;
  const toIndex = (next: number | 'live'): void => reader.goTo(next === 'live' ? Infinity : next + 1);
  useScrubKeys(() => {
    const now = reader.view.peek();
    const last = (now.window?.total ?? 1) - 1;
    return { index: Math.min(now.place - 1, last), last };
  }, toIndex);

  const session: WatchedSession = { ...watched, view, events, missed: from - 1, isOver: true };
  const until = from + events.length - 1;
  return (
    <div class={openedSeq === undefined ? 'split' : 'split with-event'}>
      <div class="beside">
        <div class="session">
          <SessionHeader session={session} actions={actions} now={(view?.at ?? 0) + watched.epochOffset} />
          {(failure !== undefined || !isOpen) && (
            <p class="note bad" role="status">
              {failure ?? `The tape is not open any more: 'ninelives tape open' has ended.`}
            </p>
          )}
          <SessionBody
            moment={worked}
            isKnown={present !== undefined}
            at={at}
            isLive={false}
            transitions={view?.snapshot.transitions ?? worked.transitions}
            dwellMs={view?.snapshot.dwellMs}
            view={view}
            isViewLater={false}
            pending={
              moment === undefined
                ? rowsThen(worked.pending, at, present?.seq ?? 0)
                : rowsNow(moment.view.snapshot, isThere ? 0 : at - moment.view.at, worked.pending)
            }
            held={moment?.view.snapshot.held ?? []}
            hasDeadlines={moment !== undefined}
            scrubber={{
              total,
              index: Math.min(place, total) - 1,
              startedAt: view === undefined ? 0 : view.at - view.snapshot.ageMs,
              newest: 'end',
              isAtNewest: place >= total,
              to: toIndex,
            }}
            present={present}
            lines={folded.lines}
            empty={
              total === 0 && failure === undefined ? 'Reading the tape …' : 'Nothing of this session is on the tape.'
            }
            epochOffset={watched.epochOffset}
            hrefOf={(seq) => hrefOf({ view: 'event', pid, sessionId, seq })}
            choose={(seq) => void reader.goToEvent(seq)}
            openEvent={actions.openEvent}
          >
            {events.length < total && (
              <p class="tape-part dim">
                <button type="button" class="plain" disabled={from === 1} onClick={() => reader.goTo(from)}>
                  ↑ earlier
                </button>
                events {from} to {until} of {total} are drawn
                <button type="button" class="plain" disabled={until === total} onClick={() => reader.goTo(until)}>
                  ↓ later
                </button>
              </p>
            )}
          </SessionBody>
        </div>
      </div>
      {openedSeq !== undefined && (
        <EventPage session={session} exchanges={folded.exchanges} seq={openedSeq} actions={actions} close={close} />
      )}
    </div>
  );
}

const nothing: EventWindow = { from: 1, events: [], total: 0 };
