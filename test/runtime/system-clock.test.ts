import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/runtime/system-clock.ts';

const clock = systemClock();

function after(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs);
  });
}

/** Timers that would keep the process alive. */
function keepingAlive(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

describe('the system clock', () => {
  test('shows the time since the process started, and the time of day', () => {
    const [from, wallFrom] = [performance.now(), Date.now()];
    const [now, wallTime] = [clock.now(), clock.wallTime()];
    expect(now).toBeGreaterThanOrEqual(Math.floor(from));
    expect(Number.isInteger(now)).toBe(true);
    expect(now).toBeLessThanOrEqual(performance.now());
    expect(wallTime).toBeGreaterThanOrEqual(wallFrom);
    expect(wallTime).toBeLessThanOrEqual(Date.now());
  });

  test('runs a callback after its delay', async () => {
    const from = clock.now();
    await after(20);
    // Node counts whole milliseconds from the start of the turn of its event loop, so it may be almost one early.
    expect(clock.now() - from).toBeGreaterThan(18);
  });

  test('does not run what was cleared', async () => {
    let ran = false;
    clock.clearTimeout(clock.setTimeout(() => (ran = true), 1));
    await after(5);
    expect(ran).toBe(false);
  });

  test('clearing what is no timer is harmless', () => {
    for (const stranger of [undefined, null, 7, {}]) expect(() => clock.clearTimeout(stranger)).not.toThrow();
  });

  test('its timers do not keep the process alive', () => {
    const before = keepingAlive();
    const timers = [1000, 2 ** 31].map((delayMs) => clock.setTimeout(() => {}, delayMs));
    expect(keepingAlive()).toBe(before);
    for (const timer of timers) clock.clearTimeout(timer);
  });

  test('waits for delays that Node would not wait for', async () => {
    const ran: number[] = [];
    const timers = [2 ** 31, 2 ** 40, Infinity].map((delayMs) => clock.setTimeout(() => ran.push(delayMs), delayMs));
    await after(5);
    for (const timer of timers) clock.clearTimeout(timer);
    expect(ran).toEqual([]);
  });
});
