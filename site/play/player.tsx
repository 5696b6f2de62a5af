/**
 * A session as it was after one of its events, and the ways to another one: step, play, a slider, keys. Looks the same whether the
 * session is on a tape or goes on; the parts are those of the inspector's page.
 */

import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import '../../src/inspector/page/session/session.css';
import { ExplanationView } from '../../src/inspector/page/session/explanation-view.tsx';
import { PendingView, rowsNow } from '../../src/inspector/page/session/pending-view.tsx';
import { Scrubber } from '../../src/inspector/page/session/scrubber.tsx';
import { sessionAt } from '../../src/inspector/page/session/session-at.ts';
import { StatePanel } from '../../src/inspector/page/session/state-panel.tsx';
import { StateWord } from '../../src/inspector/page/session/state-word.tsx';
import { TimelineView } from '../../src/inspector/page/session/timeline-view.tsx';
import { useScrubKeys } from '../../src/inspector/page/session/use-scrub-keys.tsx';
import { useSessionFold } from '../../src/inspector/page/session/use-session-fold.tsx';
import { EventCard } from './event-card.tsx';
import type { PlayedSession } from './played-session.ts';
import { usePlayKeys } from './use-play-keys.tsx';

export interface PlayerProps {
  readonly session: PlayedSession;
  /** A copy that changes when there are more of them. */
  readonly events: PlayedSession['events'];
  /** Where it is looked at first: a tape from its beginning, a session that goes on where it is. */
  readonly begins: 'first' | 'newest';
  /** Goes to the newest event when it changes. */
  readonly follows?: number;
  /** Stands above everything that is shown of the session. */
  readonly children?: ComponentChildren;
}

/** Between two events while they are played. */
const paceMs = 700;

export function Player({ session, events, begins, follows, children }: PlayerProps) {
  const last = events.length - 1;
  /** Undefined: the newest, whichever that is. */
  const [place, setPlace] = useState<number | undefined>(begins === 'first' ? 0 : undefined);
  const [isPlaying, setPlaying] = useState(false);
  const index = place === undefined ? last : Math.min(place, last);
  const now = useRef({ index, last });
  now.current = { index, last };

  const to = (next: number | 'live'): void => {
    setPlace(next === 'live' || next >= now.current.last ? undefined : Math.max(0, next));
  };
  const goTo = (next: number | 'live'): void => {
    setPlaying(false);
    to(next);
  };
  const turn = (): void => {
    const { index: at, last: end } = now.current;
    // From the end it begins again.
    if (!isPlaying && at >= end) to(0);
    setPlaying(!isPlaying);
  };
  const play = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Who comes here has one thing to try: the key is under the thumb.
    if (document.activeElement?.matches('select, input') !== true) play.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    if (follows !== undefined) goTo('live');
  }, [follows]);
  useScrubKeys(() => now.current, goTo);
  usePlayKeys(() => now.current.index, goTo, turn);
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (index >= last) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => to(index + 1), paceMs);
    return () => clearTimeout(timer);
  }, [isPlaying, index, last]);

  const folded = useSessionFold(events, 0);
  const moment = useMemo(() => sessionAt(events, index, folded.exchanges), [events, index, folded]);
  const view = useMemo(() => session.viewAt(index), [session, events, index]);
  const present = events[index];
  const toSeq = (seq: number): void => goTo(events.findIndex((event) => event.seq === seq));
  const snapshot = view?.snapshot;
  return (
    <div class="session">
      <header class="session-header">
        <div class="session-title">
          <h1 class="mono" title="Session id">
            {session.id}
          </h1>
          {snapshot !== undefined && <StateWord state={snapshot.state} />}
          {snapshot?.endReason !== undefined && <span class="dim">{snapshot.endReason}</span>}
          <span class="session-tags" role="group" aria-label="Tags">
            {snapshot?.tags.map((tag) => (
              <span key={tag} class="badge">
                {tag}
              </span>
            ))}
          </span>
          <span class="push" />
          <span class="dim">
            {[snapshot?.clientName, snapshot?.serverName, snapshot?.protocolVersion]
              .filter((word) => word !== undefined)
              .join(' · ')}
          </span>
        </div>
      </header>
      {children}
      <div class="player-bar">
        <button
          type="button"
          class="primary play-button"
          aria-keyshortcuts="Space"
          title="Space"
          ref={play}
          onClick={turn}
        >
          {isPlaying ? 'Pause' : 'Play'}
        </button>
        <Scrubber
          total={events.length}
          index={index}
          event={present}
          startedAt={events[0]?.at ?? 0}
          isAtNewest={index >= last}
          newest={begins === 'first' ? 'end' : 'newest'}
          to={goTo}
        />
      </div>
      <div class="session-body">
        <aside class="session-aside" aria-label="State">
          <StatePanel
            moment={moment}
            isKnown={present !== undefined}
            at={present?.at ?? 0}
            isLive={false}
            transitions={moment.transitions}
            dwellMs={snapshot?.dwellMs}
          />
          {view !== undefined && <ExplanationView lines={view.explanation} />}
        </aside>
        <div class="session-main">
          <EventCard event={present} body={present === undefined ? undefined : session.bodyOf(present.seq)} />
          <PendingView
            rows={snapshot === undefined ? [] : rowsNow(snapshot, 0, moment.pending)}
            // Why they are held is told at the side; there is no list of them to go to.
            held={[]}
            hasDeadlines
            openEvent={toSeq}
          />
          <TimelineView
            lines={folded.lines}
            cursorSeq={present?.seq ?? 0}
            openedSeq={undefined}
            isLive={false}
            empty="Nothing has happened yet."
            startedAt={events[0]?.at ?? 0}
            epochOffset={session.epochOffset}
            now={present?.at ?? 0}
            hrefOf={(seq) => `#event-${seq}`}
            choose={toSeq}
            openEvent={toSeq}
          />
        </div>
      </div>
    </div>
  );
}
