/**
 * The words of the wire: a frame is one JSON-RPC message as it crossed, its original bytes and its envelope.
 * Knows nothing of sessions; says what a message claims about itself, never whether the claim is allowed.
 */

/** Which way a message travels. */
export type Direction = 'client-to-server' | 'server-to-client';

/** A JSON-RPC id or progress token as MCP allows it: a string or a safe integer. `1` and `"1"` are different ids. */
export type RequestId = string | number;

export function isRequestId(id: unknown): id is RequestId {
  return typeof id === 'string' || typeof id === 'number';
}

/** What a JSON-RPC message is. An error is a response. */
export type FrameKind = 'request' | 'notification' | 'response';

/** What a frame says about itself, read without building its body. Byte ranges index the frame's `bytes`. */
export interface Envelope {
  readonly kind: FrameKind;
  /** The method of a request or notification; `''` for a response. Known methods are interned strings. */
  readonly method: string;
  /** `undefined` for a notification, and for an error response that names no request (`id` absent or `null`). */
  readonly id: RequestId | undefined;
  /** Byte range of the id's JSON token (quotes included); both `-1` when there is no id. */
  readonly idStart: number;
  readonly idEnd: number;
  /** A response that carries `error`. */
  readonly isError: boolean;
  /** `params._meta.progressToken` of a request; `params.progressToken` of `notifications/progress`. */
  readonly progressToken: RequestId | undefined;
  /** `params.requestId` of `notifications/cancelled`. */
  readonly cancels: RequestId | undefined;
  /** `params._meta["io.modelcontextprotocol/protocolVersion"]`: present means the message claims the modern era. */
  readonly revisionClaim: string | undefined;
  /** `params.task` is present: the request asks for a task (2025-11-25). */
  readonly asksTask: boolean;
}

/** One JSON-RPC message as it crossed the wire. `bytes` is exactly the message: no line ending, never mutated. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
  /** The message as a value, where its transport handed it over as one: then `bytes` are written when they are read. */
  readonly value?: object;
  /** How long a message is that is a value; see value-size.ts for how far that is true. */
  readonly size?: number;
  /** What its transport said along with the message, for the link that it goes to. Nobody else looks at it. */
  readonly aside?: unknown;
}

/** How many bytes the message has, as far as that can be told without writing it. */
export function sizeOf(frame: Frame): number {
  return frame.value === undefined ? frame.bytes.length : (frame.size ?? frame.bytes.length);
}

/**
 * The frame with bytes of its own: the original is a slice of whatever chunk it came in, and would keep all of it alive. Not
 * `slice`, which gives a view and no copy where the bytes are a Buffer. A value lives by itself.
 */
export function keptFrame(frame: Frame): Frame {
  if (frame.value !== undefined) return frame;
  const { bytes, envelope, aside } = frame;
  const kept = new Uint8Array(bytes);
  return aside === undefined ? { bytes: kept, envelope } : { bytes: kept, envelope, aside };
}

/** The direction in which the answer to a request travels. */
export function opposite(direction: Direction): Direction {
  return direction === 'client-to-server' ? 'server-to-client' : 'client-to-server';
}
