/**
 * Draws ratios one below the other: a dot for the median and a bar for its interval, on an axis on which twice and half are as far from
 * one. Brings its own ground, light or dark as the system is. Knows nothing of what is compared.
 */

import { escaped } from '../../../scripts/site/escaped.ts';
import { type Ground, axisStyle, figureText } from './ground.ts';

export interface RatioRow {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface RatioGroup {
  readonly title: string;
  readonly rows: readonly RatioRow[];
}

const width = 820;
const [left, right, top, bottom] = [380, 70, 76, 20] as const;
const rowHeight = 20;
const groupHeight = 28;

/** @param words below the title: how it is read. */
export function ratioPlot(title: string, words: string, groups: readonly RatioGroup[]): string {
  const rows = groups.flatMap((group) => group.rows);
  const ends = [1, ...rows.flatMap(({ low, high }) => [low, high])];
  const [least, most] = [Math.min(...ends) * 0.92, Math.max(...ends) * 1.08];
  const height = top + bottom + groups.length * groupHeight + rows.length * rowHeight;
  const xOf = (ratio: number): string =>
    (left + (Math.log(ratio / least) / Math.log(most / least)) * (width - left - right)).toFixed(1);
  const parts: string[] = [];
  for (const tick of ticks(least, most)) {
    const x = xOf(tick);
    parts.push(
      `<line class="${tick === 1 ? 'one' : 'rule'}" x1="${x}" x2="${x}" y1="${top - 6}" y2="${height - bottom}"/>`,
      `<text class="dim" x="${x}" y="${top - 11}" text-anchor="middle">${tick} x</text>`,
    );
  }
  let y = top;
  for (const group of groups) {
    y += groupHeight;
    parts.push(`<text class="head" x="12" y="${y - 6}">${escaped(group.title)}</text>`);
    for (const { name, value, low, high } of group.rows) {
      const middle = y + rowHeight / 2;
      const tone = high < 1 ? 'less' : low > 1 ? 'more' : 'even';
      parts.push(
        `<text x="${left - 14}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>`,
        `<line class="bar ${tone}" x1="${xOf(low)}" x2="${xOf(high)}" y1="${middle}" y2="${middle}"/>`,
        `<circle class="${tone}" cx="${xOf(value)}" cy="${middle}" r="4"/>`,
        `<text class="dim" x="${width - 10}" y="${middle + 4}" text-anchor="end">${figureText(value)} x</text>`,
      );
      y += rowHeight;
    }
  }
  return drawn({ title, words, width, height }, parts);
}

function drawn(ground: Ground, parts: readonly string[]): string {
  return `${axisStyle(ground)}\n${parts.join('\n')}\n</svg>\n`;
}

/** 1 and its like, as many as an axis can bear. */
function ticks(least: number, most: number): readonly number[] {
  return [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].filter((tick) => tick >= least && tick <= most);
}
