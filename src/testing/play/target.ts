/**
 * A thing under test, as plays reach it: a server, of which we are the client; a client, of which we are the server; or a proxy, of
 * which we are both. One interface for what runs in this process, for a command and for a URL. Types alone.
 */

import type { Clock } from '../../ports.ts';
import type { RequestId } from '../../protocol/envelope.ts';
import type { WireMessage } from './history.ts';

export type TargetKind = 'server' | 'proxy' | 'client';

/** What is seen of a connection. Called in the order in which it happens. */
export interface ConnectionEvents {
  /** `via`: on HTTP, the number that `send` gave to the message in whose response this one came. */
  message(message: WireMessage, via?: number): void;
  unreadable(text: string, reason: string): void;
  /** On HTTP: the response to the message with this number is over. `status` 0: there was none. */
  exchangeEnded(of: number, status: number): void;
  /** The thing under test has ended the connection. Nothing is called afterwards. */
  closed(): void;
}

/** How a message is handed over. What a transport cannot do it leaves out; `faults` of the target says what it can. */
export interface Delivery {
  /** In so many pieces, with pauses between them. */
  readonly pieces?: number;
  readonly delayMs?: number;
  readonly isTwice?: true;
  readonly isDropped?: true;
  /** Of what a server says besides answers: the request that it is about, by the id that it has there. On HTTP it goes where that answer goes. */
  readonly about?: RequestId;
}

export interface TargetConnection {
  /** @param number names the message for `via` and `exchangeEnded`. */
  send(message: WireMessage, number: number, delivery?: Delivery): void;
  /** Stops or resumes reading what the thing under test says. */
  read(isReading: boolean): void;
  /** On HTTP: gives up the response to the message with this number. */
  abandon?(number: number): void;
  /** Ends the connection as its transport ends it in good order. */
  close(): void;
  /** Cuts it off. */
  cut(): void;
}

/** What a play puts around a target. */
export interface Stage {
  readonly clock: Clock;
  /** A target that is a proxy or a client has opened a connection to its server, which is us. */
  serve(connection: TargetConnection): ConnectionEvents;
}

export type TargetFault =
  'split' | 'delay' | 'duplicate' | 'drop' | 'slow-reader' | 'cut' | 'kill-target' | 'kill-server';

/** One instance that runs; a play has one of its own. */
export interface RunningTarget {
  /** Opens a connection as a client does. Never called of a target that is a client. */
  connect(events: ConnectionEvents, as: { readonly principal?: string }): Promise<TargetConnection>;
  /** Kills a process: the target's own, or what runs as its server. Left out where there are none: then servers are cut off. */
  kill?(which: 'target' | 'server'): Promise<void>;
  /**
   * Resolves when everybody has said what they had to say: virtual targets run until nothing moves; real ones wait for
   * `quietMs` without a message.
   */
  settle(): Promise<void>;
  /** After each step: lets what can happen without time passing happen. Left out where everything happens at once, or in its own time. */
  turn?(): Promise<void>;
  /** What it still holds, where that can be seen. */
  held?(): Readonly<Record<string, number>>;
  /** What of the thing under test has been gone through so far, by name: states and transitions of its charts. For coverage. */
  visited?(): readonly string[];
  /** What a process said last on its standard error, oldest first. */
  lastWords?(): readonly string[];
  /** Ends it and everything that it started. Resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** What laws need to know of a target besides a history. */
export interface TargetFacts {
  readonly kind: TargetKind;
  /** `stateless`: 2026-07-28, where each request stands alone; else there are handshakes and sessions. */
  readonly era: 'session' | 'stateless';
  readonly isHttp: boolean;
  /** A proxy reaches its servers over HTTP: what they say comes on several streams, in an order of their own. */
  readonly hasHttpServers?: boolean;
  /** Clients of a proxy may be behind one connection to a server: what a server says to everybody may reach them all. */
  readonly sharesServers?: boolean;
  /** How many requests of one client connection may wait at once; one more is refused. Known of targets in this process. */
  readonly pendingMax?: number;
}

export interface Target extends TargetFacts {
  /** For people: the command, the URL, or a name. */
  readonly name: string;
  readonly faults: readonly TargetFault[];
  /** Time moves by steps of the play alone. */
  readonly isVirtual: boolean;
  /**
   * How many plays what runs has had already, where it is kept from one to the next: by this, what an earlier one has left is told apart.
   * Left out where nothing is kept.
   */
  readonly playsBefore?: () => number;
  start(stage: Stage): Promise<RunningTarget>;
}
