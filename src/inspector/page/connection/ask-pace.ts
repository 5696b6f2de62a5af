/** How fast the page asks a process: a few things at once, and then so many a second. A process lets viewers go that ask for more. */

/** The process takes 100 messages a second from one viewer; bodies are not all that is asked for. */
const perSecond = 50;
const atOnce = 30;

export class AskPace {
  /** When the last thing would be asked if nothing were asked at once. */
  #slotAt = -Infinity;

  /** Milliseconds to wait before the next thing is asked. @param now milliseconds. */
  waitMs(now: number): number {
    const gapMs = 1_000 / perSecond;
    this.#slotAt = Math.max(this.#slotAt, now) + gapMs;
    return Math.max(0, this.#slotAt - now - atOnce * gapMs);
  }
}
