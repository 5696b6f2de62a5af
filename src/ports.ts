/** The interfaces through which the runtime meets the world. Types only; every implementation is handed in. */

import type { ReadFault } from './protocol/faults.ts';
import type { Departure } from './session/upstream.ts';

export interface Clock {
  /** Milliseconds on a clock that never goes backwards. */
  now(): number;
  /** Milliseconds since the Unix epoch, for people and for tapes. */
  wallTime(): number;
  setTimeout(callback: () => void, delayMs: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
}

export type TimerHandle = unknown;

/** Where ids come from. Ids of sessions are unguessable where a peer could present them. */
export interface Ids {
  sessionId(): string;
}

/**
 * One side of a session's I/O. The runtime writes whole messages; the link frames them.
 * `write` takes slices that together are one message without line ending, and returns false when the peer reads too
 * slowly: the runtime then waits for `drained()` (see RuntimeLink) before it writes more.
 */
export interface PeerLink {
  write(message: readonly Uint8Array[]): boolean;
  /** Ask the transport to stop (true) or go on (false) reading from this peer. Idempotent. */
  pause(paused: boolean): void;
  /** Nothing more will be written. `reason` is for people. */
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
  message(bytes: Uint8Array): void;
  /** Something that claimed to be a message and was too large to keep. */
  unreadable(fault: ReadFault, bytes: number): void;
  /** The peer reads again after `write` had returned false. */
  drained(): void;
}

export interface UpstreamEvents extends PeerEvents {
  ready(): void;
  /** The server says nothing more and is being ended, which may take a while; `lost` follows when it is gone. */
  leaving(departure: Departure): void;
  /** Exactly once for each connection, after its last message. */
  lost(departure: Departure): void;
}

/** A connection to a server. `close` begins its orderly end, which is reported by `lost`. */
export interface UpstreamLink extends PeerLink {
  /** The server reads the end of its input, and may still answer what it read before. */
  closeInput(): void;
}

/** How to reach one server. The runtime calls `connect` again when a lost server may be started again. */
export interface UpstreamConnector {
  connect(events: UpstreamEvents): UpstreamLink;
}
