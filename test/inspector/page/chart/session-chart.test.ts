import { expect, test } from 'vitest';
import { sessionChart } from '../../../../src/inspector/page/chart/session-chart.ts';
import { sessionStates } from '../../../../src/session/outcomes.ts';

test.each(['narrow', 'wide'] as const)(
  'the %s drawing has a box for every state, and lines of at least two points',
  (shape) => {
    const { states, edges } = sessionChart[shape];
    expect(states.filter((state) => !state.isFrame).map((state) => state.name)).toEqual([...sessionStates]);
    expect(edges.filter(({ points }) => points.length < 2 || points.some((point) => point.length !== 2))).toEqual([]);
  },
);

test('the wide drawing alone names the events beside the lines', () => {
  expect(sessionChart.wide.edges.every((edge) => edge.label !== undefined)).toBe(true);
  expect(sessionChart.narrow.edges.every((edge) => edge.label === undefined)).toBe(true);
});
