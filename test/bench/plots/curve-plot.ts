/**
 * Draws how quantities grow with a number: a panel for each, the number on an axis on which ten times is always as far, a line with the
 * interval around each point. Brings its own ground, light or dark as the system is.
 */

import { escaped } from '../../../scripts/site/escaped.ts';
import { axisStyle, figureText } from './ground.ts';

export interface CurvePoint {
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface CurvePanel {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly CurvePoint[];
}

const width = 820;
const panelHeight = 190;
const [left, right, top, bottom] = [70, 40, 34, 30] as const;
const head = 44;

/** @param words below the title: how it is read. */
export function curvePlot(title: string, words: string, panels: readonly CurvePanel[]): string {
  const height = head + panels.length * panelHeight;
  const drawn = panels.map((panel, index) => panelAt(panel, head + index * panelHeight));
  return `${axisStyle({ title, words, width, height })}\n${drawn.join('\n')}\n</svg>\n`;
}

function panelAt({ title, unit, points }: CurvePanel, y: number): string {
  const xs = points.map(({ x }) => x);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  // From nothing on, so that what looks twice as high is.
  const most = Math.max(...points.map(({ high }) => high)) * 1.15;
  const floor = y + panelHeight - bottom;
  const xOf = (x: number): string =>
    (left + (Math.log(x / first) / Math.log(last / first)) * (width - left - right)).toFixed(1);
  const yOf = (value: number): string => (floor - (value / most) * (panelHeight - top - bottom)).toFixed(1);
  const marks = points.map(
    ({ x, value, low, high }) =>
      `<line class="bar even" x1="${xOf(x)}" x2="${xOf(x)}" y1="${yOf(low)}" y2="${yOf(high)}"/>` +
      `<circle class="even" cx="${xOf(x)}" cy="${yOf(value)}" r="4"/>` +
      `<text x="${xOf(x)}" y="${(Number(yOf(high)) - 7).toFixed(1)}" text-anchor="middle">${figureText(value)}</text>` +
      `<text class="dim" x="${xOf(x)}" y="${floor + 16}" text-anchor="middle">${x.toLocaleString('en')}</text>`,
  );
  return [
    `<text class="head" x="12" y="${y + 20}">${escaped(`${title}, ${unit}`)}</text>`,
    `<line class="rule" x1="${left}" x2="${width - right}" y1="${floor}" y2="${floor}"/>`,
    `<text class="dim" x="${left - 10}" y="${floor + 4}" text-anchor="end">0</text>`,
    `<polyline class="line" points="${points.map(({ x, value }) => `${xOf(x)},${yOf(value)}`).join(' ')}"/>`,
    ...marks,
  ].join('\n');
}
