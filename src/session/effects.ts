/**
 * What a commit asks of the world, as data. Effects leave only after the commit, in order; an effect that fails comes
 * back to its session as `effect.failed` and is compensated there.
 */

import type { Direction, RequestId } from '../protocol/envelope.ts';
import type { EndReason, Outcome } from './outcomes.ts';
import type { PendingEntry } from './pending.ts';

export type Effect =
  | SendEffect
  /** The request's frame may still wait in our own queue: take it back, or tell the peer that it is cancelled. */
  | CancelEffect
  | SettledEffect
  /** The head of a queue may have its turn: its own unit of work follows as the event `frame.decided`. */
  | { readonly type: 'release'; readonly direction: Direction }
  /** The client sends nothing more: the server is told by the end of its input. */
  | { readonly type: 'close-server-input' }
  | { readonly type: 'ended'; readonly reason: EndReason }
  | { readonly type: 'recovered' };

export interface SendEffect {
  readonly type: 'send';
  /** The direction in which the bytes travel. */
  readonly direction: Direction;
  /** Together one message; slices of the original frame where nothing changed. */
  readonly message: readonly Uint8Array[];
  /** The request that is lost when this cannot be written; none for answers and notifications. */
  readonly entry: PendingEntry | undefined;
  /** Overtakes what is queued in us. */
  readonly isUrgent: boolean;
}

export interface CancelEffect {
  readonly type: 'cancel';
  readonly entry: PendingEntry;
  /** The frame that says so to the peer that works on the request. */
  readonly message: readonly Uint8Array[];
}

/** What observers are told of a request: of its entry, or of one that could not be read well enough to have an entry. */
export interface SettledRequest {
  readonly direction: Direction;
  /** `null` where none could be read, as in the answer. */
  readonly id: RequestId | null;
  /** Empty where the request was refused for what it is. */
  readonly method: string;
}

/** A request has its outcome; observers are told. */
export interface SettledEffect {
  readonly type: 'settled';
  readonly entry: SettledRequest;
  readonly outcome: Outcome;
  readonly elapsedMs: number;
}
