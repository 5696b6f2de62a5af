import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RateWindow, RecentFlags } from '../../src/session/window.ts';

describe('the last outcomes', () => {
  test('counts the true ones among the last entries only', () => {
    const recent = new RecentFlags(3);
    for (const flag of [true, true, false, false]) recent.push(flag);
    expect({ count: recent.count, size: recent.size }).toEqual({ count: 1, size: 3 });
  });

  test('a question about the next entry changes nothing', () => {
    const recent = new RecentFlags(2);
    recent.push(true);
    recent.push(false);
    const before = JSON.stringify(recent);
    expect([recent.countAfter(true), recent.countAfter(false), recent.sizeAfter]).toEqual([1, 0, 2]);
    expect(JSON.stringify(recent)).toBe(before);
  });

  test('shows its entries oldest first', () => {
    const recent = new RecentFlags(3);
    expect(JSON.stringify(recent)).toBe('{"capacity":3,"flags":""}');
    recent.push(true);
    recent.push(false);
    expect(JSON.stringify(recent)).toBe('{"capacity":3,"flags":"10"}');
    recent.push(false);
    recent.push(true);
    expect(JSON.stringify(recent)).toBe('{"capacity":3,"flags":"001"}');
  });

  test('refuses a capacity that is not a positive integer', () => {
    expect(() => new RecentFlags(0)).toThrow(RangeError);
    expect(() => new RecentFlags(1.5)).toThrow(RangeError);
  });

  test('agrees with a list of everything, and with what it foretold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), fc.array(fc.boolean(), { maxLength: 80 }), (capacity, flags) => {
        const recent = new RecentFlags(capacity);
        flags.forEach((flag, index) => {
          const foretold = [recent.countAfter(flag), recent.sizeAfter];
          recent.push(flag);
          expect([recent.count, recent.size]).toEqual(foretold);
          const last = flags.slice(0, index + 1).slice(-capacity);
          expect(foretold).toEqual([last.filter(Boolean).length, last.length]);
          expect(recent.toJSON().flags).toBe(last.map(Number).join(''));
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('the rate over a window', () => {
  test('is the count divided by the whole window, so a short burst is not taken for a rate', () => {
    const rate = new RateWindow(10_000, 10);
    for (let i = 0; i < 100; i += 1) rate.add(5000);
    expect(rate.perSecond(5000)).toBe(10);
  });

  test('falls to zero with time alone', () => {
    const rate = new RateWindow(10_000, 10);
    rate.add(500);
    rate.add(1500);
    expect([9999, 10_000, 11_000, 1e9].map((now) => rate.perSecond(now))).toEqual([0.2, 0.1, 0, 0]);
  });

  test('a question about the next entry changes nothing', () => {
    const rate = new RateWindow(1000, 4);
    rate.add(0);
    const before = JSON.stringify(rate);
    expect([rate.perSecondAfter(100), rate.perSecondAfter(5000), rate.perSecond(5000)]).toEqual([2, 1, 0]);
    expect(JSON.stringify(rate)).toBe(before);
  });

  test('counts an entry whose time lies before the newest slice with the newest slice', () => {
    const rate = new RateWindow(1000, 4);
    rate.add(5000);
    rate.add(100);
    expect(rate.perSecond(100)).toBe(2);
    expect(rate.perSecond(5999)).toBe(2);
  });

  test('shows the counts of its slices oldest first', () => {
    const rate = new RateWindow(1000, 4);
    for (const now of [10, 260, 270, 1010]) rate.add(now);
    expect(JSON.stringify(rate)).toBe('{"windowMs":1000,"untilMs":1250,"counts":[2,0,0,1]}');
  });

  test('refuses a window without time or without slices', () => {
    expect(() => new RateWindow(0, 10)).toThrow(RangeError);
    expect(() => new RateWindow(Infinity, 10)).toThrow(RangeError);
    expect(() => new RateWindow(1000, 0)).toThrow(RangeError);
  });

  test('lies between the true count of the window and that of a window one slice shorter, and foretells itself', () => {
    const pauses = fc.array(fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 1500 })), { maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 4, 5, 10), pauses, fc.nat({ max: 1200 }), (buckets, gaps, laterMs) => {
        const windowMs = 1000;
        const rate = new RateWindow(windowMs, buckets);
        const times: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const foretold = rate.perSecondAfter(now);
          rate.add(now);
          times.push(now);
          expect(rate.perSecond(now)).toBe(foretold);
        }
        const asked = now + laterMs;
        const within = (ms: number) => times.filter((time) => time > asked - ms).length;
        expect(rate.perSecond(asked)).toBeLessThanOrEqual(within(windowMs));
        expect(rate.perSecond(asked)).toBeGreaterThanOrEqual(within(windowMs - windowMs / buckets));
      }),
      { numRuns: 300 },
    );
  });
});
