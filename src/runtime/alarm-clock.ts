/**
 * Turns timers that ring into session events. A deadline may have moved since its timer was set (progress, a question to
 * the client): then the timer is set again to where it stands now, so that moving a deadline costs nothing on the frame.
 */

import type { Clock, Log } from '../ports.ts';
import { type Alarm, type Alarms, expiryOf, nextLookAt } from '../session/deadlines.ts';
import type { SessionEvent } from '../session/events.ts';
import type { HeldFrame } from '../session/held.ts';
import type { Deliberation, Verdict } from '../session/interception.ts';
import { refusal } from '../errors.ts';
import type { PendingEntry } from '../session/pending.ts';
import type { SessionRecord } from '../session/record.ts';
import type { SessionAlarm } from '../session/session-data.ts';
import { TimerWheel } from './timer-wheel.ts';

/** How late a deadline may be noticed. */
const tickMs = 100;

type OwnAlarm = PendingEntry | HeldFrame | SessionAlarm;

export interface AlarmClockOptions {
  readonly clock: Clock;
  readonly log: Log;
  recordOf(sessionId: string): SessionRecord | undefined;
  send(sessionId: string, event: SessionEvent): void;
}

export class AlarmClock implements Alarms {
  readonly #wheel: TimerWheel;
  readonly #options: AlarmClockOptions;

  constructor(options: AlarmClockOptions) {
    this.#options = options;
    this.#wheel = new TimerWheel({
      clock: options.clock,
      tickMs,
      onDue: (alarm, now) => this.#ring(alarm as OwnAlarm, now),
      onError: (error) => options.log.error({ error }, 'a timer failed'),
    });
  }

  get size(): number {
    return this.#wheel.size;
  }

  /** Every alarm that is set, in no particular order. */
  alarms(): Iterable<Alarm> {
    return this.#wheel.alarms();
  }

  set(alarm: Alarm, dueAt: number): void {
    this.#wheel.set(alarm, dueAt);
  }

  clear(alarm: Alarm): void {
    this.#wheel.clear(alarm);
  }

  stop(): void {
    this.#wheel.stop();
  }

  #ring(alarm: OwnAlarm, at: number): void {
    const record = this.#options.recordOf(alarm.sessionId);
    if (record === undefined) return;
    switch (alarm.alarmKind) {
      case 'request':
        this.#ringRequest(alarm, record, at);
        return;
      case 'held':
        this.#ringHeld(alarm, record, at);
        return;
      case 'session':
        this.#ringSession(alarm, record, at);
    }
  }

  #ringRequest(entry: PendingEntry, record: SessionRecord, at: number): void {
    const { idleClock } = record;
    if (expiryOf(entry, idleClock, at) !== undefined) {
      this.#options.send(record.id, { type: 'request.expired', at, entry });
      return;
    }
    this.#wheel.set(entry, nextLookAt(entry, idleClock, at));
  }

  #ringHeld(held: HeldFrame, record: SessionRecord, at: number): void {
    const { sessionId, ticket, deliberation } = held;
    const pausedUntil = held.verdict === undefined ? (deliberation?.pausedUntil ?? 0) : 0;
    if (pausedUntil > 0) {
      // Whoever is asked after the pause has the usual time again.
      const dueAt = pausedUntil + record.surroundings.times.interceptorMs;
      if (at < dueAt) {
        this.#wheel.set(held, dueAt);
        return;
      }
    }
    const news = held.verdict === undefined ? tooSlow(deliberation) : 'delay-over';
    this.#options.send(sessionId, { type: 'frame.decided', at, ticket, news });
  }

  #ringSession(alarm: SessionAlarm, record: SessionRecord, at: number): void {
    alarm.dueAt = Infinity;
    const { sessionIdleMs, sessionAgeMs } = record.surroundings.times;
    const { id } = record;
    if (at - record.openedAt >= sessionAgeMs) this.#options.send(id, { type: 'session.expired', at, reason: 'age' });
    else if (!record.isBusy && at - record.lastFrameAt >= sessionIdleMs) {
      this.#options.send(id, { type: 'session.expired', at, reason: 'idle' });
    } else this.#options.send(id, { type: 'session.ticked', at });
  }
}

/** The verdict on a frame over which somebody thought too long. */
function tooSlow(deliberation: Deliberation | undefined): Verdict {
  const data = { ...(deliberation && { interceptor: deliberation.interceptor }), reason: 'too slow' };
  const steps = deliberation && [
    ...deliberation.steps,
    { interceptor: deliberation.interceptor, action: 'failed' as const },
  ];
  return { kind: 'refuse', refusal: refusal('INTERCEPTOR_FAILED', data), delayMs: 0, steps: steps ?? [] };
}
