/** What a run is shown as: lines for a terminal while it goes, and the page docs/benchmarks.md. */

import { table } from '../../scripts/docs/markdown.ts';
import type { Machine } from './machine.ts';
import type { Bench, Measure, Target } from './measure.ts';
import { plots } from './plots/plots.ts';

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

/** What a bench measured, and where and when it did. */
export function sectionOf({ bench, measures }: BenchResult, machine: Machine, rounds: number): string {
  const rows = measures.map((measure) => {
    const [, value, unit, interval, target, standing] = cells(measure);
    return [measure.name, `${value} ${unit}`, interval!, target!, standing!];
  });
  const { date, cpu, cores, node, system, loadBefore, loadAfter } = machine;
  const where = `Measured on ${date}, in ${rounds} rounds: ${cpu}, ${cores} cores, Node ${node}, ${system}; load average ${loadBefore}
when it began and ${loadAfter} when it ended.`;
  const header = ['', 'median', 'interval', 'target', 'target is'];
  return `## ${bench.title}\n\n${bench.about}\n\n${where}\n\n${table(header, rows)}\n`;
}

/** The page with this section new or in place of the one that it had; all others as they stand. */
export function withSection(page: string, section: string, benches: readonly Bench[]): string {
  const known = new Map([...sectionsIn(page), section].map((text) => [titleOf(text), text.trimEnd()]));
  return [introduction, ...benches.flatMap(({ title }) => known.get(title) ?? [])].join('\n\n').concat('\n');
}

function sectionsIn(page: string): readonly string[] {
  return page.split(/^(?=## )/m).slice(1);
}

function titleOf(section: string): string {
  return /^## (.+)$/m.exec(section)?.[1] ?? '';
}

const introduction = `<!-- Written by npm run bench -- --write. -->

# Benchmarks

What ninelives costs, measured by \`npm run bench\`. The machines are shared with other work; each section says how busy its own was.
Take ratios, which were measured within a round, as they are; take times as what such a machine gave.

How to read the tables: every number is the median of the rounds unless the section says otherwise, and the variants that are
compared take turns within each round. The interval holds the true median with at least 95 % probability (order statistics,
no distribution assumed). A target is *met* or *missed* when the whole interval says so, and *open* when the interval holds it.
A number without an interval is a single one.

\`npm run bench -- --only NAME\` runs one section, \`--rounds N\` more or fewer rounds, \`--write\` writes what was run into this page.

${plots.map(({ title, file }) => `![${title}](images/${file})`).join('\n\n')}`;
