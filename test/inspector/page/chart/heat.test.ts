import { expect, test } from 'vitest';
import { heatOf, heatSteps } from '../../../../src/inspector/page/chart/heat.ts';

test('nothing is cold, and the largest is the hottest', () => {
  expect(heatOf(0, 100)).toBe(0);
  expect(heatOf(100, 100)).toBe(heatSteps);
  expect(heatOf(1, 1)).toBe(heatSteps);
  expect(heatOf(5, 0)).toBe(0);
});

test('what happened once is seen beside what happened a million times', () => {
  expect(heatOf(1, 1_000_000)).toBe(1);
});

test('more is never cooler', () => {
  const steps = [0, 1, 3, 10, 50, 400, 2000, 10_000].map((value) => heatOf(value, 10_000));
  expect(steps).toEqual([...steps].sort((one, other) => one - other));
  expect(new Set(steps).size).toBe(heatSteps + 1);
});
