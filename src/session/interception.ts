/**
 * The contract of interceptors, and what their chain decided about one frame. An interceptor sees the message and the
 * session around it and returns an action; it never touches the session. Running the chain is the runtime's work.
 */

import type { Direction, Frame, FrameKind } from '../protocol/envelope.ts';
import type { Refusal } from '../errors.ts';
import type { SessionState } from './outcomes.ts';

export type TransportType = 'stdio' | 'http' | 'sse' | 'websocket' | 'in-memory';

export type JsonObject = { readonly [key: string]: unknown };

/** What is known about a session at one moment (S8), read when it is asked for. */
export interface SessionMetadata {
  readonly frame_count: number;
  readonly session_duration_ms: number;
  readonly session_tags: readonly string[];
  readonly session_state: SessionState;
  readonly pending_count: number;
  readonly protocol_version: string | undefined;
  readonly client_name: string | undefined;
  readonly server_name: string | undefined;
  readonly principal: string | undefined;
  readonly route: string | undefined;
}

/** What every interceptor receives. `message` and `metadata` are built when they are first read, and cost nothing else. */
export interface InterceptContext {
  readonly kind: FrameKind;
  /** The method of a request or notification; empty for a response. Reading it does not parse the message. */
  readonly method: string;
  readonly message: JsonObject;
  readonly direction: Direction;
  readonly sessionId: string;
  readonly transportType: TransportType;
  readonly frameId: number;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly metadata: SessionMetadata;
}

/**
 * - `continue`: nothing to say.
 * - `modify`: the message to forward instead; it keeps its kind and its id.
 * - `block`: the requester is refused; a notification vanishes; a response is replaced by the refusal.
 * - `mock`: the answer is this result or error; the peer never sees the request. On a response: replaces its content.
 * - `delay`: the frame waits, and later frames of the same session and direction behind it.
 */
export type InterceptAction =
  | { readonly action: 'continue' }
  | { readonly action: 'modify'; readonly message: JsonObject }
  | { readonly action: 'block'; readonly code?: number; readonly message?: string }
  | { readonly action: 'mock'; readonly result: unknown }
  | {
      readonly action: 'mock';
      readonly error: { readonly code: number; readonly message: string; readonly data?: unknown };
    }
  | { readonly action: 'delay'; readonly delayMs: number };

export interface Interceptor {
  readonly name: string;
  /**
   * Decides about one frame. May return a promise: the frame is then held in its session until the promise settles, at
   * most `times.interceptorMs`. What it throws, and what it returns that is not an action, fails this frame only.
   */
  intercept(
    context: InterceptContext,
  ): InterceptAction | undefined | void | Promise<InterceptAction | undefined | void>;
}

/** One step of the chain, for the trace: who decided what. */
export interface InterceptStep {
  readonly interceptor: string;
  readonly action: InterceptAction['action'] | 'failed';
}

/** The content of an answer that an interceptor gives in a peer's place. */
export type AnswerBody =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } };

/** What the whole chain decided. `frame` is what goes on: the original, or the modified message encoded anew. */
export type Verdict =
  | {
      readonly kind: 'forward';
      readonly frame: Frame;
      readonly delayMs: number;
      readonly steps: readonly InterceptStep[];
    }
  | {
      readonly kind: 'refuse';
      readonly refusal: Refusal;
      readonly delayMs: number;
      readonly steps: readonly InterceptStep[];
    }
  | {
      readonly kind: 'answer';
      readonly body: AnswerBody;
      readonly delayMs: number;
      readonly steps: readonly InterceptStep[];
    };

/** How far the chain has come with a frame whose verdict is awaited. Moves on while it is. */
export interface Deliberation {
  /** Who is being asked now. */
  readonly interceptor: string;
  readonly steps: readonly InterceptStep[];
}
