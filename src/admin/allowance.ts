/** How often something may be done: so many times at once, and so many a second from then on. */

import type { Clock } from '../ports.ts';

export class Allowance {
  readonly #clock: Clock;
  readonly #atOnce: number;
  readonly #perSecond: number;
  #left: number;
  #at: number;

  constructor(clock: Clock, limits: { readonly atOnce: number; readonly perSecond: number }) {
    this.#clock = clock;
    this.#atOnce = limits.atOnce;
    this.#perSecond = limits.perSecond;
    this.#left = limits.atOnce;
    this.#at = clock.now();
  }

  /** True, and one less is left; or false. */
  take(): boolean {
    const now = this.#clock.now();
    this.#left = Math.min(this.#atOnce, this.#left + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
