/** How long a client may take nothing of what waits for it. Knows how much was taken, not what; who is cut off is the caller's. */

import type { Clock, TimerHandle } from '../ports.ts';

export class Patience {
  readonly #clock: Clock;
  #timer: TimerHandle = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Gives up after `patienceMs` in which nothing was taken. What was asked before counts no more.
   * @param takenBytes how many were taken until now; asked now, and at the end of each span.
   */
  begin(patienceMs: number, takenBytes: () => number, giveUp: () => void): void {
    this.end();
    const before = takenBytes();
    this.#timer = this.#clock.setTimeout(() => {
      if (takenBytes() > before) this.begin(patienceMs, takenBytes, giveUp);
      else giveUp();
    }, patienceMs);
  }

  /** It took what there was, or is gone. */
  end(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
