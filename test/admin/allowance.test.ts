import { expect, test } from 'vitest';
import { Allowance } from '../../src/admin/allowance.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

test('an allowance is spent at once, comes back with time, and grows no larger than it was', () => {
  const clock = new VirtualClock();
  const allowance = new Allowance(clock, { atOnce: 3, perSecond: 2 });
  const taken = (): number => {
    let times = 0;
    while (allowance.take()) times += 1;
    return times;
  };
  expect(taken()).toBe(3);
  clock.advance(499);
  expect(taken()).toBe(0);
  clock.advance(1);
  expect(taken()).toBe(1);
  clock.advance(60_000);
  expect(taken()).toBe(3);
});
