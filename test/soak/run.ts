/** One soak: how long it goes on, what was seen to be wrong, and what was done. Shared by its lanes. */

import type { Violation } from './ledger.ts';
import { Chance } from './random.ts';

export interface SeenViolation {
  readonly atS: number;
  readonly lane: string;
  readonly law: string;
  readonly details: string;
}

/** After so many there is nothing more to learn, and the run ends. */
const violationsMax = 20;

export class Run {
  readonly seed: number;
  readonly violations: SeenViolation[] = [];
  readonly #startedAt = performance.now();
  readonly #durationMs: number;
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(seed: number, durationMs: number) {
    this.seed = seed;
    this.#durationMs = durationMs;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  get leftMs(): number {
    return this.violations.length >= violationsMax ? 0 : Math.max(0, this.#durationMs - this.elapsedMs);
  }

  get isOver(): boolean {
    return this.leftMs === 0;
  }

  chance(part: string): Chance {
    return new Chance(this.seed, part);
  }

  /** The mark of a part's processes. Ends with a dot, so that no mark begins another. */
  mark(part: string): string {
    return `${this.seed}.${process.pid}.${part}.`;
  }

  violationIn(lane: string): Violation {
    return (law, details) => {
      this.violations.push({ atS: Math.round(this.elapsedMs / 1000), lane, law, details });
    };
  }

  count(lane: string, what: string, amount = 1): void {
    let counts = this.#counts.get(lane);
    if (counts === undefined) this.#counts.set(lane, (counts = new Map()));
    counts.set(what, (counts.get(what) ?? 0) + amount);
  }

  counted(lane: string): ReadonlyMap<string, number> {
    return this.#counts.get(lane) ?? new Map();
  }
}
