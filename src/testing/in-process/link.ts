/**
 * A connection inside a process, message by message: one end is held by the code under test, and looks like a transport of the SDK
 * of MCP; the other is a play's. What is said crosses as JSON, so that nobody can change what somebody else has kept.
 */

import type { Clock } from '../../ports.ts';
import type { WireMessage } from '../play/history.ts';
import type { ConnectionEvents, Delivery, TargetConnection } from '../play/target.ts';

/** The end in the hands of the code under test. */
export interface Link {
  /** Is called with each message; what came before it was set is kept for it. */
  onmessage?: ((message: WireMessage) => void) | undefined;
  /** The other end has closed. Not called when this end closes. */
  onclose?: (() => void) | undefined;
  /** Never called; here for those who set it. */
  onerror?: ((error: Error) => void) | undefined;
  /** Does nothing: a link is open from the beginning. */
  start(): Promise<void>;
  /** Says something. Rejects when the link is closed. */
  send(message: WireMessage): Promise<void>;
  close(): Promise<void>;
}

/** Both ends of a new connection. `bind` says who hears, in the play, what the code under test says. */
export interface LinkPair {
  readonly link: Link;
  readonly connection: TargetConnection;
  readonly bind: (events: ConnectionEvents) => void;
}

export function linkPair(clock: Clock): LinkPair {
  const pair = new MemoryLink(clock);
  return { link: pair, connection: pair.playEnd, bind: (events) => pair.bind(events) };
}

class MemoryLink implements Link {
  onclose: (() => void) | undefined = undefined;
  onerror: ((error: Error) => void) | undefined = undefined;
  readonly playEnd: TargetConnection;
  readonly #clock: Clock;
  #onmessage: ((message: WireMessage) => void) | undefined = undefined;
  #events: ConnectionEvents | undefined = undefined;
  #isOpen = true;
  /** Said by the play, and on its way: behind what is delayed all waits. */
  readonly #toCode: WireMessage[] = [];
  #delays = 0;
  /** Said by the code under test, and not read. */
  readonly #toPlay: WireMessage[] = [];
  #isRead = true;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.playEnd = {
      send: (message, _number, delivery) => this.#say(message, delivery ?? {}),
      read: (isReading) => {
        this.#isRead = isReading;
        while (this.#isRead && this.#toPlay.length > 0) this.#events?.message(this.#toPlay.shift()!);
      },
      close: () => this.#leave(),
      cut: () => this.#leave(),
    };
  }

  get onmessage(): ((message: WireMessage) => void) | undefined {
    return this.#onmessage;
  }

  set onmessage(listener: ((message: WireMessage) => void) | undefined) {
    this.#onmessage = listener;
    this.#deliver();
  }

  bind(events: ConnectionEvents): void {
    this.#events = events;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(message: WireMessage): Promise<void> {
    if (!this.#isOpen) return Promise.reject(new Error('The link is closed'));
    const copy = copyOf(message);
    if (this.#isRead) this.#events?.message(copy);
    else this.#toPlay.push(copy);
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#events?.closed();
    }
    return Promise.resolve();
  }

  #say(message: WireMessage, { isDropped, isTwice, delayMs }: Delivery): void {
    if (isDropped === true || !this.#isOpen) return;
    this.#toCode.push(message);
    if (isTwice === true) this.#toCode.push(message);
    if (delayMs === undefined) return this.#deliver();
    this.#delays++;
    this.#clock.setTimeout(() => {
      this.#delays--;
      this.#deliver();
    }, delayMs);
  }

  #deliver(): void {
    while (this.#delays === 0 && this.#isOpen && this.#onmessage !== undefined) {
      const message = this.#toCode.shift();
      if (message === undefined) return;
      this.#onmessage(copyOf(message));
    }
  }

  #leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.onclose?.();
  }
}

/** As JSON would have it: members without a value are not there. Several times as fast, and plays copy each message. */
function copyOf<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = copyOf(member);
  return copy as Value;
}
