/**
 * The dry run that people start in a running process: one at a time, and over by itself after a while, since each frame pays for
 * it. What it has counted can be read until the next one.
 */

import type { Clock, TimerHandle } from '../ports.ts';
import { type DryRun, type DryRunReport, dryRunText } from './dry-run.ts';
import type { Rule } from './rule-file.ts';

/** A dry run that is forgotten ends after this. */
export const dryRunMsMax = 3_600_000;

export interface LiveDryRunReport extends DryRunReport {
  readonly isRunning: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** The numbers in one line. */
  readonly summary: string;
}

export class LiveDryRun {
  readonly #begin: (rules: readonly Rule[]) => DryRun;
  readonly #clock: Clock;
  #dryRun: DryRun | undefined;
  #startedAt = 0;
  #isRunning = false;
  #timer: TimerHandle;

  /** @param begin asks rules about every frame until the dry run is stopped. */
  constructor(begin: (rules: readonly Rule[]) => DryRun, clock: Clock) {
    this.#begin = begin;
    this.#clock = clock;
  }

  /** In the place of one that runs. */
  start(rules: readonly Rule[]): void {
    this.stop();
    this.#startedAt = this.#clock.wallTime();
    this.#dryRun = this.#begin(rules);
    this.#isRunning = true;
    this.#timer = this.#clock.setTimeout(() => this.stop(), dryRunMsMax);
  }

  /** Of the last one; `undefined`: there was none. */
  report(): LiveDryRunReport | undefined {
    if (this.#dryRun === undefined) return undefined;
    const report = this.#dryRun.report();
    return { ...report, isRunning: this.#isRunning, startedAt: this.#startedAt, summary: dryRunText(report) };
  }

  /** What is not running stays as it is. */
  stop(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#clock.clearTimeout(this.#timer);
    this.#dryRun?.stop();
  }
}
