/**
 * Decides when a connection that several sessions share is not read. What comes for one that does not read is kept, so that
 * it holds up no other; when that is too much the connection is not read either, and when that has lasted too long, whoever
 * is to blame is told all the same and the others go on. Does not know what is kept, or where.
 */

import type { Clock, TimerHandle } from '../ports.ts';

export interface SharedReadingOptions {
  readonly clock: Clock;
  /** Bytes that may be kept, all together. */
  readonly bytesMax: number;
  /** How long the others wait for one that does not read. */
  readonly stallMs: number;
  pause(paused: boolean): void;
  /** Tells whoever has the most what is kept for it. False: nothing is kept for anybody. */
  giveUp(): boolean;
}

export class SharedReading {
  readonly #options: SharedReadingOptions;
  #bytes = 0;
  #isPaused = false;
  #hasOthers = false;
  #isOver = false;
  #timer: TimerHandle;

  constructor(options: SharedReadingOptions) {
    this.#options = options;
  }

  /** So many bytes more are kept; fewer, where it is negative. */
  keeps(bytes: number): void {
    this.#bytes += bytes;
    const { bytesMax } = this.#options;
    if (this.#isOver) return;
    if (this.#isPaused ? this.#bytes > bytesMax / 2 : this.#bytes <= bytesMax) return;
    this.#isPaused = !this.#isPaused;
    this.#options.pause(this.#isPaused);
    this.#setTimer();
  }

  /** One that is alone keeps nobody waiting. */
  isSharedBy(members: number): void {
    this.#hasOthers = members > 1;
    this.#setTimer();
  }

  /** There is nothing more to read. */
  stop(): void {
    this.#isOver = true;
    this.#isPaused = false;
    this.#setTimer();
  }

  #setTimer(): void {
    const { clock, stallMs } = this.#options;
    const isNeeded = this.#isPaused && this.#hasOthers;
    if (isNeeded === (this.#timer !== undefined)) return;
    if (isNeeded) this.#timer = clock.setTimeout(() => this.#endStall(), stallMs);
    else {
      clock.clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  #endStall(): void {
    this.#timer = undefined;
    while (this.#isPaused && this.#options.giveUp());
  }
}
