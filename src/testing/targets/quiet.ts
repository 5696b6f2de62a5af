/**
 * Tells when everybody has said what they had to say. Outside of this process nobody knows that for certain: it is taken for said
 * when nothing was heard for a while, and for longer where an answer is owed. Knows nothing of what is said.
 */

import { setTimeout as pause } from 'node:timers/promises';

export interface QuietLimits {
  /** Silence for so long counts as the end, where nobody owes anything. */
  readonly quietMs: number;
  /** Silence for so long counts as the end where an answer is owed: it will not come. */
  readonly owedMs: number;
  /** The same while something starts and has not said a word. */
  readonly startMs: number;
  /** However much is said: no longer than this. */
  readonly settleMsMax: number;
}

/** Time as one waits for it. */
export interface Time {
  now(): number;
  pause(ms: number): Promise<unknown>;
}

/** Keeps the process alive while somebody waits. */
const realTime: Time = { now: () => performance.now(), pause };

export const usualQuiet: QuietLimits = { quietMs: 60, owedMs: 1000, startMs: 20_000, settleMsMax: 30_000 };

/** A silence has to be so many times as long as the longest after which something was heard still; within bounds. */
const patience = 2;
const patienceMsMax = 400;

export class Quiet {
  readonly #limits: QuietLimits;
  readonly #time: Time;
  #lastAt: number;
  #isWaiting = false;
  #longestMs = 0;
  #busy = 0;
  #starting = 0;
  #owed: () => number = () => 0;
  /** Given up: it was owed for too long. */
  #lost = 0;

  constructor(limits: QuietLimits, time: Time = realTime) {
    this.#limits = limits;
    this.#time = time;
    this.#lastAt = time.now();
  }

  /** Something was said by us: from here on an answer may come. */
  said(): void {
    this.#lastAt = this.#time.now();
  }

  /** Something was heard. */
  heard(): void {
    const now = this.#time.now();
    if (this.#isWaiting && this.#starting === 0) this.#longestMs = Math.max(this.#longestMs, now - this.#lastAt);
    this.#lastAt = now;
  }

  /** Somebody reads again: what was given up may be there. */
  hopes(): void {
    this.#lost = 0;
    this.said();
  }

  /** How many answers are owed is asked of `owed` from here on. */
  watch(owed: () => number): void {
    this.#owed = owed;
  }

  /** Something is on its way that we know of. Call what this returns when it has arrived. */
  begins(): () => void {
    this.#busy += 1;
    return onceOnly(() => {
      this.#busy -= 1;
      this.said();
    });
  }

  /** Something has been started that may need a while for its first word. Call what this returns when it has said it. */
  starts(): () => void {
    this.#starting += 1;
    return onceOnly(() => {
      this.#starting -= 1;
    });
  }

  async settled(): Promise<void> {
    const { quietMs, owedMs, startMs, settleMsMax } = this.#limits;
    const endsAt = this.#time.now() + settleMsMax;
    this.#isWaiting = true;
    for (;;) {
      const now = this.#time.now();
      const isOwed = this.#isOwed();
      const silenceMs = isOwed
        ? this.#starting > 0
          ? startMs
          : owedMs
        : Math.max(quietMs, Math.min(this.#longestMs * patience, patienceMsMax));
      const isQuiet = this.#busy === 0 && now >= this.#lastAt + silenceMs;
      if (isQuiet || now >= endsAt) break;
      // Short, because what ends the wait may be that nothing is owed any more.
      await this.#time.pause(Math.min(quietMs / 4, endsAt - now));
    }
    this.#isWaiting = false;
    this.#lost = this.#owed();
  }

  #isOwed(): boolean {
    const owed = this.#owed();
    this.#lost = Math.min(this.#lost, owed);
    return owed > this.#lost;
  }
}

function onceOnly(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}
