/** The numbers of docs/benchmarks.md, read from the page itself: what a plot shows can then be nothing else than what the page says. */

import type { Interval } from '../statistics.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly interval: Interval | undefined;
}

export interface FigureSection {
  readonly title: string;
  readonly figures: readonly Figure[];
}

export function figuresIn(page: string): readonly FigureSection[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((text) => ({ title: text.slice(0, text.indexOf('\n')), figures: text.split('\n').flatMap(figureIn) }));
}

/** None where the line is no row with a number. */
function figureIn(line: string): readonly Figure[] {
  const [, name = '', measured = '', interval = ''] = line.split('|').map((cell) => cell.trim());
  const [, value, unit = ''] = /^(-?[\d,.]+) ?(.*)$/.exec(measured) ?? [];
  if (value === undefined || name === '') return [];
  const [, low, high] = /^(-?[\d,.]+) to (-?[\d,.]+)$/.exec(interval) ?? [];
  return [
    {
      name: name.replaceAll('`', ''),
      value: numberIn(value),
      unit,
      interval: low === undefined || high === undefined ? undefined : { low: numberIn(low), high: numberIn(high) },
    },
  ];
}

function numberIn(text: string): number {
  return Number(text.replaceAll(',', ''));
}
