import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { type Due, FixedDelay } from '../../src/transports/fixed-delay.ts';

function listed(name: string | number, log: (string | number)[], act: () => void = () => {}): Due {
  return {
    dueAt: Infinity,
    duePrevious: undefined,
    dueNext: undefined,
    fallsDue: () => {
      log.push(name);
      act();
    },
  };
}

describe('things that fall due after the same time', () => {
  test('do so in the order in which they came, each at its time, on one timer', () => {
    const clock = new VirtualClock();
    const delay = new FixedDelay(clock, 10);
    const log: (string | number)[] = [];
    delay.add(listed('first', log));
    clock.advance(4);
    delay.add(listed('second', log));
    expect(clock.pending).toBe(1);
    clock.advance(5);
    expect(log).toEqual([]);
    clock.advance(1);
    expect(log).toEqual(['first']);
    clock.advance(4);
    expect([log, clock.pending]).toEqual([['first', 'second'], 0]);
  });

  test('do not when they are removed before: the first, the last, and one between', () => {
    const clock = new VirtualClock();
    const delay = new FixedDelay(clock, 10);
    const log: (string | number)[] = [];
    const items = ['a', 'b', 'c', 'd', 'e'].map((name) => listed(name, log));
    for (const item of items) delay.add(item);
    for (const at of [0, 4, 2]) delay.remove(items[at]!);
    delay.remove(items[2]!);
    clock.advance(10);
    expect([log, clock.pending]).toEqual([['b', 'd'], 0]);
  });

  test('may come again from where they fell due', () => {
    const clock = new VirtualClock();
    const delay = new FixedDelay(clock, 10);
    const log: (string | number)[] = [];
    const item: Due = listed('again', log, () => delay.add(item));
    delay.add(item);
    for (let round = 0; round < 3; round++) clock.advance(10);
    expect(log).toEqual(['again', 'again', 'again']);
  });

  test('let others have their turn when they are many', () => {
    const clock = new VirtualClock();
    const delay = new FixedDelay(clock, 10);
    const log: (string | number)[] = [];
    for (let number = 0; number < 250; number++) delay.add(listed(number, log));
    clock.setTimeout(() => log.push('another timer'), 10);
    clock.advance(10);
    expect([log.length, log.indexOf('another timer')]).toEqual([251, 100]);
  });

  test('never do once everything is stopped', () => {
    const clock = new VirtualClock();
    const delay = new FixedDelay(clock, 10);
    const log: (string | number)[] = [];
    const item = listed('never', log);
    delay.add(item);
    delay.stop();
    clock.advance(100);
    expect([log, clock.pending, item.dueAt]).toEqual([[], 0, Infinity]);
  });
});
