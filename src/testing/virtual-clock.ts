/**
 * A clock that moves only when it is told to, so that an hour of deadlines passes in a millisecond and always the same
 * way. Serves as the Clock port and as the `clock` of an XState actor.
 */
import type { Clock, TimerHandle } from '../ports.ts';

export interface VirtualClockOptions {
  /** What `now()` shows at first. */
  readonly startMs?: number;
  /** What `wallTime()` shows while `now()` shows 0. */
  readonly epochMs?: number;
  /** How many callbacks may run while the time stands still before `advance` throws. */
  readonly callbacksAtOneTimeMax?: number;
}

/** Callbacks run in order of time, and at one time in the order in which they were set. */
export class VirtualClock implements Clock {
  /** What callbacks have thrown. A throwing callback never stops the others. */
  readonly errors: unknown[] = [];
  private readonly epochMs: number;
  private readonly callbacksAtOneTimeMax: number;
  /** A binary heap: the earliest timer is first, and every timer knows its place. */
  private readonly heap: VirtualTimer[] = [];
  private time: number;
  private timersSet = 0;
  private callbacksAtThisTime = 0;

  constructor({ startMs = 0, epochMs = 0, callbacksAtOneTimeMax = 1_000_000 }: VirtualClockOptions = {}) {
    this.time = startMs;
    this.epochMs = epochMs;
    this.callbacksAtOneTimeMax = callbacksAtOneTimeMax;
  }

  now(): number {
    return this.time;
  }

  wallTime(): number {
    return this.epochMs + this.time;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.heap.length;
  }

  /** When the earliest timer falls due; `Infinity` when none will. */
  get nextAt(): number {
    return this.heap[0]?.dueAt ?? Infinity;
  }

  /** A delay that is negative or not a number counts as 0, as it does in Node; `Infinity` never comes. */
  setTimeout(callback: () => void, delayMs: number): TimerHandle {
    const timer = new VirtualTimer(this.time + (delayMs > 0 ? delayMs : 0), this.timersSet, callback);
    this.timersSet += 1;
    this.riseFrom(this.heap.length, timer);
    return timer;
  }

  /** A handle that has fired, was cleared, or never came from here is ignored. */
  clearTimeout(handle: TimerHandle): void {
    if (!(handle instanceof VirtualTimer) || this.heap[handle.place] !== handle) return;
    this.remove(handle);
  }

  /**
   * Moves the time on by `ms` and runs whatever falls due on the way, each callback at its own `now()`. Timers that
   * callbacks set run in the same call when they fall due within it. Throws when callbacks keep setting timers for the
   * same moment, so that time would never move.
   */
  advance(ms: number): void {
    if (!(ms >= 0 && ms < Infinity))
      throw new RangeError(`The clock moves on by a number of milliseconds, not by ${ms}`);
    this.advanceTo(this.time + ms);
  }

  /** Moves to the earliest timer and runs everything due at its time; says whether there was one to come. */
  advanceToNext(): boolean {
    const next = this.heap[0];
    if (next === undefined || next.dueAt === Infinity) return false;
    this.advanceTo(next.dueAt);
    return true;
  }

  private advanceTo(end: number): void {
    for (let timer = this.heap[0]; timer !== undefined && timer.dueAt <= end; timer = this.heap[0]) {
      this.moveTimeTo(timer.dueAt);
      this.callbacksAtThisTime += 1;
      if (this.callbacksAtThisTime > this.callbacksAtOneTimeMax) {
        throw new Error(
          `More than ${this.callbacksAtOneTimeMax} callbacks ran while the time stood at ${this.time} ms`,
        );
      }
      this.remove(timer);
      try {
        timer.callback();
      } catch (error) {
        this.errors.push(error);
      }
    }
    this.moveTimeTo(end);
  }

  /** A callback may advance the clock itself; what it reached is never taken back. */
  private moveTimeTo(time: number): void {
    if (time <= this.time) return;
    this.time = time;
    this.callbacksAtThisTime = 0;
  }

  private remove(timer: VirtualTimer): void {
    const last = this.heap.pop()!;
    if (last === timer) return;
    // The last timer fills the hole, and may belong above it (another branch of the heap) as well as below it.
    this.riseFrom(timer.place, last);
    this.sinkFrom(last.place, last);
  }

  private riseFrom(place: number, timer: VirtualTimer): void {
    let free = place;
    while (free > 0) {
      const parent = this.heap[(free - 1) >> 1]!;
      if (!comesBefore(timer, parent)) break;
      this.put(free, parent);
      free = (free - 1) >> 1;
    }
    this.put(free, timer);
  }

  private sinkFrom(place: number, timer: VirtualTimer): void {
    let free = place;
    for (;;) {
      const left = this.heap[2 * free + 1];
      const right = this.heap[2 * free + 2];
      const child = left !== undefined && right !== undefined && comesBefore(right, left) ? right : left;
      if (child === undefined || !comesBefore(child, timer)) break;
      const freed = child.place;
      this.put(free, child);
      free = freed;
    }
    this.put(free, timer);
  }

  private put(place: number, timer: VirtualTimer): void {
    this.heap[place] = timer;
    timer.place = place;
  }
}

class VirtualTimer {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
  place = 0;

  constructor(dueAt: number, order: number, callback: () => void) {
    this.dueAt = dueAt;
    this.order = order;
    this.callback = callback;
  }
}

function comesBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.dueAt === b.dueAt ? a.order < b.order : a.dueAt < b.dueAt;
}
