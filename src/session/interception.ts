/**
 * The contract of interceptors, and what their chain decided about one frame. An interceptor sees the message and the
 * session around it and returns an action; it never touches the session. Running the chain is the runtime's work.
 */

import type { Direction, Frame, FrameKind } from '../protocol/envelope.ts';
import type { Refusal } from '../errors.ts';
import type { SessionState } from './outcomes.ts';

/**
 * What a client is connected by. Sessions on `stdio`, `websocket` and `in-memory` end with their connection, and have
 * no idle or age limit unless one is asked for.
 */
export type TransportType = 'stdio' | 'http' | 'sse' | 'websocket' | 'in-memory';

export type JsonObject = { readonly [key: string]: unknown };

/** A bounded copy of what a token says of who shows it: its `sub`, `scope`, roles. Said to nobody but interceptors. */
export type Claims = JsonObject;

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
  /**
   * What a request names: the tool of `tools/call`, the prompt of `prompts/get`; empty where `params.name` is no text. Reading
   * it does not parse the message, unless the message says it more than once.
   */
  readonly name: string;
  readonly message: JsonObject;
  /** Size of the frame as it came, or as an interceptor before has made it. */
  readonly bytes: number;
  readonly direction: Direction;
  readonly sessionId: string;
  readonly transportType: TransportType;
  readonly frameId: number;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly metadata: SessionMetadata;
  /**
   * What the token says that the client's exchange came with, as its door has verified it; of what a server sends and on a
   * connection, the one that the session was opened with. Empty where there is none.
   */
  readonly claims: Claims;
  /** A header of the client's exchange that brought the frame, by its name in lower case; none on a connection. */
  header(name: string): string | undefined;
}

/** What a frame that waits holds up: later frames of its session and direction, or nothing but itself. */
export type HoldScope = 'direction' | 'exchange';

/** What a dropped frame does besides: it ends its session, or the session's server. For trying out how peers take it. */
export type Fault = 'close-session' | 'kill-upstream';

/**
 * - `continue`: nothing to say.
 * - `modify`: the message to forward instead; it keeps its kind and its id.
 * - `block`: the requester is refused; a notification vanishes; a response is replaced by the refusal.
 * - `mock`: the answer is this result or error; the peer never sees the request. On a response: replaces its content.
 * - `delay`: the frame waits, and later frames of the same session and direction behind it.
 * - `pause`: the frame waits in the same way until `until` settles with what is to be done, or for `pauseMs`: then what
 *   `otherwise` says is done. `times.interceptorMs` does not count meanwhile.
 * - `drop`: the frame goes nowhere, and nobody is told. A request, or one whose answer it was, ends by its deadline.
 * - `tag`: labels are set on the session, or removed.
 */
export type InterceptAction = {
  /** Whose decision it is, where an interceptor speaks for others; its own name otherwise. */
  readonly by?: string;
} & (
  | { readonly action: 'continue' }
  | { readonly action: 'modify'; readonly message: JsonObject }
  | { readonly action: 'block'; readonly code?: number; readonly message?: string }
  | { readonly action: 'mock'; readonly result: unknown }
  | {
      readonly action: 'mock';
      readonly error: { readonly code: number; readonly message: string; readonly data?: unknown };
    }
  | { readonly action: 'delay'; readonly delayMs: number; readonly scope?: HoldScope | undefined }
  | {
      readonly action: 'pause';
      readonly until: Promise<InterceptAnswer>;
      readonly pauseMs: number;
      readonly otherwise?: InterceptAction;
      readonly scope?: HoldScope | undefined;
    }
  | { readonly action: 'drop'; readonly fault?: Fault }
  | { readonly action: 'tag'; readonly labels: readonly string[]; readonly isSet?: boolean }
);

/** Nothing, one action, or several that are done in order until one of them ends the chain. */
export type InterceptAnswer = InterceptAction | readonly InterceptAction[] | undefined | void;

/** Is asked about every frame, in both directions, before the session decides on it: docs/reference/interceptors.md. */
export interface Interceptor {
  /** Stands in the log, and in the refusal of what it blocks. */
  readonly name: string;
  /**
   * Decides about one frame. May return a promise: the frame is then held in its session until the promise settles, at
   * most `times.interceptorMs`. What it throws, and what it returns that is not an action, fails this frame only.
   */
  intercept(context: InterceptContext): InterceptAnswer | Promise<InterceptAnswer>;
}

/** Interceptors that may be others for another session, or at another time. Asked once for each frame. */
export interface InterceptorSource {
  /** Nobody is to be asked at present: frames pass as if there were no source. Read with each frame, before anything is made for it. */
  readonly isEmpty?: boolean;
  interceptorsFor(frame: InterceptContext): readonly Interceptor[];
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

/** A label that is set on a session, or removed. */
export interface LabelChange {
  readonly label: string;
  readonly isSet: boolean;
}

/** What is decided besides, whatever becomes of the frame. */
interface Decided {
  readonly delayMs: number;
  readonly steps: readonly InterceptStep[];
  /** It waits beside the queue of its direction, and holds up nobody. */
  readonly isAside?: boolean;
  readonly labels?: readonly LabelChange[] | undefined;
}

/** What the whole chain decided. `frame` is what goes on: the original, or the modified message encoded anew. */
export type Verdict = Decided &
  (
    | { readonly kind: 'forward'; readonly frame: Frame }
    | { readonly kind: 'refuse'; readonly refusal: Refusal }
    | { readonly kind: 'answer'; readonly body: AnswerBody }
    | { readonly kind: 'drop'; readonly fault: Fault | undefined }
  );

/** How far the chain has come with a frame whose verdict is awaited. Moves on while it is. */
export interface Deliberation {
  /** Who is being asked now. */
  readonly interceptor: string;
  readonly steps: readonly InterceptStep[];
  /** It waits beside the queue of its direction, and holds up nobody. */
  readonly isAside?: boolean;
  /** On the runtime's clock: until when it waits for somebody who may take that long. */
  readonly pausedUntil?: number;
}
