/** One event of a session as it is shown: by the feed of the inspector, on other wires, and of a tape. Types alone. */

import type { Direction, FrameKind, RequestId } from '../protocol/envelope.ts';
import type { Decision } from '../runtime/tracer.ts';
import type { SessionEventType } from '../session/events.ts';
import type { InterceptStep } from '../session/interception.ts';
import type { Outcome, SessionState } from '../session/outcomes.ts';

/** One event of a session: what came, what the chart made of it, and what followed. */
export interface TracedEvent {
  /** Of the process; grows by one with every event of any session. */
  readonly seq: number;
  readonly at: number;
  readonly sessionId: string;
  readonly event: SessionEventType | 'session.opened' | 'session.ended';
  readonly decision: Decision;
  readonly from: SessionState;
  readonly to: SessionState;
  /** Of a frame. */
  readonly frame?: TracedFrame;
  /** Requests that this event brought to their outcome. */
  readonly settled?: readonly TracedOutcome[];
  /** Messages that left because of it. */
  readonly sent?: readonly TracedSend[];
  /** What an interceptor or rule decided, in order. */
  readonly steps?: readonly InterceptStep[];
  /** In words, where the event says more than its name: why a server was lost, why a session is over. */
  readonly detail?: string;
  /** It breaks a rule, or could not be placed. */
  readonly problem?: TracedProblem;
}

export interface TracedFrame {
  readonly direction: Direction;
  readonly kind: FrameKind;
  readonly ticket: number;
  readonly bytes: number;
  readonly id?: RequestId;
  /** Of a response: the method of the request that it answers, where that is known. */
  readonly method?: string;
  /** What a request names: the tool of `tools/call`. */
  readonly name?: string;
  /** Of a notification about a request: its id (`notifications/cancelled`), or its progress token. */
  readonly about?: RequestId;
  /** Of a request: what notifications about its progress will call it. */
  readonly progressToken?: RequestId;
  /** Of a server's request: the id of the client's request in whose course it came, where that is known. */
  readonly parent?: RequestId;
  /** A response that is an error. */
  readonly isError?: boolean;
  /** The body can be read while the ring has it. */
  readonly hasBody: boolean;
}

export interface TracedOutcome {
  /** Of the request. */
  readonly direction: Direction;
  readonly id: RequestId | null;
  readonly method: string;
  readonly outcome: Outcome;
  readonly elapsedMs: number;
}

export interface TracedSend {
  readonly direction: Direction;
  readonly kind: FrameKind;
  readonly bytes: number;
  /** It did not come from the other peer: an error of ours, a mock, a replayed handshake. */
  readonly isOwn: boolean;
}

export interface TracedProblem {
  /** In a sentence. */
  readonly text: string;
  /** The section of the specification that it breaks, as a URL; absent where it is no breach. */
  readonly spec?: string;
}

/** A message for which no session was found. */
export interface UnplacedFrame {
  readonly at: number;
  /** The session that it was for. */
  readonly sessionId: string;
  readonly direction: Direction;
  /** Its kind and method. */
  readonly what: string;
  readonly id?: RequestId;
  readonly bytes: number;
  readonly problem: TracedProblem;
}
