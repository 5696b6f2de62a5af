/** The interfaces through which the runtime meets the world. Types only; every implementation is handed in. */

import type { RequestId } from './protocol/envelope.ts';
import type { ReadFault } from './protocol/faults.ts';
import type { CancelEffect, SendEffect } from './session/effects.ts';
import type { Exchange, PendingEntry, Via } from './session/pending.ts';
import type { Outcome } from './session/outcomes.ts';
import type { Departure } from './session/upstream.ts';

/**
 * Where time comes from. A clock of tests moves when it is told to; `systemClock()` is that of the machine. Timers
 * should keep no process alive.
 */
export interface Clock {
  /** Milliseconds on a clock that never goes backwards. */
  now(): number;
  /** Milliseconds since the Unix epoch, for people and for tapes. */
  wallTime(): number;
  /** Calls back once, after so many milliseconds; never with `Infinity`. */
  setTimeout(callback: () => void, delayMs: number): TimerHandle;
  /** The call does not come any more. A handle that has fired, or was cleared, is ignored. */
  clearTimeout(handle: TimerHandle): void;
}

/** Whatever `setTimeout` of the same clock returned. */
export type TimerHandle = unknown;

/** What is used of an `AbortSignal`, whichever platform it is from. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Where ids come from. Ids of sessions are unguessable where a peer could present them. */
export interface Ids {
  sessionId(): string;
}

/** What a message is about, for links that have more than one way to their peer. */
export type Delivery = SendEffect | CancelEffect;

/**
 * One side of a session's I/O. The runtime writes whole messages; the link frames them.
 * `write` takes slices that together are one message without line ending, and returns false when the peer reads too
 * slowly: the runtime then waits for `drained()` (see RuntimeLink) before it writes more.
 */
export interface PeerLink {
  write(message: readonly Uint8Array[], about: Delivery): boolean;
  /**
   * The same for a message that its sender handed over as a value and that nobody changed. A link that has this is spared
   * the bytes; to one without it `write` is called.
   */
  writeValue?(message: object, about: Delivery): boolean;
  /** Ask the transport to stop (true) or go on (false) reading from this peer. Idempotent. */
  pause(paused: boolean): void;
  /** Nothing more will be written. `reason` is for people. */
  close(reason: string): void;
}

/**
 * - `accepted`: it is written, or kept until its reader takes it.
 * - `full`: its reader has left too much unread.
 * - `closed`: nobody will ever read it. `nowhere`: no stream is open that it could go to.
 */
export type DeliveryResult = 'accepted' | 'full' | 'closed' | 'nowhere';

/**
 * A client that is reached through exchanges and streams, each with a reader of its own. What its readers have not taken yet
 * is kept here and not in the session: a stream that is not read holds up no other. `pressed` (see ClientPeer) says when it
 * is too much, and that the server should be slowed down.
 */
export interface ExchangeLink {
  /** A message for the exchange in `about`, or for the client at large when that names none. */
  deliver(message: readonly Uint8Array[], about: Delivery): DeliveryResult;
  /** A request of an exchange has its outcome. Its answer, where it gets one, is delivered besides. */
  settled(entry: PendingEntry, outcome: Outcome): void;
  /** The server let go of what it was to answer this exchange in, and goes on later: so may the client. */
  parted?(exchange: Exchange): void;
  /** Ask the transport to stop (true) or go on (false) taking messages from this client. Idempotent. */
  pause(paused: boolean): void;
  /** The session is over; everything that was to be delivered has been. `reason` is for people. */
  close(reason: string): void;
}

/** One decision of a session, as a structured line for the log, the trace ring and (later) the tape. */
export interface Log {
  /** True when `trace` lines are wanted; asked before a line is built. */
  readonly traces: boolean;
  trace(fields: Readonly<Record<string, unknown>>, text: string): void;
  debug(fields: Readonly<Record<string, unknown>>, text: string): void;
  info(fields: Readonly<Record<string, unknown>>, text: string): void;
  warn(fields: Readonly<Record<string, unknown>>, text: string): void;
  error(fields: Readonly<Record<string, unknown>>, text: string): void;
}

/** What a connection reports about the peer that it is in front of. `bytes` of a message hold exactly one message. */
export interface PeerEvents {
  /** `via`: how it came, from a server that has more than one way. */
  message(bytes: Uint8Array, via?: Via): void;
  /**
   * One message that is a value, and must not change afterwards. `aside` is what is said along with it, for the link that it
   * goes to: it finds it in `about.frame`. `related`: the request on whose behalf a server sends it, by the id that it has
   * there.
   */
  value?(message: unknown, aside?: unknown, related?: RequestId): void;
  /** Something that claimed to be a message and was too large to keep. */
  unreadable(fault: ReadFault, bytes: number, via?: Via): void;
  /** The peer reads again after `write` had returned false. */
  drained(): void;
}

/** What became of a message that a link had taken. See EffectFailed for the causes. */
export interface DeliveryFailure {
  readonly cause: 'unsent' | 'unanswered';
  readonly reason: string;
  /** HTTP status that the server gave; 0 where it gave none. */
  readonly status: number;
}

/** Where a connection to a server reports what the server says and does, from `connect` until `lost`. */
export interface UpstreamEvents extends PeerEvents {
  ready(): void;
  /**
   * The server closed the response in which it had begun to answer, and will go on when it is asked again (2025-11-25,
   * basic/transports, SSE polling). The link asks again by itself; a client that can come back may be let go meanwhile, too.
   */
  parted?(request: PendingEntry): void;
  /** A message that `write` took did not reach the server, or a request will get no answer. */
  failed(about: Delivery, failure: DeliveryFailure): void;
  /** The server says nothing more and is being ended, which may take a while; `lost` follows when it is gone. */
  leaving(departure: Departure): void;
  /** Exactly once for each connection, after its last message. */
  lost(departure: Departure): void;
}

/** A connection to a server. `close` begins its orderly end, which is reported by `lost`. */
export interface UpstreamLink extends PeerLink {
  /** The process of the server, where the link has started one. */
  readonly pid?: number | undefined;
  /** The server reads the end of its input, and may still answer what it read before. */
  closeInput(): void;
  /** Ends the server at once, where it can be: reported by `lost`. */
  kill?(): void;
  /**
   * Ends here alone, without telling the server that its session is over: another process goes on with it. Reported by `lost`. Where
   * it is not there, `close` is called.
   */
  leave?(): void;
  /** The session that the server has begun for this link, as soon as it can be gone on with; none where there is no such thing. */
  readonly serverSession?: ServerSession | undefined;
  /** What the next link of the same session is to be given, should this one be lost. The runtime looks at nothing of it. */
  readonly heritage?: unknown;
  /** The link goes on with a session that the server had begun for another one. */
  readonly goesOn?: boolean;
}

/** What has to be said to a server so that it goes on with a session. */
export interface ServerSession {
  /** Secret: it lets in whoever says it. None where the server keeps no sessions. */
  readonly id?: string;
  readonly protocolVersion: string;
}

/** How to reach one server. The runtime calls `connect` again when a lost server may be started again. */
export interface UpstreamConnector {
  /** Where the ids begin under which a session sends to a server that others use too: each session has a range of its own. */
  readonly idBase?: number;
  /** @param heritage what the last link of the same session has left, where there was one. */
  connect(events: UpstreamEvents, heritage?: unknown): UpstreamLink;
  /** The same, but the first connection goes on with a session that the server has begun for somebody else. */
  goingOn?(serverSession: ServerSession): UpstreamConnector;
}
