/**
 * The deadlines of a request: idle (moved by every sign of life) and absolute (never moved), and the clock that the idle
 * one is measured on. Decides when a request is due and by which deadline; does not know who keeps the timers.
 */

/** A node that a timer wheel links into itself; a pending entry or a session is one. Unlinked: both links are null. */
export interface Alarm {
  dueAt: number;
  alarmPrevious: Alarm | null;
  alarmNext: Alarm | null;
}

/** What holds alarms. Both operations cost the same whatever the number of alarms. */
export interface Alarms {
  /** Links the alarm, or moves it when it is linked already. `Infinity` unlinks it. */
  set(alarm: Alarm, dueAt: number): void;
  /** Unlinks the alarm; nothing happens when it is not linked. */
  clear(alarm: Alarm): void;
}

/** Times in milliseconds of the session's clock; a limit of `Infinity` is switched off. */
export interface RequestDeadline {
  readonly startedAt: number;
  /** The last sign of life, as `IdleClock.read` gave it. */
  lastActivityAt: number;
  readonly idleMs: number;
  readonly absoluteMs: number;
}

export type Expiry = 'idle' | 'absolute';

/**
 * Time that stands still while it is held. A tool that asks the client something (sampling, elicitation) may wait for a
 * human; the request that caused the question must not be found idle meanwhile. Holds nest: the clock goes on when every
 * one of them has been released.
 */
export class IdleClock {
  private holds = 0;
  private heldSince = 0;
  private heldMs = 0;

  get held(): boolean {
    return this.holds > 0;
  }

  hold(now: number): void {
    if (this.holds === 0) this.heldSince = now;
    this.holds += 1;
  }

  /** Throws when nothing holds the clock: a release without its hold would let a later hold end too early. */
  release(now: number): void {
    if (this.holds === 0) throw new Error('The idle clock was released more often than it was held');
    this.holds -= 1;
    if (this.holds === 0) this.heldMs += now - this.heldSince;
  }

  /** Milliseconds on this clock; compare only with other readings of the same clock. */
  read(now: number): number {
    return (this.holds > 0 ? this.heldSince : now) - this.heldMs;
  }

  /** The time at which this clock will show `reading` if nobody holds it before; `Infinity` while it is held. */
  timeOf(reading: number): number {
    return this.holds > 0 ? Infinity : reading + this.heldMs;
  }
}

/**
 * When the request falls due, whichever deadline comes first. The answer holds until a sign of life, a hold or a release;
 * a held idle clock leaves only the absolute deadline.
 */
export function deadlineOf(deadline: RequestDeadline, idleClock: IdleClock): number {
  return Math.min(idleDueAt(deadline, idleClock), absoluteDueAt(deadline));
}

/** Which deadline that is, the absolute one where both fall due at once; `undefined` where none runs. */
export function deadlineKindOf(deadline: RequestDeadline, idleClock: IdleClock): Expiry | undefined {
  const dueAt = deadlineOf(deadline, idleClock);
  if (dueAt === Infinity) return undefined;
  return dueAt === absoluteDueAt(deadline) ? 'absolute' : 'idle';
}

/**
 * When to look whether the request is due. Not always when it falls due: while the idle clock is held nobody knows when it
 * goes on, and a release moves no timer, so a request is looked at again one idle time later.
 */
export function nextLookAt(deadline: RequestDeadline, idleClock: IdleClock, now: number): number {
  const lookAgainAt = idleClock.held ? now + deadline.idleMs : Infinity;
  return Math.min(deadlineOf(deadline, idleClock), lookAgainAt);
}

/** The deadline that has passed, the earlier one when both have; `undefined` as long as `now < deadlineOf(...)`. */
export function expiryOf(deadline: RequestDeadline, idleClock: IdleClock, now: number): Expiry | undefined {
  const idle = idleDueAt(deadline, idleClock);
  const absolute = absoluteDueAt(deadline);
  if (now < Math.min(idle, absolute)) return undefined;
  return idle < absolute ? 'idle' : 'absolute';
}

function idleDueAt(deadline: RequestDeadline, idleClock: IdleClock): number {
  return idleClock.timeOf(deadline.lastActivityAt + deadline.idleMs);
}

function absoluteDueAt(deadline: RequestDeadline): number {
  return deadline.startedAt + deadline.absoluteMs;
}
