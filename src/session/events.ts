/**
 * The event vocabulary of the session: everything that can happen to it. Closed and pinned: tapes, metrics, breakpoints
 * and `verify` depend on it. A JSON-RPC method is data in an event, never an event type. `at` is milliseconds on the
 * runtime's clock.
 */

import type { Direction, Frame } from '../protocol/envelope.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { CancelEffect, SendEffect } from './effects.ts';
import type { SessionFacts } from './facts.ts';
import type { Exchange, PendingEntry, Via } from './pending.ts';
import type { Deliberation, Verdict } from './interception.ts';

/** A frame that an interceptor has already decided on, or whose decision is still to come. */
interface FrameHappened {
  readonly at: number;
  readonly direction: Direction;
  readonly frame: Frame;
  /** Number of the frame in its session, from 1. */
  readonly ticket: number;
  /** `undefined`: nobody intercepts, the frame goes on as it is; `'awaited'`: the decision comes as `frame.decided`. */
  readonly verdict: Verdict | 'awaited' | undefined;
  /** Of an awaited decision: how far it has come. */
  readonly deliberation?: Deliberation | undefined;
  /** How it came, where its sender has more than one way. */
  readonly via?: Via | undefined;
}

export interface RequestArrived extends FrameHappened {
  readonly type: 'frame.request';
}
export interface ResponseArrived extends FrameHappened {
  readonly type: 'frame.response';
}
export interface NotificationArrived extends FrameHappened {
  readonly type: 'frame.notification';
}
export type FrameArrived = RequestArrived | ResponseArrived | NotificationArrived;

/** A held frame was decided on, its delay is over, or its turn has come. */
export interface FrameDecided {
  readonly type: 'frame.decided';
  readonly at: number;
  readonly ticket: number;
  readonly news: Verdict | 'delay-over' | 'turn';
}

/** Bytes that are no message. Nothing is forwarded; who waits for an answer gets one. */
export interface FrameMalformed {
  readonly type: 'frame.malformed';
  readonly at: number;
  readonly direction: Direction;
  readonly fault: ReadFault;
  readonly bytes: number;
  readonly via?: Via | undefined;
}

export interface RequestExpired {
  readonly type: 'request.expired';
  readonly at: number;
  readonly entry: PendingEntry;
}

/** How an upstream can go away. */
export const lossReasons = [
  'exited',
  'closed',
  'spawn-failed',
  'unreachable',
  'connection-lost',
  'session-lost',
] as const;

export type LossReason = (typeof lossReasons)[number];

/** Why the upstream went away; what the requester may be told. */
export interface Loss {
  readonly reason: LossReason;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly lastStderr: readonly string[];
  /** In words for people, where there is more to say than the reason. */
  readonly detail?: string;
  /** The upstream is started again; otherwise the session cannot go on. */
  readonly willRestart: boolean;
}

export interface UpstreamReady {
  readonly type: 'upstream.ready';
  readonly at: number;
  /** The server goes on with a session that it had begun before: there is no handshake to be repeated. */
  readonly goesOn?: true;
}

export interface UpstreamLost {
  readonly type: 'upstream.lost';
  readonly at: number;
  readonly loss: Loss;
}

export interface ClientClosed {
  readonly type: 'client.closed';
  readonly at: number;
  /** True: nobody reads any more. False: the client sends nothing more, and may still read answers. */
  readonly isGone: boolean;
}

/** Another process served the session before; this is what its peers had told each other there. The first event, if any. */
export interface SessionReopened {
  readonly type: 'session.reopened';
  readonly at: number;
  readonly facts: SessionFacts;
}

export interface SessionClose {
  readonly type: 'session.close';
  readonly at: number;
  readonly reason: 'client-closed' | 'closed-by-operator' | 'evicted' | 'handed-over' | 'node-fenced';
}

export interface SessionExpired {
  readonly type: 'session.expired';
  readonly at: number;
  readonly reason: 'idle' | 'age';
}

/**
 * - `buffer-full`, `peer-gone`: it could not be written. `nowhere`: the client has no stream open that it could go to.
 * - `unsent`: the server has certainly not seen it; the loss of the server follows.
 * - `unanswered`: it was sent, and what should have brought the answer ended without one.
 * - `internal-error`: the unit of work that it followed from was rolled back.
 */
export type FailureCause = 'buffer-full' | 'peer-gone' | 'nowhere' | 'unsent' | 'unanswered' | 'internal-error';

export interface EffectFailed {
  readonly type: 'effect.failed';
  readonly at: number;
  readonly effect: SendEffect | CancelEffect;
  readonly cause: FailureCause;
  /** For people, and told to the requester. */
  readonly reason?: string | undefined;
  /** HTTP status that the server gave; 0 where it gave none. */
  readonly status?: number;
  /** The number under which the message is held when it is held again. */
  readonly ticket?: number;
}

/** The client gave up an exchange: nobody reads what would still be sent in it. */
export interface ExchangeClosed {
  readonly type: 'exchange.closed';
  readonly at: number;
  readonly exchange: Exchange;
}

/** Everything that can happen to a session. `at` is milliseconds on the clock of the runtime. */
export type SessionEvent =
  | FrameArrived
  | FrameDecided
  | FrameMalformed
  | RequestExpired
  | UpstreamReady
  | UpstreamLost
  | { readonly type: 'client.attached'; readonly at: number; readonly hasOpenStream: boolean }
  | ClientClosed
  | ExchangeClosed
  | SessionReopened
  | SessionClose
  | { readonly type: 'session.drain'; readonly at: number }
  | { readonly type: 'session.ticked'; readonly at: number }
  | SessionExpired
  | { readonly type: 'session.labelled'; readonly at: number; readonly label: string; readonly isSet: boolean }
  | EffectFailed;

/** The name of an event; the vocabulary is closed (docs/reference/events.md). */
export type SessionEventType = SessionEvent['type'];

/** Every event type, as docs, metrics and tests list them. */
export const sessionEventTypes = [
  'frame.request',
  'frame.response',
  'frame.notification',
  'frame.decided',
  'frame.malformed',
  'request.expired',
  'upstream.ready',
  'upstream.lost',
  'client.attached',
  'client.closed',
  'exchange.closed',
  'session.reopened',
  'session.close',
  'session.drain',
  'session.ticked',
  'session.expired',
  'session.labelled',
  'effect.failed',
] as const satisfies readonly SessionEventType[];
