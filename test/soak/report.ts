/** What a soak says at its end. */

import { exchangeNames } from './traffic.ts';
import { endNames } from './restless.ts';
import type { Run } from './run.ts';
import type { Vitals } from './steady.ts';
import { heapVerdict } from './verdict.ts';

/** So many lines of memory over time are printed. */
const memoryLines = 8;
const shownViolations = 20;

/** Prints the summary. False: a law was broken or memory grew. */
export function report(run: Run, vitals: readonly Vitals[]): boolean {
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

  const verdict = heapVerdict(vitals);
  console.log(`\n${memoryTable(vitals)}`);
  console.log(
    `\nheap over the last half: ${kib(verdict.growthBytes)} KiB (allowed: ${kib(verdict.allowedBytes)} KiB, the larger of 1 MiB and six times the scatter)`,
  );
  if (vitals.length > 0) {
    console.log(
      `event loop delay of the steady proxy: p99 ${worst(vitals, 'p99')} ms, longest ${worst(vitals, 'max')} ms`,
    );
  }
  if (verdict.isLeak)
    run.violationIn('steady')('memory stays where it is', `the heap grew by ${kib(verdict.growthBytes)} KiB`);
  for (const kind of grownResources(vitals)) run.violationIn('steady')('handles stay where they are', kind);

  for (const { atS, lane, law, details } of run.violations.slice(0, shownViolations))
    console.log(`VIOLATED after ${atS} s, ${lane}: ${law}: ${details}`);
  const isWell = run.violations.length === 0;
  console.log(
    isWell ? `\nno law was broken (seed ${run.seed})` : `\n${run.violations.length} violations (seed ${run.seed})`,
  );
  return isWell;
}

function memoryTable(vitals: readonly Vitals[]): string {
  const step = Math.max(1, Math.floor((vitals.length - 1) / (memoryLines - 1)));
  const shown = vitals.filter((_, index) => index % step === 0 || index === vitals.length - 1);
  return table([
    ['after', 'heap KiB', 'resident KiB', 'handles'],
    ...shown.map(
      ({ atS, heapBytes, rssBytes, resources }) =>
        [`${Math.round(atS)} s`, kib(heapBytes), kib(rssBytes), String(total(resources))] as const,
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
