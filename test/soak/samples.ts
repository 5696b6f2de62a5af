/** What is kept of a soak: its samples as JSON, and the plot of them, in out/soak. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { type Panel, plot } from './plot.ts';
import type { Vitals } from './vitals.ts';

/** The samples of each proxy that lived for the whole run, by its name. */
export type Samples = Readonly<Record<string, readonly Vitals[]>>;

const mebibyte = 2 ** 20;

const quantities: readonly (readonly [title: string, unit: string, of: (vitals: Vitals) => number])[] = [
  ['heap and buffers after a collection', 'MiB', ({ heapBytes }) => heapBytes / mebibyte],
  ['resident memory', 'MiB', ({ rssBytes }) => rssBytes / mebibyte],
  ['handles', 'count', ({ resources }) => Object.values(resources).reduce((sum, count) => sum + count, 0)],
  ['descriptors', 'count', ({ descriptors }) => descriptors],
  ['children', 'count', ({ children }) => children],
  ['event loop delay, 99 %', 'ms', ({ delayMs }) => delayMs.p99],
];

/** @returns the files that were written. */
export function keep(title: string, samples: Samples): readonly string[] {
  const panels: readonly Panel[] = quantities.map(([name, unit, of]) => ({
    title: name,
    unit,
    series: Object.entries(samples).map(([proxy, vitals]) => ({
      name: proxy,
      points: vitals.map((each) => [each.atS, of(each)] as const),
    })),
  }));
  mkdirSync('out/soak', { recursive: true });
  writeFileSync('out/soak/samples.json', `${JSON.stringify({ title, samples })}\n`);
  writeFileSync('out/soak/plot.svg', plot(title, panels));
  return ['out/soak/samples.json', 'out/soak/plot.svg'];
}
