import { describe, expect, test } from 'vitest';
import { median, medianInterval, quantile, slope, slopeInterval } from './statistics.ts';

describe('a median', () => {
  test('is the middle value, or what lies between the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(median([])).toBeNaN();
  });

  test('lies with 95 % between two of the values: with nine, the second and the eighth', () => {
    expect(medianInterval([5, 1, 9, 2, 8, 3, 7, 4, 6])).toEqual({ low: 2, high: 8 });
    expect(medianInterval(Array.from({ length: 30 }, (_, index) => index + 1))).toEqual({ low: 10, high: 21 });
  });

  test('of fewer than six values lies somewhere between all of them', () => {
    expect(medianInterval([3, 1, 2, 5, 4])).toEqual({ low: 1, high: 5 });
    expect(medianInterval([3, 1, 2, 5, 4, 6])).toEqual({ low: 1, high: 6 });
    expect(medianInterval([7])).toEqual({ low: 7, high: 7 });
  });
});

test('a quantile is one of the values, and the last one is the largest', () => {
  const values = Array.from({ length: 30 }, (_, index) => 30 - index);
  expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([
    1, 15, 30, 30,
  ]);
});

test('a slope is not tilted by a burst in a few of the points', () => {
  const points = Array.from({ length: 20 }, (_, x) => [x, 3 * x + (x === 4 || x === 5 ? 1000 : 0)] as const);
  expect(slope(points)).toBeCloseTo(3);
});

test('a slope lies between two of those of all pairs: around none where nothing rises, and away from none where something does', () => {
  const points = (rise: number) => Array.from({ length: 30 }, (_, x) => [x, rise * x + ((x * 7) % 5)] as const);
  const flat = slopeInterval(points(0));
  expect(flat.low).toBeLessThan(0);
  expect(flat.high).toBeGreaterThan(0);
  const rising = slopeInterval(points(1));
  expect(rising.low).toBeGreaterThan(0.8);
  expect(rising.high).toBeLessThan(1.2);
  expect(slopeInterval(points(1).slice(0, 5))).toEqual({ low: -Infinity, high: Infinity });
});
