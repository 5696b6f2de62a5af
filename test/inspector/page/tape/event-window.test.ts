import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type EventWindow,
  eventAt,
  windowMax,
  windowWanted,
} from '../../../../src/inspector/page/tape/event-window.ts';
import { event } from '../store/rows.ts';

/** What a tape of so many events answers. */
function read(total: number, from: number): EventWindow {
  const first = Math.max(1, Math.min(from, total - windowMax + 1));
  const events = Array.from({ length: Math.min(windowMax, total) }, (_, index) => event(first + index));
  return { from: first, events, total };
}

test('one answer is enough for any place, and then there are events around it', () => {
  const total = fc.integer({ min: 1, max: 12_000 });
  fc.assert(
    fc.property(total, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (length, part, isEnd) => {
      const place = isEnd ? Infinity : Math.max(1, Math.round(part * length));
      const wanted = windowWanted(undefined, place);
      const window = read(length, wanted!);
      expect(windowWanted(window, place)).toBeUndefined();
      expect(eventAt(window, place)?.seq).toBe(Math.min(place, length));
    }),
    { numRuns: 50 },
  );
});

test('who walks on a long tape has new events asked for before the old ones end', () => {
  const window = read(10_000, 3000);
  expect(windowWanted(window, 4000)).toBeUndefined();
  expect(windowWanted(window, 3199)).toBe(2199);
  expect(windowWanted(window, 4800)).toBe(3800);
  expect(eventAt(window, 2999)).toBeUndefined();
  expect(windowWanted(read(10_000, 1), 1)).toBeUndefined();
});
