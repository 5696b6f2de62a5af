/** Beats after a while when somebody asks for it, once for all who ask meanwhile, and again for as long as there is something to do. */

import type { Clock, TimerHandle } from '../ports.ts';

export class Pulse {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #beat: () => boolean;
  #timer: TimerHandle = undefined;
  #hasStopped = false;

  /** @param beat says whether it wants to beat again. */
  constructor(clock: Clock, ms: number, beat: () => boolean) {
    this.#clock = clock;
    this.#ms = ms;
    this.#beat = beat;
  }

  ask(): void {
    if (this.#timer !== undefined || this.#hasStopped) return;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      if (this.#beat()) this.ask();
    }, this.#ms);
  }

  stop(): void {
    this.#hasStopped = true;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
