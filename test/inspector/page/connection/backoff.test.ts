import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, waitMs } from '../../../../src/inspector/page/connection/backoff.ts';

test('the wait doubles, up to a limit', () => {
  expect([1, 2, 3, 6, 7, 1000].map((failures) => waitMs(failures, 1))).toEqual([250, 500, 1000, 5000, 5000, 5000]);
});

test('chance takes off a quarter at most', () => {
  const chance = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), chance, (failures, part) => {
      const most = waitMs(failures, 1);
      expect(waitMs(failures, part)).toBeLessThanOrEqual(most);
      expect(waitMs(failures, part)).toBeGreaterThanOrEqual(Math.floor(most * 0.75));
      expect(most).toBeLessThanOrEqual(backoffMs.most);
    }),
  );
});
