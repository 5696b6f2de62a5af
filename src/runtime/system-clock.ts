/**
 * The Clock port on the time of this process and machine. Its timers never keep the process alive: what does is an open
 * connection, not a deadline that waits for one. Time is told in whole milliseconds: fractions are numbers that the engine
 * keeps as objects of their own, several for each frame.
 */
/* oxlint-disable no-restricted-globals -- this file is the Clock port of a running process */
import type { Clock } from '../ports.ts';
import { type PlatformTimer, monotonicMs, startTimer, stopTimer } from './platform.ts';

/** A timer of more than 2^31 - 1 ms (24.8 days) fires at once on every platform, so a longer one is waited for in parts. */
const partMsMax = 2 ** 31 - 1;

/** The clock of this machine: monotonic for durations, whole milliseconds, timers that keep no process alive. */
export function systemClock(): Clock {
  return {
    now: () => Math.floor(monotonicMs()),
    wallTime: () => Date.now(),
    setTimeout: (callback, delayMs) => new SystemTimer(callback, delayMs),
    clearTimeout: (handle) => {
      if (handle instanceof SystemTimer) stopTimer(handle.part);
    },
  };
}

class SystemTimer {
  part: PlatformTimer;

  constructor(callback: () => void, delayMs: number) {
    this.part = this.wait(callback, delayMs);
  }

  private wait(callback: () => void, delayMs: number): PlatformTimer {
    if (!(delayMs > partMsMax)) return startTimer(callback, delayMs);
    const next = () => {
      this.part = this.wait(callback, delayMs - partMsMax);
    };
    return startTimer(next, partMsMax);
  }
}
