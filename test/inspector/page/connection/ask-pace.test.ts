import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AskPace } from '../../../../src/inspector/page/connection/ask-pace.ts';

test('a few things are asked at once, and the next ones wait', () => {
  const pace = new AskPace();
  const waits = Array.from({ length: 33 }, () => pace.waitMs(0));
  expect(waits.slice(0, 30)).toEqual(Array(30).fill(0));
  expect(waits.slice(30)).toEqual([20, 40, 60]);
  expect(pace.waitMs(60_000)).toBe(0);
});

test('no second has more than the process takes, whenever things are asked', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40 }), { maxLength: 300 }), (gaps) => {
      const pace = new AskPace();
      let now = 0;
      const asked = gaps.map((gap) => {
        now += gap;
        return now + pace.waitMs(now);
      });
      for (const from of asked) {
        expect(asked.filter((at) => at >= from && at < from + 1_000).length).toBeLessThan(90);
      }
    }),
    { numRuns: 40 },
  );
});
