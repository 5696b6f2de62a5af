/**
 * Time and chance of one simulated run: everything that happens is an event at a moment of virtual time, and the seed decides all that
 * could be otherwise. Between two events whatever was promised is let come to its end, so that a run depends on nothing else.
 */

import type { TimerHandle } from '../../../src/ports.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';
import { Chance } from '../../soak/random.ts';

export class World {
  readonly seed: number;
  readonly chance: Chance;
  readonly clock = new VirtualClock();
  /** What happened, in order: the same for the same seed. */
  readonly history: string[] = [];
  /** Whether the programs under test were called since their promises were last let come to an end. */
  isTouched = false;

  constructor(seed: number) {
    this.seed = seed;
    this.chance = new Chance(seed, 'cluster');
  }

  get now(): number {
    return this.clock.now();
  }

  after(ms: number, act: () => void): TimerHandle {
    return this.clock.setTimeout(act, ms);
  }

  between(low: number, high: number): number {
    return low + this.chance.next() * (high - low);
  }

  note(line: string): void {
    this.history.push(`${this.now.toFixed(1)} ${line}`);
  }

  /** Until the time is over, or `isOver` says so. */
  async run(ms: number, isOver: () => boolean): Promise<void> {
    while (this.now < ms && !isOver() && this.clock.advanceToNext()) {
      if (this.clock.errors.length > 0) throw this.clock.errors[0];
      if (!this.isTouched) continue;
      this.isTouched = false;
      await promisesKept();
    }
  }
}

/** Longer than any chain of promises in a node: what is not at its end goes on in the same order, a moment of virtual time later. */
const turns = 6;
const kept = Promise.resolve();

/** Every promise that can be kept now has been. A turn of the event loop would do as well, and cost five times as much. */
async function promisesKept(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await kept;
}
