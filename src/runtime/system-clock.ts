/**
 * The Clock port on the time of this process and machine. Its timers never keep the process alive: what does is an open
 * connection, not a deadline that waits for one. Time is told in whole milliseconds: fractions are numbers that the engine
 * keeps as objects of their own, several for each frame.
 */
/* oxlint-disable no-restricted-globals -- this file is the Clock port of a running process */
import type { Clock } from '../ports.ts';

/** Node fires a timer of more than 2^31 - 1 ms (24.8 days) at once, so a longer one is waited for in parts. */
const partMsMax = 2 ** 31 - 1;

export function systemClock(): Clock {
  return {
    now: () => Math.floor(performance.now()),
    wallTime: () => Date.now(),
    setTimeout: (callback, delayMs) => new SystemTimer(callback, delayMs),
    clearTimeout: (handle) => {
      if (handle instanceof SystemTimer) clearTimeout(handle.part);
    },
  };
}

class SystemTimer {
  part: NodeJS.Timeout;

  constructor(callback: () => void, delayMs: number) {
    this.part = this.wait(callback, delayMs);
  }

  private wait(callback: () => void, delayMs: number): NodeJS.Timeout {
    if (!(delayMs > partMsMax)) return setTimeout(callback, delayMs).unref();
    const next = () => {
      this.part = this.wait(callback, delayMs - partMsMax);
    };
    return setTimeout(next, partMsMax).unref();
  }
}
