import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

describe('the virtual clock', () => {
  test('stands still until it is told to move', () => {
    const clock = new VirtualClock({ startMs: 5, epochMs: 1000 });
    let ran = false;
    clock.setTimeout(() => (ran = true), 0);
    expect([clock.now(), clock.wallTime(), ran]).toEqual([5, 1005, false]);
    clock.advance(0);
    expect([clock.now(), ran]).toEqual([5, true]);
  });

  test('runs callbacks in order of time, and at one time in the order in which they were set', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    for (const [name, delayMs] of Object.entries({ c: 20, a: 10, d: 20, b: 10, e: 30 })) {
      clock.setTimeout(() => ran.push(`${name}@${clock.now()}`), delayMs);
    }
    clock.advance(20);
    expect(ran).toEqual(['a@10', 'b@10', 'c@20', 'd@20']);
    expect(clock.pending).toBe(1);
  });

  test('a chain of timers sees every moment on the way in one advance', () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const tick = () => {
      seen.push(clock.now());
      clock.setTimeout(tick, 40);
    };
    clock.setTimeout(tick, 10);
    clock.advance(100);
    expect(seen).toEqual([10, 50, 90]);
    expect(clock.now()).toBe(100);
  });

  test('a callback that throws is noted and stops nothing', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.setTimeout(() => {
      throw new Error('first');
    }, 1);
    clock.setTimeout(() => ran.push('second'), 1);
    clock.advance(1);
    clock.setTimeout(() => ran.push('third'), 1);
    clock.advance(1);
    expect(clock.errors).toEqual([new Error('first')]);
    expect(ran).toEqual(['second', 'third']);
  });

  test('a cleared timer never runs, and clearing anything else is harmless', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const cleared = clock.setTimeout(() => ran.push('cleared'), 10);
    const kept = clock.setTimeout(() => ran.push('kept'), 10);
    clock.clearTimeout(cleared);
    clock.clearTimeout(cleared);
    for (const stranger of [undefined, null, 0, {}, new VirtualClock().setTimeout(() => {}, 10)]) {
      clock.clearTimeout(stranger);
    }
    expect(clock.pending).toBe(1);
    clock.advance(10);
    clock.clearTimeout(kept);
    expect(ran).toEqual(['kept']);
  });

  test('clearing timers keeps the order of the others, wherever in the heap they were', () => {
    const delays = Array.from({ length: 64 }, (_, i) => (i * 37) % 64);
    for (const cleared of delays) {
      const clock = new VirtualClock();
      const ran: number[] = [];
      const handles = delays.map((delayMs) => clock.setTimeout(() => ran.push(delayMs), delayMs));
      for (let i = cleared; i < 64; i += 5) clock.clearTimeout(handles[i]);
      clock.advance(64);
      const kept = delays.filter((_, i) => i < cleared || (i - cleared) % 5 !== 0);
      expect(ran).toEqual(kept.sort((a, b) => a - b));
    }
  });

  test('goes from timer to timer when asked to', () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    for (const delayMs of [0.1, 0.3, 0.3, Infinity]) clock.setTimeout(() => ran.push(delayMs), delayMs);
    expect(clock.advanceToNext()).toBe(true);
    expect(ran).toEqual([0.1]);
    expect(clock.advanceToNext()).toBe(true);
    expect(ran).toEqual([0.1, 0.3, 0.3]);
    expect(clock.advanceToNext()).toBe(false);
    expect([clock.now(), clock.pending]).toEqual([0.3, 1]);
  });

  test('a callback that advances the clock does not turn it back', () => {
    const clock = new VirtualClock();
    clock.setTimeout(() => clock.advance(50), 10);
    clock.advance(20);
    expect(clock.now()).toBe(60);
  });

  test('a negative delay counts as none', () => {
    const clock = new VirtualClock({ startMs: 100 });
    const seen: number[] = [];
    clock.setTimeout(() => seen.push(clock.now()), -50);
    clock.setTimeout(() => seen.push(clock.now()), NaN);
    clock.advance(0);
    expect(seen).toEqual([100, 100]);
  });

  test('says so when callbacks keep the time from moving', () => {
    const clock = new VirtualClock({ callbacksAtOneTimeMax: 100 });
    let ran = 0;
    const again = () => {
      ran += 1;
      clock.setTimeout(again, 0);
    };
    clock.setTimeout(again, 7);
    expect(() => clock.advance(10)).toThrow('More than 100 callbacks ran while the time stood at 7 ms');
    expect(ran).toBe(100);
  });

  test('a limit on callbacks at one time does not limit callbacks over time', () => {
    const clock = new VirtualClock({ callbacksAtOneTimeMax: 2 });
    let ran = 0;
    for (let i = 0; i < 20; i += 1) clock.setTimeout(() => (ran += 1), Math.floor(i / 2));
    clock.advance(100);
    expect(ran).toBe(20);
  });

  test('moves by a number of milliseconds only', () => {
    const clock = new VirtualClock();
    for (const ms of [-1, NaN, Infinity]) expect(() => clock.advance(ms)).toThrow(RangeError);
  });

  test('agrees with a sorted list, however timers are set, cleared and waited for', () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), amount: fc.nat({ max: 50 }) }),
      fc.record({ kind: fc.constant('clear' as const), amount: fc.nat({ max: 60 }) }),
      fc.record({ kind: fc.constant('advance' as const), amount: fc.nat({ max: 30 }) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
        const clock = new VirtualClock();
        const handles: unknown[] = [];
        let waiting: { readonly number: number; readonly dueAt: number }[] = [];
        const ran: number[] = [];
        const expected: number[] = [];
        for (const { kind, amount } of commands) {
          if (kind === 'set') {
            const number = handles.length;
            waiting.push({ number, dueAt: clock.now() + amount });
            handles.push(clock.setTimeout(() => ran.push(number), amount));
          } else if (kind === 'clear') {
            clock.clearTimeout(handles[amount]);
            waiting = waiting.filter(({ number }) => number !== amount);
          } else {
            clock.advance(amount);
            const due = waiting.filter(({ dueAt }) => dueAt <= clock.now());
            expected.push(...due.sort((a, b) => a.dueAt - b.dueAt || a.number - b.number).map(({ number }) => number));
            waiting = waiting.filter(({ dueAt }) => dueAt > clock.now());
          }
          expect(clock.pending).toBe(waiting.length);
        }
        expect(ran).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

test('an XState actor on the virtual clock takes every delayed transition at its own time', () => {
  const clock = new VirtualClock();
  const machine = createMachine({
    initial: 'a',
    states: { a: { after: { 1000: 'b' } }, b: { after: { 500: 'c' } }, c: { after: { 60_000: 'd' } }, d: {} },
  });
  const entered: unknown[] = [];
  const actor = createActor(machine, { clock });
  actor.subscribe(({ value }) => entered.push([value, clock.now()]));
  actor.start();
  clock.advance(10_000);
  expect(entered).toEqual([
    ['a', 0],
    ['b', 1000],
    ['c', 1500],
  ]);
  expect(clock.pending).toBe(1);
  actor.stop();
  expect(clock.pending).toBe(0);
});
