/** What a bench reports, and the two clocks it reads: processor time and allocated bytes. Knows nothing of what is measured. */

import { type Interval, median, medianInterval } from './statistics.ts';

/** A number that a measure is held to; one of the two is given. */
export interface Target {
  readonly most?: number;
  readonly least?: number;
}

export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** Where the median of more rounds would lie; none for what is one number by nature. */
  readonly interval: Interval | undefined;
  readonly target: Target | undefined;
}

export interface BenchOptions {
  readonly rounds: number;
  /** Says what is being done, for whoever waits. */
  readonly say: (text: string) => void;
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** What is measured and how to read it, as Markdown. */
  readonly about: string;
  /** What it needs is not installed here, which was said. */
  readonly isAbsent?: boolean;
  measure(options: BenchOptions): Promise<readonly Measure[]>;
}

export function perRound(name: string, unit: string, values: readonly number[], target?: Target): Measure {
  return { name, unit, value: median(values), interval: medianInterval(values), target };
}

export function single(name: string, unit: string, value: number, target?: Target): Measure {
  return { name, unit, value, interval: undefined, target };
}

/** Each value divided by the other one of its round: what the machine did to both falls out. */
export function ratios(values: readonly number[], to: readonly number[]): readonly number[] {
  return values.map((value, round) => value / (to[round] ?? NaN));
}

/** Things to measure against each other, by name. */
export type Variants = Readonly<Record<string, () => unknown>>;

/** What each variant gave, round by round. */
export type Rounds<V extends Variants> = { readonly [Name in keyof V]: readonly Awaited<ReturnType<V[Name]>>[] };

/**
 * Runs every variant once in each round, in turns forwards and backwards, so that neither a busy minute of the machine nor
 * the place in the order favours one of them.
 */
export async function inRounds<V extends Variants>({ rounds, say }: BenchOptions, variants: V): Promise<Rounds<V>> {
  const names = Object.keys(variants);
  const results: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`);
    for (const name of round % 2 === 0 ? names : names.toReversed()) results[name]!.push(await variants[name]!());
  }
  return results as Rounds<V>;
}

/** Microseconds of processor time that this process has used, all its threads together: the collector's work counts. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds of processor time that one `act` takes, over `times` of them. */
export function cpuMicrosOf(act: () => void, times: number): number {
  const before = cpuMicros();
  for (let index = 0; index < times; index += 1) act();
  return (cpuMicros() - before) / times;
}

const allocationBatches = 31;

/**
 * Bytes that one `act` allocates: the median over batches of `batch` of them, less what looking costs. A batch in which the
 * collector ran shows less or nothing, and batches are short enough for that to be the exception.
 */
export function bytesAllocatedBy(act: () => void, batch: number): number {
  const measured = (times: number): number => {
    const differences: number[] = [];
    for (let index = 0; index < allocationBatches; index += 1) {
      const before = bytesInUse();
      for (let run = 0; run < times; run += 1) act();
      differences.push(bytesInUse() - before);
    }
    return median(differences);
  };
  return Math.max(0, measured(batch) - measured(0)) / batch;
}

function bytesInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Bytes on the heap that are still in use: collects what is not, first. Wants `--expose-gc`. */
export function bytesKept(): number {
  if (globalThis.gc === undefined) throw new Error('Start node with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  return bytesInUse();
}
