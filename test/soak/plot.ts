/**
 * Draws what was measured over time as one SVG: a panel for each quantity, a line for each series. Readable on light ground and on
 * dark, since it brings no ground of its own and its colours are in between. Pure.
 */

import { escaped } from '../../scripts/site/escaped.ts';

export interface Series {
  readonly name: string;
  /** In order of time; seconds, and the quantity of the panel. */
  readonly points: readonly (readonly [atS: number, value: number])[];
}

export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
}

const width = 900;
const panelHeight = 150;
const [left, right, top, bottom] = [70, 130, 30, 24] as const;
const ink = '#7d8590';
const colours = ['#2f81f7', '#d29922', '#3fb950', '#db61a2', '#a371f7'] as const;

export function plot(title: string, panels: readonly Panel[]): string {
  const endS = Math.max(1, ...panels.flatMap(({ series }) => series.flatMap(({ points }) => points.map(([at]) => at))));
  const height = 30 + panels.length * panelHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="${ink}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<text x="10" y="18" font-size="14">${escaped(title)}</text>`,
    ...panels.map((panel, index) => drawn(panel, 30 + index * panelHeight, endS)),
    '</svg>\n',
  ].join('\n');
}

function drawn({ title, unit, series }: Panel, y: number, endS: number): string {
  const most = roundedUp(Math.max(0, ...series.flatMap(({ points }) => points.map(([, value]) => value))));
  const floor = y + panelHeight - bottom;
  const xOf = (at: number): string => (left + (at / endS) * (width - left - right)).toFixed(1);
  const yOf = (value: number): string => (floor - (value / most) * (panelHeight - top - bottom)).toFixed(1);
  const rules = [0, most / 2, most].map(
    (value) =>
      `<line x1="${left}" x2="${width - right}" y1="${yOf(value)}" y2="${yOf(value)}" stroke="${ink}" stroke-opacity="0.3"/>` +
      `<text x="${left - 6}" y="${yOf(value)}" dy="4" text-anchor="end">${short(value)}</text>`,
  );
  const times = [0, 0.25, 0.5, 0.75, 1].map(
    (part) => `<text x="${xOf(part * endS)}" y="${floor + 14}" text-anchor="middle">${clock(part * endS)}</text>`,
  );
  const lines = series.map(({ name, points }, index) => {
    const colour = colours[index % colours.length]!;
    const path = points.map(([at, value]) => `${xOf(at)},${yOf(value)}`).join(' ');
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>` +
      `<text x="${width - right + 8}" y="${y + top + 10 + index * 15}" fill="${colour}">${escaped(name)}</text>`
    );
  });
  return [
    `<text x="${left}" y="${y + 18}" font-weight="bold">${escaped(`${title}, ${unit}`)}</text>`,
    ...rules,
    ...times,
    ...lines,
  ].join('\n');
}

/** The next of 1, 2, 5, 10, 20, ...: the top of an axis. */
function roundedUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

function clock(seconds: number): string {
  return seconds < 600 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
