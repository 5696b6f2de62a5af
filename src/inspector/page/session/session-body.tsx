/** A session at one moment, whichever that is: its statechart and why it is so, what waits, where in its history that is, and the diagram. */

import type { ComponentChildren } from 'preact';
import type { SessionSnapshot, TransitionCount } from '../../../session/snapshot.ts';
import type { SessionView, TracedEvent } from '../../feed-messages.ts';
import { route } from '../shell/route.ts';
import { ExplanationView } from './explanation-view.tsx';
import { type PendingRow, PendingView } from './pending-view.tsx';
import { Scrubber, type ScrubberProps } from './scrubber.tsx';
import './session.css';
import type { SessionMoment } from './session-at.ts';
import { StatePanel } from './state-panel.tsx';
import type { TimelineLine } from './timeline.ts';
import { Problem } from './timeline-words.tsx';
import { TimelineView } from './timeline-view.tsx';

export interface SessionBodyProps {
  readonly moment: SessionMoment;
  /** False while nothing has been heard of the session. */
  readonly isKnown: boolean;
  /** On the clock of the events. */
  readonly at: number;
  readonly isLive: boolean;
  readonly transitions: readonly TransitionCount[];
  readonly dwellMs: SessionSnapshot['dwellMs'] | undefined;
  readonly view: SessionView | undefined;
  /** The view is of another moment than the one that is looked at. */
  readonly isViewLater: boolean;
  readonly pending: readonly PendingRow[];
  readonly held: SessionSnapshot['held'];
  /** The rows tell when their deadlines are. */
  readonly hasDeadlines: boolean;
  readonly scrubber: Omit<ScrubberProps, 'event'>;
  /** The event after which the session is shown. */
  readonly present: TracedEvent | undefined;
  readonly lines: readonly TimelineLine[];
  /** What is said where there is no line. */
  readonly empty: string;
  readonly epochOffset: number;
  readonly hrefOf: (seq: number) => string;
  readonly choose: (seq: number) => void;
  readonly openEvent: (seq: number) => void;
  /** Stands above the diagram. */
  readonly children?: ComponentChildren;
}

export function SessionBody(props: SessionBodyProps) {
  const { at, isLive, view, isViewLater, present, scrubber, openEvent } = props;
  return (
    <div class="session-body">
      <aside class="session-aside">
        <StatePanel
          moment={props.moment}
          isKnown={props.isKnown}
          at={at}
          isLive={isLive}
          transitions={props.transitions}
          dwellMs={props.dwellMs}
        />
        {view !== undefined && <ExplanationView lines={view.explanation} isLater={isViewLater} />}
      </aside>
      <div class="session-main">
        <PendingView rows={props.pending} held={props.held} hasDeadlines={props.hasDeadlines} openEvent={openEvent} />
        <Scrubber {...scrubber} event={present} />
        {!isLive && present?.problem !== undefined && (
          <p class="note bad chosen-problem">
            <Problem problem={present.problem} />
          </p>
        )}
        {props.children}
        <TimelineView
          lines={props.lines}
          cursorSeq={present?.seq ?? 0}
          openedSeq={route.value.view === 'event' ? route.value.seq : undefined}
          isLive={isLive}
          empty={props.empty}
          startedAt={scrubber.startedAt}
          epochOffset={props.epochOffset}
          now={at}
          hrefOf={props.hrefOf}
          choose={props.choose}
          openEvent={openEvent}
        />
      </div>
    </div>
  );
}
