import { expect, test } from 'vitest';
import { TooMuchWork, conditionWorkMax, longestIn, requireWork } from '../../src/rules/work.ts';

test('the longest list or map counts, wherever it stands', () => {
  expect(longestIn({ a: [1, 2, 3], b: { c: [[1, 2, 3, 4, 5]] } })).toBe(5);
  expect(longestIn({ a: 1, b: 2 })).toBe(2);
  expect([longestIn('text'), longestIn(null), longestIn([])]).toEqual([0, 0, 0]);
});

test('loops over what is long are refused on what is large, and the more of them the sooner', () => {
  expect(() => requireWork(conditionWorkMax, 0, 1)).not.toThrow();
  expect(() => requireWork(1000, conditionWorkMax / 1000, 1)).not.toThrow();
  expect(() => requireWork(1001, conditionWorkMax / 1000, 1)).toThrow(TooMuchWork);
  expect(() => requireWork(1000, 300, 1)).not.toThrow();
  expect(() => requireWork(1000, 300, 2)).toThrow(TooMuchWork);
});
