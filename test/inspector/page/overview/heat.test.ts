import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heatMost, heatOf } from '../../../../src/inspector/page/overview/heat.ts';

test('nothing is cold, the greatest is hottest, and more is never colder', () => {
  expect([heatOf(0, 10), heatOf(10, 10), heatOf(1, 1_000_000)]).toEqual([0, heatMost, 1]);
  const numbers = fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((found) => found.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(numbers, ([less = 0, more = 0, most = 0]) => {
      expect(heatOf(less, most)).toBeLessThanOrEqual(heatOf(more, most));
    }),
  );
});
