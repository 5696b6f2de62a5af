/** What a run is shown as: lines for a terminal while it goes, and the page docs/benchmarks.md. */

import { table } from '../../scripts/docs/markdown.ts';
import type { Machine } from './machine.ts';
import type { Bench, Measure, Target } from './measure.ts';

export interface BenchResult {
  readonly bench: Bench;
  readonly measures: readonly Measure[];
}

export type Standing = 'met' | 'missed' | 'open' | '';

/** `open`: the interval holds the target, and another run might say otherwise. */
export function standingOf({ value, interval, target }: Measure): Standing {
  if (target === undefined) return '';
  const meets = (end: number): boolean => end <= (target.most ?? Infinity) && end >= (target.least ?? -Infinity);
  const ends = interval === undefined ? [value] : [interval.low, interval.high];
  if (ends.every((end) => meets(end))) return 'met';
  return ends.some((end) => meets(end)) ? 'open' : 'missed';
}

export function terminalTable(measures: readonly Measure[]): string {
  const rows = measures.map(cells);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return rows.map((row) => `  ${line(row)}`.trimEnd()).join('\n');
}

function cells(measure: Measure): string[] {
  const { name, unit, value, interval, target } = measure;
  return [
    name.replaceAll('`', ''),
    figure(value),
    unit,
    interval === undefined ? '' : `${figure(interval.low)} to ${figure(interval.high)}`,
    target === undefined ? '' : spoken(target),
    standingOf(measure),
  ];
}

function spoken({ most, least }: Target): string {
  return most === undefined ? `at least ${figure(least!)}` : `at most ${figure(most)}`;
}

/** Three digits that mean something, and thousands that can be read. */
function figure(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function benchmarksPage(results: readonly BenchResult[], machine: Machine, rounds: number): string {
  const sections = results.map(({ bench, measures }) => {
    const rows = measures.map((measure) => {
      const [, value, unit, interval, target, standing] = cells(measure);
      return [measure.name, `${value} ${unit}`, interval!, target!, standing!];
    });
    const header = ['', 'median', 'interval', 'target', 'target is'];
    return `## ${bench.title}\n\n${bench.about}\n\n${table(header, rows)}`;
  });
  return `<!-- Written by npm run bench -- --write. -->

# Benchmarks

What ninelives costs, measured by \`npm run bench\` on ${machine.date}: ${machine.cpu}, ${machine.cores} cores, Node
${machine.node}, ${machine.system}. The machine was shared with other work: its load average was ${machine.loadBefore} when the run began and
${machine.loadAfter} when it ended. Take ratios, which were measured within a round, as they are; take times as what a busy machine gave.

How to read the tables: every number is the median of ${rounds} rounds unless the section says otherwise, and the variants that are
compared take turns within each round. The interval holds the true median with at least 95 % probability (order statistics,
no distribution assumed). A target is *met* or *missed* when the whole interval says so, and *open* when the interval holds it.
A number without an interval is a single one.

\`npm run bench -- --only NAME\` runs one section, \`--rounds N\` more or fewer rounds, \`--write\` writes this page.

${sections.join('\n\n')}
`;
}
