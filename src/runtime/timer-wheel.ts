/**
 * Keeps the alarms of a process: any number of deadlines on one timer. Time is cut into ticks, tick by tick into a ring
 * of slots, and an alarm waits in the slot of the first tick at which it is due, linked into the alarms around it; so
 * setting, moving and clearing one costs the same whatever their number. Does not know what an alarm stands for.
 */
import type { Clock, TimerHandle } from '../ports.ts';
import type { Alarm, Alarms } from '../session/deadlines.ts';

export interface TimerWheelOptions {
  readonly clock: Clock;
  /** How late an alarm may be, in whole milliseconds; it is later only when the process was stalled, and never early. */
  readonly tickMs: number;
  /** The alarm is unlinked already and may be set again. `now` is the time at which the wheel woke up. */
  readonly onDue: (alarm: Alarm, now: number) => void;
  /** Receives what `onDue` has thrown; the other alarms are not affected. */
  readonly onError: (error: unknown) => void;
}

/** A power of two, so that a tick's slot is found without dividing. Alarms further away than one turn wait for theirs. */
const slotCount = 512;

/** Time for a process that was stalled to read what has come meanwhile. */
const listenMs = 20;

export class TimerWheel implements Alarms {
  private readonly clock: Clock;
  private readonly tickMs: number;
  private readonly onDue: (alarm: Alarm, now: number) => void;
  private readonly onError: (error: unknown) => void;
  private readonly slots: readonly Ring[] = Array.from({ length: slotCount }, () => new Ring());
  /** Alarms that were found due and wait for their turn: still linked, so that clearing or moving them works as ever. */
  private readonly due = new Ring();
  private linked = 0;
  /** The last tick whose slot has been looked at. Meaningless while nothing is linked. */
  private tick = 0;
  private timer: TimerHandle;
  /** The tick for which the timer is set; `Infinity` while there is no timer. */
  private timerTick = Infinity;
  /** The wheel woke up much too late, and has let the process read before it looks. */
  private hasListened = false;

  constructor({ clock, tickMs, onDue, onError }: TimerWheelOptions) {
    if (!Number.isInteger(tickMs) || tickMs < 1)
      throw new RangeError(`tickMs must be a positive integer, not ${tickMs}`);
    this.clock = clock;
    this.tickMs = tickMs;
    this.onDue = onDue;
    this.onError = onError;
  }

  /** How many alarms are set. */
  get size(): number {
    return this.linked;
  }

  /** Every alarm that is set, in no particular order; the wheel must not be changed meanwhile. */
  *alarms(): Generator<Alarm, void, undefined> {
    for (const ring of [this.due, ...this.slots]) {
      for (let alarm = ring.alarmNext; alarm !== ring; alarm = alarm.alarmNext!) yield alarm;
    }
  }

  /** An alarm set to a time that has passed fires soon, but never from within this call. */
  set(alarm: Alarm, dueAt: number): void {
    if (Number.isNaN(dueAt)) throw new RangeError('An alarm needs a time');
    alarm.dueAt = dueAt;
    if (dueAt === Infinity) {
      this.clear(alarm);
      return;
    }
    if (alarm.alarmNext !== null) unlink(alarm);
    else this.linked += 1;
    if (this.linked === 1) this.tick = Math.floor(this.clock.now() / this.tickMs);
    const tick = Math.max(Math.ceil(dueAt / this.tickMs), this.tick + 1);
    linkLast(this.slotOf(tick), alarm);
    if (tick < this.timerTick) this.setTimer(tick);
  }

  clear(alarm: Alarm): void {
    if (alarm.alarmNext === null) return;
    unlink(alarm);
    this.linked -= 1;
    if (this.linked === 0) this.clearTimer();
  }

  /** Clears every alarm. */
  stop(): void {
    for (const ring of [this.due, ...this.slots]) {
      while (ring.alarmNext !== ring) this.clear(ring.alarmNext);
    }
  }

  private readonly wake = (): void => {
    const now = this.clock.now();
    // Who stood still has not read either: what came meanwhile may be what these alarms wait for, and is heard first.
    if (!this.hasListened && now - this.timerTick * this.tickMs > this.tickMs) {
      this.hasListened = true;
      this.timer = this.clock.setTimeout(this.wake, listenMs);
      return;
    }
    this.hasListened = false;
    this.timerTick = Infinity;
    try {
      this.collectDue(now);
      this.fireDue(now);
    } finally {
      if (this.linked > 0) this.setTimer(this.nextOccupiedTick());
    }
  };

  /**
   * Moves what is due from the slots that time has passed since the last look. After a stall that is at most every slot
   * once: a slot is a place on the ring, not a time.
   */
  private collectDue(now: number): void {
    const tick = Math.floor(now / this.tickMs);
    const alarms: Alarm[] = [];
    for (let passed = Math.max(this.tick + 1, tick - slotCount + 1); passed <= tick; passed += 1) {
      const slot = this.slotOf(passed);
      for (let alarm = slot.alarmNext; alarm !== slot; alarm = alarm.alarmNext!) {
        if (alarm.dueAt <= now) alarms.push(alarm);
      }
    }
    this.tick = tick;
    alarms.sort((a, b) => a.dueAt - b.dueAt);
    for (const alarm of alarms) {
      unlink(alarm);
      linkLast(this.due, alarm);
    }
  }

  private fireDue(now: number): void {
    while (this.due.alarmNext !== this.due) {
      const alarm = this.due.alarmNext;
      this.clear(alarm);
      try {
        this.onDue(alarm, now);
      } catch (error) {
        this.onError(error);
      }
    }
  }

  /** The first tick whose slot holds an alarm, be it one of a later turn: then the wheel wakes once per turn for nothing. */
  private nextOccupiedTick(): number {
    if (this.due.alarmNext !== this.due) return this.tick + 1;
    let tick = this.tick + 1;
    while (this.slotOf(tick).alarmNext === this.slotOf(tick)) tick += 1;
    return tick;
  }

  private setTimer(tick: number): void {
    this.clearTimer();
    this.timerTick = tick;
    this.timer = this.clock.setTimeout(this.wake, Math.max(0, tick * this.tickMs - this.clock.now()));
  }

  private clearTimer(): void {
    if (this.timerTick === Infinity) return;
    this.timerTick = Infinity;
    this.hasListened = false;
    this.clock.clearTimeout(this.timer);
  }

  private slotOf(tick: number): Ring {
    return this.slots[tick & (slotCount - 1)]!;
  }
}

/** The fixed point of a circle of alarms: empty when it is its own neighbour. */
class Ring implements Alarm {
  dueAt = Infinity;
  alarmPrevious: Alarm = this;
  alarmNext: Alarm = this;
}

function linkLast(ring: Ring, alarm: Alarm): void {
  alarm.alarmPrevious = ring.alarmPrevious;
  alarm.alarmNext = ring;
  ring.alarmPrevious.alarmNext = alarm;
  ring.alarmPrevious = alarm;
}

function unlink(alarm: Alarm): void {
  alarm.alarmPrevious!.alarmNext = alarm.alarmNext;
  alarm.alarmNext!.alarmPrevious = alarm.alarmPrevious;
  alarm.alarmPrevious = null;
  alarm.alarmNext = null;
}
