/**
 * What a commit asks of the world, as data. Effects leave only after the commit, in order; an effect that fails comes
 * back to its session as `effect.failed` and is compensated there.
 */

import type { Direction, Frame, FrameKind, RequestId } from '../protocol/envelope.ts';
import type { Exchange, PendingEntry } from './pending.ts';
import type { Fault } from './interception.ts';
import type { EndReason, Outcome } from './outcomes.ts';

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
  /** An interceptor wants to see how the peers take it. */
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'recovered' };

/** A message that leaves. Transports with more than one way to their peer read in it which way it goes. */
export interface SendEffect {
  readonly type: 'send';
  /** The direction in which the bytes travel. */
  readonly direction: Direction;
  /** Together one message; slices of the original frame where nothing changed. */
  readonly message: readonly Uint8Array[];
  /** The same as a value, where its sender handed it over as one and nobody changed it: then `message` is written when read. */
  readonly value?: object;
  readonly kind: FrameKind;
  /** The request that is lost when this cannot be written; none for answers and notifications. */
  readonly entry: PendingEntry | undefined;
  /** The client's exchange that it belongs to: that brought it, that it answers, or that it is about. */
  readonly exchange: Exchange | undefined;
  /** HTTP status of an answer for which nothing was sent yet; 0 where nobody named one. */
  readonly status: number;
  /** The message as its sender wrote it, under the sender's ids; none where the message is our own. */
  readonly frame: Frame | undefined;
}

/** A frame that is a value and goes on as it came. */
class ValueSend implements SendEffect {
  readonly type = 'send';
  readonly direction: Direction;
  readonly kind: FrameKind;
  readonly entry: PendingEntry | undefined;
  readonly exchange: Exchange | undefined;
  readonly status: number;
  readonly frame: Frame;
  readonly value: object;

  constructor(
    direction: Direction,
    frame: Frame,
    value: object,
    entry: PendingEntry | undefined,
    exchange: Exchange | undefined,
    status: number,
  ) {
    this.direction = direction;
    this.kind = frame.envelope.kind;
    this.entry = entry;
    this.exchange = exchange;
    this.status = status;
    this.frame = frame;
    this.value = value;
  }

  get message(): readonly Uint8Array[] {
    return [this.frame.bytes];
  }
}

/**
 * A frame as it goes on: the request with its entry, or what has none. In one place, so that all have one shape.
 * @param message `undefined` where the frame goes on as it came.
 */
export function forwarded(
  direction: Direction,
  message: readonly Uint8Array[] | undefined,
  frame: Frame,
  entry: PendingEntry | undefined,
  exchange: Exchange | undefined,
  status: number,
): SendEffect {
  if (message === undefined && frame.value !== undefined) {
    return new ValueSend(direction, frame, frame.value, entry, exchange, status);
  }
  const { kind } = frame.envelope;
  return { type: 'send', direction, message: message ?? [frame.bytes], kind, entry, exchange, status, frame };
}

/** A message of our own. */
export function ownMessage(
  direction: Direction,
  message: Uint8Array,
  kind: FrameKind,
  exchange: Exchange | undefined,
  status: number,
): SendEffect {
  return { type: 'send', direction, message: [message], kind, entry: undefined, exchange, status, frame: undefined };
}

export interface CancelEffect {
  readonly type: 'cancel';
  /** The request that is given up. */
  readonly entry: PendingEntry;
  /** The frame that says so to the peer that works on the request. */
  readonly message: readonly Uint8Array[];
  /** The peer's own word that it gives up the request; none where that is ours. */
  readonly frame?: Frame;
  /** As of a SendEffect. */
  readonly value?: object;
}

/**
 * A peer's own cancellation as it goes on.
 * @param message `undefined` where the frame goes on as it came.
 */
export function calledOff(entry: PendingEntry, message: readonly Uint8Array[] | undefined, frame: Frame): CancelEffect {
  const { value } = frame;
  if (value === undefined || message !== undefined) {
    return { type: 'cancel', entry, message: message ?? [frame.bytes], frame };
  }
  return {
    type: 'cancel',
    entry,
    frame,
    value,
    get message() {
      return [frame.bytes];
    },
  };
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
