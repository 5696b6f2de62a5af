/**
 * What a viewer of the inspector and a process say to each other, as JSON texts over one WebSocket: the feed, version 1. The page
 * and the process compile against this one file. Types alone.
 *
 * A viewer asks for the overview, for sessions, or for both. Of the overview it gets the whole first and then what has changed, a
 * few times a second; of a session a snapshot, the events that the ring still has, and then what happens. A viewer that reads too
 * slowly loses events, is told how many, and never slows anybody.
 *
 * A tape speaks the same, as a process that stands still: nothing happens by itself, and a viewer asks for the events and the moments
 * that it wants to see.
 */

import type { ProcessFacts } from '../observe/process-facts.ts';
import type { TracedEvent, UnplacedFrame } from '../observe/traced-event.ts';
import type { EndReason, SessionState, SessionStatus } from '../session/outcomes.ts';
import type { SessionSnapshot, TransitionCount } from '../session/snapshot.ts';

export type {
  TracedEvent,
  TracedFrame,
  TracedOutcome,
  TracedProblem,
  TracedSend,
  UnplacedFrame,
} from '../observe/traced-event.ts';

// --- what a viewer says ----------------------------------------------------------------------------------------------

export type ViewerMessage =
  | { readonly type: 'watch-overview' }
  | { readonly type: 'unwatch-overview' }
  /** `after`: the last event that the viewer has of the session, so that a viewer that comes back gets no event twice. */
  | { readonly type: 'watch-session'; readonly sessionId: string; readonly after?: number }
  | { readonly type: 'unwatch-session'; readonly sessionId: string }
  /** The body of an event's frame, from this character on. `request` comes back with the answer. */
  | { readonly type: 'read-body'; readonly request: number; readonly seq: number; readonly from?: number }
  /** Of a tape: events of a session from this place among them on, counted from 1; the last ones where there are fewer behind it. */
  | {
      readonly type: 'read-events';
      readonly request: number;
      readonly sessionId: string;
      readonly from: number;
      readonly max: number;
    }
  /** Of a tape: the session as it was after the event of this number. */
  | { readonly type: 'read-moment'; readonly request: number; readonly sessionId: string; readonly seq: number };

// --- what a process says ---------------------------------------------------------------------------------------------

export type FeedMessage = Hello | Overview | SessionView | Events | Body | EventsRead | Moment | FeedProblem;

/** The first message, to every viewer. */
export interface Hello {
  readonly type: 'hello';
  readonly feed: 1;
  readonly process: ProcessFacts;
  /** Whether secrets in bodies are hidden, all bodies, or nothing. */
  readonly payloads: Payloads;
  /** What the ring of events holds at most. */
  readonly ring: { readonly eventsMax: number; readonly bytesMax: number };
  /** The clock that `at` is measured on, and the wall clock in milliseconds since 1970, at one moment. */
  readonly now: number;
  readonly wallTime: number;
  /** It is a tape, and not a process that runs. */
  readonly tape?: TapeFacts;
}

export interface TapeFacts {
  /** The name of the file, without its folder. */
  readonly file: string;
  /** Behind the header. */
  readonly lines: number;
  /** What is wrong with it, a sentence each. */
  readonly notes: readonly string[];
}

export type Payloads = 'redacted' | 'hidden' | 'whole';

/** The sessions of a process, and what they do together. */
export interface Overview {
  readonly type: 'overview';
  readonly at: number;
  /** The first one, which holds every session; else only those that are new or have changed. */
  readonly isWhole: boolean;
  readonly sessions: readonly SessionRow[];
  /** Sessions that are over since the last one. */
  readonly gone: readonly string[];
  readonly sessionsByState: Readonly<Record<SessionState, number>>;
  /** Of all sessions since the process began. */
  readonly transitions: readonly TransitionCount[];
  /** How long stays in each state lasted, of the stays that ended lately; absent where none has ended. */
  readonly dwellMs: Readonly<Partial<Record<SessionState, { readonly p50: number; readonly p99: number }>>>;
  readonly eventsPerSecond: number;
  /** Messages for which no session was found: how many, and the newest of them, oldest first. Absent where it is as it was. */
  readonly unplaced?: { readonly count: number; readonly newest: readonly UnplacedFrame[] };
  /** Messages of the feed that this viewer was too slow for, so far. */
  readonly dropped: number;
}

/** One session as one line of a table. */
export interface SessionRow {
  readonly id: string;
  readonly state: SessionState;
  readonly status: SessionStatus;
  readonly endReason?: EndReason;
  readonly transportType: string;
  readonly principal?: string;
  readonly route?: string;
  readonly protocolVersion?: string;
  readonly clientName?: string;
  readonly serverName?: string;
  /** On the clock of `at`. */
  readonly openedAt: number;
  readonly lastFrameAt: number;
  readonly frames: number;
  readonly framesPerSecond: number;
  readonly pending: number;
  readonly held: number;
  /** Outcomes of its requests that were no result. */
  readonly errors: number;
  readonly tags: readonly string[];
}

/** A session as it is, when it is first watched and whenever it has changed, a few times a second. */
export interface SessionView {
  readonly type: 'session';
  readonly at: number;
  readonly snapshot: SessionSnapshot;
  /** Why it is as it is, in sentences (`ninelives sessions explain`). */
  readonly explanation: readonly string[];
}

/** What happened to a session, oldest first. */
export interface Events {
  readonly type: 'events';
  readonly sessionId: string;
  readonly events: readonly TracedEvent[];
  /** Events between the last ones and these that this viewer was too slow for, or that the ring had forgotten. */
  readonly missed: number;
}

/** A piece of a body. Bodies are shown as text, and redacted as `Hello.payloads` says. */
export interface Body {
  readonly type: 'body';
  readonly request: number;
  readonly seq: number;
  readonly from: number;
  readonly text: string;
  /** Characters of the whole body. */
  readonly characters: number;
  /** HTTP headers of the client's request, where it came by one; secrets hidden. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** Events of a session on a tape, oldest first. */
export interface EventsRead {
  readonly type: 'events-read';
  readonly request: number;
  readonly sessionId: string;
  /** The place of the first of them among all of the session, from 1 on. */
  readonly from: number;
  readonly events: readonly TracedEvent[];
  /** Of the session. */
  readonly total: number;
}

/** A session on a tape as it was after an event. */
export interface Moment {
  readonly type: 'moment';
  readonly request: number;
  readonly sessionId: string;
  readonly seq: number;
  /** The place of the event among those of the session, from 1 on. */
  readonly place: number;
  readonly view: SessionView;
}

/** The viewer asked for something that is not there, or did not say it well. */
export interface FeedProblem {
  readonly type: 'problem';
  readonly problem: 'BAD_MESSAGE' | 'NO_SUCH_SESSION' | 'NO_SUCH_EVENT' | 'BODY_GONE' | 'TOO_MUCH_WATCHED';
  readonly message: string;
  readonly request?: number;
  readonly sessionId?: string;
}
