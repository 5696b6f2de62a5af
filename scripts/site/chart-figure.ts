/**
 * A statechart as a picture in a page, from the drawings that the inspector's page has: one that names its events for wide windows, and one
 * for narrow ones. Its colours are those of the style sheet around it. Knows no chart by name.
 */

import type { ChartLayout, EdgeLine, StateBox } from '../../src/inspector/layouts/chart-layout.ts';
import { arrowAt, pathAlong } from '../../src/inspector/layouts/edge-path.ts';
import { escaped } from './escaped.ts';

export interface Drawings {
  readonly narrow: ChartLayout;
  readonly wide: ChartLayout;
}

/** HTML without an empty line, which would be its end in Markdown. */
export function chartFigure(drawings: Drawings): string {
  return `<div class="chart-figure">${svgOf(drawings.wide, 'wide')}${svgOf(drawings.narrow, 'narrow')}</div>`;
}

function svgOf({ chart, width, height, states, edges }: ChartLayout, shape: string): string {
  const [frames, boxes] = [states.filter(({ isFrame }) => isFrame), states.filter(({ isFrame }) => !isFrame)];
  const parts = [...frames.map(frameOf), ...edges.map(edgeOf), ...boxes.map(boxOf)].join('');
  const title = `Statechart of the ${chart}: ${boxes.map(({ name }) => name).join(', ')}`;
  return `<svg class="${shape}" role="img" aria-label="${escaped(title)}" viewBox="0 0 ${width} ${height}" style="max-width: ${width}px">${parts}</svg>`;
}

function frameOf({ x, y, width, height, label }: StateBox): string {
  return `<g class="frame"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/><text x="${x + 10}" y="${y + 18}">${escaped(label)}</text></g>`;
}

function boxOf({ x, y, width, height, label, description, isFinal, isInitial }: StateBox): string {
  return [
    `<g class="state state-${escaped(label)}"><title>${escaped(description)}</title>`,
    isInitial ? `<circle cx="${x - 1}" cy="${y - 1}" r="4.5"/>` : '',
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    isFinal ? `<rect x="${x + 3}" y="${y + 3}" width="${width - 6}" height="${height - 6}" rx="4"/>` : '',
    `<text x="${x + 10}" y="${y + 27}">${escaped(label)}</text></g>`,
  ].join('');
}

function edgeOf({ from, to, events, points, label }: EdgeLine): string {
  const said = events.map(({ event, guard }) => (guard === undefined ? event : `${event} [${guard}]`)).join(', ');
  const lines = label?.lines.map(
    (line, row) => `<tspan x="${label.x}" y="${label.y + 11 + 14 * row}">${escaped(line)}</tspan>`,
  );
  return [
    `<g class="edge"><title>${escaped(`${from} → ${to}: ${said}`)}</title>`,
    `<path d="${pathAlong(points)}"/><polygon points="${arrowAt(points)}"/>`,
    lines === undefined ? '' : `<text>${lines.join('')}</text>`,
    '</g>',
  ].join('');
}
