import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadlineOf, expiryOf, IdleClock, nextLookAt, type RequestDeadline } from '../../src/session/deadlines.ts';

function startedAt(now: number, idleClock: IdleClock, idleMs: number, absoluteMs: number): RequestDeadline {
  return { startedAt: now, lastActivityAt: idleClock.read(now), idleMs, absoluteMs };
}

describe('the idle clock', () => {
  test('runs with the time as long as nobody holds it', () => {
    const clock = new IdleClock();
    expect(clock.read(70) - clock.read(20)).toBe(50);
  });

  test('stands still while it is held, and goes on from there', () => {
    const clock = new IdleClock();
    clock.hold(100);
    expect(clock.read(500)).toBe(100);
    clock.release(500);
    expect(clock.read(530)).toBe(130);
  });

  test('goes on only when every hold has been released', () => {
    const clock = new IdleClock();
    clock.hold(10);
    clock.hold(20);
    clock.release(30);
    expect(clock.held).toBe(true);
    expect(clock.read(40)).toBe(10);
    clock.release(50);
    expect(clock.held).toBe(false);
    expect(clock.read(60)).toBe(20);
  });

  test('refuses a release without a hold', () => {
    const clock = new IdleClock();
    clock.hold(0);
    clock.release(1);
    expect(() => clock.release(2)).toThrow('released more often');
  });
});

describe('the deadlines of a request', () => {
  test('the idle deadline is due after silence, and not a moment before', () => {
    const clock = new IdleClock();
    const request = startedAt(1000, clock, 300, 5000);
    expect(deadlineOf(request, clock)).toBe(1300);
    expect(expiryOf(request, clock, 1299)).toBeUndefined();
    expect(expiryOf(request, clock, 1300)).toBe('idle');
  });

  test('progress moves the idle deadline and leaves the absolute one', () => {
    const clock = new IdleClock();
    const request = startedAt(0, clock, 300, 1000);
    request.lastActivityAt = clock.read(250);
    expect(deadlineOf(request, clock)).toBe(550);
    request.lastActivityAt = clock.read(900);
    expect(deadlineOf(request, clock)).toBe(1000);
    expect(expiryOf(request, clock, 1000)).toBe('absolute');
  });

  test('while the idle clock is held only the absolute deadline is due', () => {
    const clock = new IdleClock();
    const request = startedAt(0, clock, 300, 1000);
    clock.hold(100);
    expect(deadlineOf(request, clock)).toBe(1000);
    expect(expiryOf(request, clock, 999)).toBeUndefined();
    clock.release(900);
    expect(deadlineOf(request, clock)).toBe(1000);
  });

  test('a hold gives the request the rest of its idle time afterwards', () => {
    const clock = new IdleClock();
    const request = startedAt(0, clock, 300, Infinity);
    clock.hold(100);
    clock.release(5000);
    expect(deadlineOf(request, clock)).toBe(5200);
  });

  test('when both have passed, the one that passed first is named', () => {
    const clock = new IdleClock();
    expect(expiryOf(startedAt(0, clock, 300, 1000), clock, 9000)).toBe('idle');
    expect(expiryOf(startedAt(0, clock, 1000, 300), clock, 9000)).toBe('absolute');
    expect(expiryOf(startedAt(0, clock, 300, 300), clock, 9000)).toBe('absolute');
  });

  test('a limit of Infinity is switched off', () => {
    const clock = new IdleClock();
    const request = startedAt(0, clock, Infinity, Infinity);
    expect(deadlineOf(request, clock)).toBe(Infinity);
    expect(expiryOf(request, clock, Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });
});

describe('the time to look at a request next', () => {
  test('is when it falls due, as long as the clock runs', () => {
    const clock = new IdleClock();
    expect(nextLookAt(startedAt(0, clock, 300, 1000), clock, 0)).toBe(300);
    expect(nextLookAt(startedAt(0, clock, 300, 1000), clock, 200)).toBe(300);
  });

  test('is one idle time away while the clock is held: a release will tell nobody', () => {
    const clock = new IdleClock();
    const request = startedAt(0, clock, 300, 1000);
    clock.hold(50);
    expect(nextLookAt(request, clock, 50)).toBe(350);
    expect(nextLookAt(request, clock, 900)).toBe(1000);
    clock.release(900);
    expect(nextLookAt(startedAt(900, clock, 300, 5000), clock, 900)).toBe(1200);
  });

  test('is never for a request without limits', () => {
    const clock = new IdleClock();
    clock.hold(0);
    expect(nextLookAt(startedAt(0, clock, Infinity, Infinity), clock, 10)).toBe(Infinity);
  });
});

type Step = { readonly afterMs: number; readonly what: 'progress' | 'hold' | 'release' | 'look' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 400 }),
    what: fc.constantFrom('progress', 'hold', 'release', 'look'),
  }),
  { maxLength: 40 },
);

test('whatever happens, a request is due exactly when its silence outside of holds or its age reaches the limit', () => {
  fc.assert(
    fc.property(steps, fc.nat({ max: 1000 }), fc.nat({ max: 3000 }), (history, idleMs, absoluteMs) => {
      const clock = new IdleClock();
      let now = 17;
      const request = startedAt(now, clock, idleMs, absoluteMs);
      let silenceMs = 0;
      let holds = 0;
      for (const { afterMs, what } of history) {
        now += afterMs;
        if (holds === 0) silenceMs += afterMs;
        if (what === 'hold') {
          clock.hold(now);
          holds += 1;
        } else if (what === 'release' && holds > 0) {
          clock.release(now);
          holds -= 1;
        } else if (what === 'progress') {
          request.lastActivityAt = clock.read(now);
          silenceMs = 0;
        }
        const idleLeftMs = holds > 0 ? Infinity : idleMs - silenceMs;
        const absoluteLeftMs = absoluteMs - (now - 17);
        expect(deadlineOf(request, clock)).toBe(now + Math.min(idleLeftMs, absoluteLeftMs));
        expect(expiryOf(request, clock, now) !== undefined).toBe(idleLeftMs <= 0 || absoluteLeftMs <= 0);
      }
    }),
    { numRuns: 300 },
  );
});

test('a fractional clock never leaves a request that is due but not expired', () => {
  const time = fc.double({ min: 0, max: 1e9, noNaN: true });
  const limit = fc.double({ min: 0, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(time, time, limit, limit, limit, (start, heldFrom, heldForMs, idleMs, absoluteMs) => {
      const clock = new IdleClock();
      const request = startedAt(start, clock, idleMs, absoluteMs);
      clock.hold(start + heldFrom);
      clock.release(start + heldFrom + heldForMs);
      expect(expiryOf(request, clock, deadlineOf(request, clock))).toBeDefined();
    }),
    { numRuns: 300 },
  );
});
