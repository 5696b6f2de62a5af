/** The drawings that the inspector's page shows are those of the charts that run. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { chartLayout } from '../../scripts/build/chart-layouts.ts';
import { layoutFiles } from '../../scripts/build/layout-files.ts';
import type { ChartLayout } from '../../src/inspector/layouts/chart-layout.ts';
import { sessionStates } from '../../src/session/outcomes.ts';

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

test.each(layoutFiles)('$path is as the chart runs', async (file) => {
  expect(read(file.path), 'run npm run charts').toBe(await file.build());
});

describe('the drawing of the session chart', () => {
  const wide = JSON.parse(read('src/inspector/layouts/session-wide.json')) as ChartLayout;
  const narrow = JSON.parse(read('src/inspector/layouts/session-narrow.json')) as ChartLayout;
  const fromTo = ({ edges }: ChartLayout): readonly string[] => edges.map(({ from, to }) => `${from} ${to}`);

  test('has every state that a snapshot can name', () => {
    const leaves = wide.states.filter((state) => !state.isFrame).map((state) => state.name);
    expect(leaves).toEqual([...sessionStates]);
  });

  test('fits the places that it is made for', () => {
    expect(narrow.width).toBeLessThanOrEqual(320);
    expect(wide.width).toBeLessThanOrEqual(900);
  });

  test('has one line for each two states, the same in both shapes', () => {
    expect(new Set(fromTo(wide)).size).toBe(wide.edges.length);
    expect(fromTo(narrow)).toEqual(fromTo(wide));
  });

  test('leads from the states inside a state as well, where that state itself has a transition', () => {
    const edge = wide.edges.find(({ from, to }) => from === 'active.recovering' && to === 'closed');
    expect(edge?.events).toContainEqual({ event: 'session.close' });
  });

  test('counts what a state leaves by itself at once as reached', () => {
    const edge = wide.edges.find(({ from, to }) => from === 'active.serving' && to === 'closed');
    expect(edge?.events).toContainEqual({ event: 'session.drain', guard: 'isDrained' });
  });
});

test('a transition behind one that is always taken leads nowhere', async () => {
  const chart = createMachine({
    id: 'chart',
    initial: 'a',
    on: { go: { target: '.c' } },
    states: { a: { on: { go: { target: 'b' } } }, b: {}, c: {} },
  });
  const { edges } = await chartLayout(chart, 'narrow');
  expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['a b', 'b c']);
});
