import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scrolledTo, windowOfRows } from '../../../../src/inspector/page/parts/window-of-rows.ts';

const list = fc.record({ rows: fc.nat({ max: 5000 }), top: fc.nat({ max: 200_000 }), height: fc.nat({ max: 2000 }) });

test('every row in sight is drawn, and few others', () => {
  fc.assert(
    fc.property(list, ({ rows, top, height }) => {
      const { first, end } = windowOfRows(rows, 26, top, height);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(rows);
      expect(end - first).toBeLessThanOrEqual(Math.ceil(height / 26) + 18);
      for (let row = 0; row < rows; row++) {
        const isInSight = (row + 1) * 26 > top && row * 26 < top + height;
        if (isInSight) expect(row >= first && row < end).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test('scrolling to a row shows all of it, and a row in sight moves nothing', () => {
  expect(scrolledTo(2, 26, 500, 260)).toBe(52);
  expect(scrolledTo(30, 26, 500, 260)).toBe(546);
  expect(scrolledTo(22, 26, 500, 260)).toBe(500);
});
