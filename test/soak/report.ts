/** What a soak says at its end. */

import { defaultBytesMax } from '../../src/observe/trace-ring.ts';
import { exchangeNames } from './traffic.ts';
import { endNames } from './restless.ts';
import type { Run } from './run.ts';
import type { Samples } from './samples.ts';
import type { Vitals } from './vitals.ts';
import { heapVerdict } from './verdict.ts';

/** So many lines of memory over time are printed. */
const memoryLines = 8;
const shownViolations = 20;

/** Prints the summary. False: a law was broken or memory grew. */
export function report(run: Run, samples: Samples): boolean {
  const steady = run.counted('steady');
  const restless = run.counted('restless');
  const sdk = run.counted('sdk');
  const rows: (readonly [string, ...string[]])[] = [
    ['exchange', 'steady', 'restless'],
    ...exchangeNames.map((name) => [name, amount(steady, name), amount(restless, name)] as const),
  ];
  console.log(`\n${table(rows)}`);
  console.log(
    `\n${table([['end of a life', 'times'], ...endNames.map((name) => [name, amount(restless, name)] as const)])}`,
  );
  console.log(`\nservers killed under steady traffic: ${amount(steady, 'servers killed')}`);
  console.log(`connections of SDK clients: ${amount(sdk, 'connections')}`);

  const reloading = run.counted('reloading');
  console.log(
    `files that a gateway read under load: ${amount(reloading, 'reloads')}, calls meanwhile: ${amount(reloading, 'echo')}`,
  );

  for (const front of ['watched http', 'watched ws']) {
    const counts = run.counted(front);
    const told = ['clients', 'calls', 'viewers', 'stalls', 'tapes'].map((what) => `${what} ${amount(counts, what)}`);
    console.log(`${front}: ${told.join(', ')}`);
  }
  for (const [proxy, vitals] of Object.entries(samples)) reportOf(run, proxy, vitals);

  for (const { atS, lane, law, details } of run.violations.slice(0, shownViolations))
    console.log(`VIOLATED after ${atS} s, ${lane}: ${law}: ${details}`);
  const isWell = run.violations.length === 0;
  console.log(
    isWell ? `\nno law was broken (seed ${run.seed})` : `\n${run.violations.length} violations (seed ${run.seed})`,
  );
  return isWell;
}

function reportOf(run: Run, proxy: string, vitals: readonly Vitals[]): void {
  const { growthBytes, hourly, allowedBytes, isLeak } = heapVerdict(vitals, mayFillBytes(proxy, vitals));
  console.log(`\n${proxy}\n${memoryTable(vitals)}`);
  console.log(
    `heap over the last half: ${kib(growthBytes)} KiB (allowed: ${kib(allowedBytes)} KiB); ` +
      (Number.isFinite(hourly.low)
        ? `in an hour, with 95 %: ${kib(hourly.low)} to ${kib(hourly.high)} KiB`
        : 'too short a time to tell of an hour'),
  );
  if (vitals.length > 0)
    console.log(`event loop delay: p99 ${worst(vitals, 'p99')} ms, longest ${worst(vitals, 'max')} ms`);
  if (isLeak) run.violationIn(proxy)('memory stays where it is', `the heap grew by ${kib(growthBytes)} KiB`);
  for (const kind of grownResources(vitals)) run.violationIn(proxy)('handles stay where they are', kind);
}

/** An inspected proxy keeps its latest events, and in the first minutes they are still becoming more. */
function mayFillBytes(proxy: string, vitals: readonly Vitals[]): number {
  const filledAfterS = 300;
  const halfS = (vitals.at(-1)?.atS ?? 0) / 2;
  return proxy.startsWith('watched') && halfS < filledAfterS ? 2 * defaultBytesMax : 0;
}

function memoryTable(vitals: readonly Vitals[]): string {
  const step = Math.max(1, Math.floor((vitals.length - 1) / (memoryLines - 1)));
  const shown = vitals.filter((_, index) => index % step === 0 || index === vitals.length - 1);
  return table([
    ['after', 'heap KiB', 'resident KiB', 'handles', 'descriptors', 'children'],
    ...shown.map(
      ({ atS, heapBytes, rssBytes, resources, descriptors, children }) =>
        [
          `${Math.round(atS)} s`,
          ...[kib(heapBytes), kib(rssBytes), String(total(resources)), String(descriptors), String(children)],
        ] as const,
    ),
  ]);
}

/** Kinds of handles of which there are more in the last quarter of the samples than in the second, told with their numbers. */
function grownResources(vitals: readonly Vitals[]): readonly string[] {
  const quarter = Math.floor(vitals.length / 4);
  if (quarter === 0) return [];
  const before = vitals.slice(quarter, 2 * quarter);
  const after = vitals.slice(-quarter);
  const kinds = new Set(vitals.flatMap(({ resources }) => Object.keys(resources)));
  const most = (samples: readonly Vitals[], kind: string): number =>
    Math.max(...samples.map(({ resources }) => resources[kind] ?? 0));
  const least = (samples: readonly Vitals[], kind: string): number =>
    Math.min(...samples.map(({ resources }) => resources[kind] ?? 0));
  return [...kinds].flatMap((kind) =>
    least(after, kind) > most(before, kind)
      ? [`${kind}: ${most(before, kind)} before, ${least(after, kind)} at the end`]
      : [],
  );
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

const amount = (counts: ReadonlyMap<string, number>, name: string): string => String(counts.get(name) ?? 0);
const kib = (bytes: number): string => String(Math.round(bytes / 1024));
const total = (resources: Readonly<Record<string, number>>): number =>
  Object.values(resources).reduce((sum, count) => sum + count, 0);
const worst = (vitals: readonly Vitals[], of: 'p99' | 'max'): string =>
  Math.max(...vitals.map(({ delayMs }) => delayMs[of])).toFixed(0);
