/**
 * What the view of a session works out of its events, kept while more of them come: only those that are new are looked at. Begins again
 * where the oldest have gone, or where they are others. Knows no page.
 */

import type { TracedEvent } from '../../feed-messages.ts';
import { type Exchanges, ExchangesFold } from './exchanges.ts';
import { TimelineFold, type TimelineLine, withMissed } from './timeline.ts';

export interface FoldedSession {
  /** Goes on with the events that come: compare the whole, not this. */
  readonly exchanges: Exchanges;
  readonly lines: readonly TimelineLine[];
}

export class SessionFold {
  #exchanges = new ExchangesFold();
  #timeline = new TimelineFold();
  #taken: readonly TracedEvent[] = [];
  #missed = 0;
  #folded: FoldedSession = { exchanges: this.#exchanges, lines: [] };

  /**
   * @param events oldest first.
   * @param missed events before the first of them.
   * @returns another object when something has changed.
   */
  of(events: readonly TracedEvent[], missed: number): FoldedSession {
    const taken = this.#taken;
    if (events === taken && missed === this.#missed) return this.#folded;
    const last = taken.length - 1;
    const goesOn = last >= 0 && events[0] === taken[0] && events[last] === taken[last];
    if (!goesOn) {
      this.#exchanges = new ExchangesFold();
      this.#timeline = new TimelineFold();
    }
    for (const event of goesOn ? events.slice(last + 1) : events) {
      this.#exchanges.take(event);
      this.#timeline.take(event, this.#exchanges);
    }
    this.#taken = events;
    this.#missed = missed;
    this.#folded = { exchanges: this.#exchanges, lines: withMissed(this.#timeline.lines, events[0], missed) };
    return this.#folded;
  }
}
