/**
 * What happened between a thing under test and those who stand around it, in the order in which it was seen from outside. Laws
 * judge histories and nothing else, so that they hold for what runs in this process, behind a pipe and at a URL alike. Types alone.
 */

import type { RequestId } from '../../protocol/envelope.ts';

/** A JSON-RPC message as it was read or written. */
export interface WireMessage {
  readonly jsonrpc?: unknown;
  readonly id?: RequestId | null | undefined;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown } | undefined;
}

interface Happening {
  /** Its place in the history, from 0. */
  readonly seq: number;
  /** Milliseconds since the play began, on the clock of the play. */
  readonly at: number;
  /** The step of the play that we were at, from 0. */
  readonly step?: number;
}

/** A connection is there. `role`: what we are on it; a proxy has connections of both kinds. */
export interface Connected extends Happening {
  readonly type: 'connected';
  readonly connection: number;
  readonly role: 'client' | 'server';
  /** Connections of one principal may share what the thing under test keeps; others may not. */
  readonly principal?: string;
}

/** We handed a message over. It carries its `seq` in its mark (see marks.ts). What the network did to it is said by `network`. */
export interface Sent extends Happening {
  readonly type: 'sent';
  readonly connection: number;
  readonly message: WireMessage;
  /**
   * The `seq` of the message that it is about: the request that was received, for an answer, for progress, and for a request of
   * a server on its behalf; the request that was sent, for a cancellation.
   */
  readonly about?: number;
}

/** The thing under test said something. */
export interface Received extends Happening {
  readonly type: 'received';
  readonly connection: number;
  readonly message: WireMessage;
  /** On HTTP: the `seq` of the message whose response carried this one; left out for the stream of a GET, and on other transports. */
  readonly via?: number;
}

/**
 * What was said in an earlier play came in this one: of a target that is kept from one to the next. It is about nothing that this
 * play knows, whatever ids and tokens it has.
 */
export interface Leftover extends Happening {
  readonly type: 'leftover';
  readonly connection: number;
  readonly message: WireMessage;
}

/** The thing under test said something that is no JSON-RPC message. `text` is its beginning. */
export interface Unreadable extends Happening {
  readonly type: 'unreadable';
  readonly connection: number;
  readonly text: string;
  readonly reason: string;
}

/** On HTTP: the response to the message sent at `of` is over. `status` 0: it was cut off before there was one. */
export interface ExchangeEnded extends Happening {
  readonly type: 'exchange-ended';
  readonly connection: number;
  readonly of: number;
  readonly status: number;
}

/** On HTTP: we gave up the response to the message sent at `of`. In 2026-07-28 that cancels it. */
export interface Abandoned extends Happening {
  readonly type: 'abandoned';
  readonly connection: number;
  readonly of: number;
}

export interface Disconnected extends Happening {
  readonly type: 'disconnected';
  readonly connection: number;
  readonly by: 'us' | 'target';
}

/** What the network did with the message sent at `of`; or, without `of`, what it does from now on. */
export interface NetworkDeed extends Happening {
  readonly type: 'network';
  readonly connection: number;
  readonly deed: 'split' | 'delayed' | 'duplicated' | 'dropped' | 'reading-stopped' | 'reading-resumed';
  readonly of?: number;
}

/** Something was done to a process: to the thing under test, or to our server behind it. */
export interface ProcessDeed extends Happening {
  readonly type: 'process';
  readonly of: 'target' | 'server';
  readonly deed: 'killed' | 'stopped' | 'continued' | 'restarted';
}

/** Time went by, virtual or real. */
export interface TimePassed extends Happening {
  readonly type: 'time';
  readonly ms: number;
}

/**
 * Everybody had the time that they need to say what they have to say. What has not come by now is missing: laws that promise
 * something judge here, and only here.
 */
export interface Settled extends Happening {
  readonly type: 'settled';
  /** So much time has passed that whoever waited for something else has given up, too: for a server that does not come back. */
  readonly isPatient?: boolean;
}

/** The thing under test was asked what it still holds: requests, sessions, timers, children. Known of targets in this process alone. */
export interface Held extends Happening {
  readonly type: 'held';
  readonly what: Readonly<Record<string, number>>;
}

/** A rule of the author was followed. `failure`: what it says is wrong. */
export interface RuleFollowed extends Happening {
  readonly type: 'rule';
  readonly name: string;
  readonly failure?: string;
}

export type HistoryEvent =
  | Connected
  | Sent
  | Received
  | Leftover
  | Unreadable
  | ExchangeEnded
  | Abandoned
  | Disconnected
  | NetworkDeed
  | ProcessDeed
  | TimePassed
  | RuleFollowed
  | Settled
  | Held;

export type History = readonly HistoryEvent[];
