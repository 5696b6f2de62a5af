/**
 * The last events of one session, for clients that come back for what they missed (R17). Bounded in number and bytes; the
 * oldest go first. Knows which stream an event was said on, and that it is never said on another.
 */

import { isRequestId } from '../protocol/envelope.ts';

/** One of a session's streams, over all connections on which it is carried. */
export interface Channel {
  /** Unique in its session. */
  readonly number: number;
  /** Events of it that are kept. */
  kept: number;
}

export interface KeptEvent {
  /** Its place among all events of the session, from 1. */
  readonly place: number;
  readonly channel: Channel;
  readonly bytes: Uint8Array;
}

export interface ReplayLimits {
  readonly replayEventsMax: number;
  readonly replayBytesMax: number;
  /** Of all sessions together. */
  readonly budget: ReplayBudget;
}

/** What the rings of a process keep together. Above its bound each keeps the newest event of its session only. */
export class ReplayBudget {
  readonly bytesMax: number;
  usedBytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }
}

export interface EventName {
  readonly channel: number;
  readonly place: number;
  /** The id, as JSON text, of the one request that is answered on the stream, where the stream is said to be its. */
  readonly idToken: string | undefined;
}

/** Longer ones are not named: what a client comes back with is a header. */
const idTokenLengthMax = 64;

/** An event id names the stream and the place in the session: unique over all streams of the session. */
export function eventId(channel: number, place: number, idToken?: string): string {
  const name = `${channel}-${place}`;
  if (idToken === undefined || idToken.length > idTokenLengthMax) return name;
  return `${name}-${Buffer.from(idToken).toString('base64url')}`;
}

/** What an event id names; undefined when it is none of ours. */
export function readEventId(id: string): EventName | undefined {
  const [, channel, place, named] = /^(\d{1,15})-(\d{1,15})(?:-([\w-]{1,512}))?$/.exec(id) ?? [];
  if (channel === undefined) return undefined;
  const idToken = named === undefined ? undefined : Buffer.from(named, 'base64url').toString('utf8');
  if (idToken !== undefined && !isIdToken(idToken)) return undefined;
  return { channel: Number(channel), place: Number(place), idToken };
}

function isIdToken(text: string): boolean {
  try {
    return isRequestId(JSON.parse(text));
  } catch {
    return false;
  }
}

export class ReplayRing {
  readonly #limits: ReplayLimits;
  /** Told of a stream of which nothing is kept any more. */
  readonly #onForgotten: (event: KeptEvent) => void;
  #events: KeptEvent[] = [];
  #bytes = 0;

  constructor(limits: ReplayLimits, onForgotten: (event: KeptEvent) => void) {
    this.#limits = limits;
    this.#onForgotten = onForgotten;
  }

  get size(): number {
    return this.#events.length;
  }

  /** Keeps the event. The newest is kept whatever its size: nobody else may have it. */
  add(event: KeptEvent): void {
    this.#events.push(event);
    event.channel.kept++;
    this.#bytes += event.bytes.length;
    this.#limits.budget.usedBytes += event.bytes.length;
    while (this.size > 1 && this.#isOverfull) this.#forgetOldest();
  }

  get #isOverfull(): boolean {
    const { replayEventsMax, replayBytesMax, budget } = this.#limits;
    return this.size > replayEventsMax || this.#bytes > replayBytesMax || budget.usedBytes > budget.bytesMax;
  }

  /** The session is over, and nobody comes back to it. */
  clear(): void {
    this.#limits.budget.usedBytes -= this.#bytes;
    this.#events = [];
    this.#bytes = 0;
  }

  /** The events of one stream after a place, oldest first. */
  after(channel: Channel, place: number): readonly KeptEvent[] {
    const found: KeptEvent[] = [];
    if (channel.kept === 0) return found;
    for (const event of this.#events) {
      if (event.channel === channel && event.place > place) found.push(event);
    }
    return found;
  }

  /** Takes one event out, which nobody is to get. */
  remove(event: KeptEvent): void {
    const at = this.#events.indexOf(event);
    if (at === -1) return;
    this.#events.splice(at, 1);
    this.#left(event);
  }

  /** Takes out everything of one stream. */
  forget(channel: Channel): void {
    if (channel.kept === 0) return;
    const events = this.#events;
    this.#events = events.filter((event) => event.channel !== channel);
    for (const event of events) if (event.channel === channel) this.#left(event);
  }

  #forgetOldest(): void {
    const event = this.#events.shift()!;
    this.#left(event);
    this.#onForgotten(event);
  }

  #left(event: KeptEvent): void {
    event.channel.kept--;
    this.#bytes -= event.bytes.length;
    this.#limits.budget.usedBytes -= event.bytes.length;
  }
}
