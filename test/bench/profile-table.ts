/** What a profiler of V8 tells, as a table: what each function cost itself, the dearest first. */

import { median } from './statistics.ts';

/** A call frame of either profiler. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** What the processor profiler tells, of what `--cpu-prof` writes, too. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
}

/** What was spent, by function. */
export type Totals = Map<string, number>;

const rowsShown = 25;

/** Microseconds that each function took itself. What the compiler put into its caller counts there. */
export function selfMicros({ nodes, samples = [], timeDeltas = [] }: CpuProfile): Totals {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  // The first sample of a profile stands for the time before it.
  const usual = median(timeDeltas);
  const self: Totals = new Map();
  samples.forEach((id, index) => {
    add(self, nameOf(frames.get(id)!), Math.min(timeDeltas[index]!, 10 * usual));
  });
  return self;
}

export function nameOf({ functionName, url, lineNumber }: Frame): string {
  const place = url.split('/').slice(-2).join('/');
  return place === '' ? functionName : `${functionName} ${place}:${lineNumber + 1}`;
}

export function add(totals: Totals, name: string, amount: number): void {
  totals.set(name, (totals.get(name) ?? 0) + amount);
}

/** @param parts how many of what the table is about were done. */
export function show(title: string, self: ReadonlyMap<string, number>, parts: number, digits: number): void {
  const rows = [...self].sort(([, one], [, other]) => other - one);
  const total = rows.reduce((sum, [, amount]) => sum + amount, 0);
  console.log(`\n${title}: ${(total / parts).toFixed(digits)} in all`);
  for (const [name, amount] of rows.slice(0, rowsShown)) {
    const share = `${((100 * amount) / total).toFixed(1)} %`;
    console.log(`  ${(amount / parts).toFixed(digits).padStart(7)}  ${share.padStart(6)}  ${name}`);
  }
}
