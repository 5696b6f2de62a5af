/**
 * How far a viewer has been told of one session, and what it is told next: the events after that, or the newest ones where it could
 * not keep up. Counts what it does not get to see.
 */

import type { TracePlace, TraceRing } from '../observe/trace-ring.ts';
import type { TracedSession } from '../observe/traced-session.ts';

export interface Batch {
  readonly places: readonly TracePlace[];
  readonly missed: number;
  /** There are more by now. */
  readonly hasMore: boolean;
}

export class WatchedEvents {
  readonly session: TracedSession;
  readonly #ring: TraceRing;
  readonly #eventsMax: number;
  #afterSeq: number;
  /** Undefined: the event after which it goes on is forgotten. */
  #afterOrdinal: number | undefined;
  /** It came late, and is told everything from where it goes on, in its own time. */
  #isCatchingUp = true;

  /** @param toldSeq the last event that the viewer has; 0 where it has none. One that is still to come is of another process. */
  constructor(ring: TraceRing, session: TracedSession, toldSeq: number, eventsMax: number) {
    const afterSeq = toldSeq > ring.newestSeq ? 0 : toldSeq;
    const after = ring.event(afterSeq);
    this.session = session;
    this.#ring = ring;
    this.#eventsMax = eventsMax;
    this.#afterSeq = afterSeq;
    this.#afterOrdinal = afterSeq === 0 ? 0 : after?.session === session ? after.ordinal : undefined;
  }

  /** Undefined: there is nothing new. */
  next(): Batch | undefined {
    const fresh = this.#ring.eventsOf(this.session, this.#afterSeq);
    if (fresh.length === 0) return undefined;
    const isLeftBehind = !this.#isCatchingUp && fresh.length > 2 * this.#eventsMax;
    const places = isLeftBehind ? fresh.slice(-this.#eventsMax) : fresh.slice(0, this.#eventsMax);
    const [first, last] = [places[0]!, places.at(-1)!];
    const missed = this.#missedBefore(first);
    const hasMore = last !== fresh.at(-1);
    this.#isCatchingUp &&= hasMore;
    this.#afterSeq = last.seq;
    this.#afterOrdinal = last.ordinal;
    return { places, missed, hasMore };
  }

  #missedBefore(first: TracePlace): number {
    if (this.#afterOrdinal !== undefined) return first.ordinal - this.#afterOrdinal - 1;
    // What is forgotten cannot be counted, only seen to have been there.
    return first.previousSeq === this.#afterSeq ? 0 : 1;
  }
}
