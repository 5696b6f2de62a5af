import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimerHandle } from '../../src/ports.ts';
import { TimerWheel } from '../../src/runtime/timer-wheel.ts';
import type { Alarm } from '../../src/session/deadlines.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const tickMs = 100;

/** So long the wheel waits after a stall for what came meanwhile. */
const listenMs = 20;

class NamedAlarm implements Alarm {
  readonly name: string;
  dueAt = Infinity;
  alarmPrevious: Alarm | null = null;
  alarmNext: Alarm | null = null;

  constructor(name: string) {
    this.name = name;
  }

  get linked(): boolean {
    return this.alarmPrevious !== null || this.alarmNext !== null;
  }
}

/** The clock of a process that can be stopped: time goes on, and what fell due meanwhile runs when the process does. */
class StallingClock extends VirtualClock {
  timersStarted = 0;
  private stalled = false;
  private readonly overdue = new Map<TimerHandle, () => void>();

  override get pending(): number {
    return super.pending + this.overdue.size;
  }

  override setTimeout(callback: () => void, delayMs: number): TimerHandle {
    this.timersStarted += 1;
    const handle = super.setTimeout(() => {
      if (this.stalled) this.overdue.set(handle, callback);
      else callback();
    }, delayMs);
    return handle;
  }

  override clearTimeout(handle: TimerHandle): void {
    this.overdue.delete(handle);
    super.clearTimeout(handle);
  }

  stall(ms: number): void {
    this.stalled = true;
    this.advance(ms);
  }

  resume(): void {
    this.stalled = false;
    for (const [handle, callback] of this.overdue) {
      this.overdue.delete(handle);
      super.setTimeout(callback, 0);
    }
    this.advance(0);
  }

  /** Goes on, and has read what came meanwhile. */
  resumeAndRead(): void {
    this.resume();
    this.advance(listenMs);
  }
}

/** Node's timers count whole milliseconds from the start of a turn of the event loop, so some come a little early. */
class EarlyClock extends StallingClock {
  override setTimeout(callback: () => void, delayMs: number): TimerHandle {
    return super.setTimeout(callback, Math.max(1, delayMs - 0.5));
  }
}

interface Reactions {
  readonly clock?: StallingClock;
  readonly onDue?: (alarm: NamedAlarm, wheel: TimerWheel) => void;
  readonly onError?: (error: unknown) => void;
}

function setUp({ clock = new StallingClock(), onDue, onError }: Reactions = {}) {
  const fired: string[] = [];
  const errors: unknown[] = [];
  const wheel = new TimerWheel({
    clock,
    tickMs,
    onDue: (alarm, now) => {
      if (!(alarm instanceof NamedAlarm)) throw new Error('Not an alarm of this test');
      fired.push(`${alarm.name}@${now}`);
      onDue?.(alarm, wheel);
    },
    onError: onError ?? ((error) => errors.push(error)),
  });
  const alarm = (name: string, dueAt: number): NamedAlarm => {
    const made = new NamedAlarm(name);
    wheel.set(made, dueAt);
    return made;
  };
  return { clock, wheel, fired, errors, alarm };
}

describe('when alarms fire', () => {
  test('at the first tick at which they are due, in order', () => {
    const { clock, fired, alarm } = setUp();
    alarm('c', 201);
    alarm('b', 200);
    alarm('a', 101);
    clock.advance(1000);
    expect(fired).toEqual(['a@200', 'b@200', 'c@300']);
  });

  test('an alarm for a time that has passed fires soon, not from within set', () => {
    const { clock, fired, alarm } = setUp();
    clock.advance(1050);
    alarm('past', 3);
    alarm('long past', -Infinity);
    expect(fired).toEqual([]);
    clock.advance(tickMs);
    expect(fired).toEqual(['long past@1100', 'past@1100']);
  });

  test('an alarm further away than one turn of the wheel fires in its own turn', () => {
    const { clock, fired, alarm } = setUp();
    const hourMs = 3_600_000;
    alarm('soon', 150);
    alarm('in an hour', hourMs + 150);
    clock.advance(hourMs);
    expect(fired).toEqual(['soon@200']);
    clock.advance(200);
    expect(fired).toEqual(['soon@200', `in an hour@${hourMs + 200}`]);
    expect(clock.timersStarted).toBeLessThan(hourMs / (512 * tickMs) + 5);
  });

  test('setting an alarm that is set moves it, earlier or later', () => {
    const { clock, wheel, fired, alarm } = setUp();
    const later = alarm('later', 100);
    const earlier = alarm('earlier', 90_000);
    wheel.set(later, 1000);
    wheel.set(earlier, 500);
    expect(wheel.size).toBe(2);
    clock.advance(100_000);
    expect(fired).toEqual(['earlier@500', 'later@1000']);
  });

  test('a cleared alarm does not fire, nor one that is set to Infinity', () => {
    const { clock, wheel, fired, alarm } = setUp();
    const cleared = alarm('cleared', 100);
    const never = alarm('never', 100);
    wheel.clear(cleared);
    wheel.clear(cleared);
    wheel.set(never, Infinity);
    expect([wheel.size, cleared.linked, never.linked, never.dueAt]).toEqual([0, false, false, Infinity]);
    clock.advance(1000);
    expect(fired).toEqual([]);
  });

  test('a time that is not a number is refused', () => {
    const { wheel, alarm } = setUp();
    const set = alarm('a', 100);
    expect(() => wheel.set(set, NaN)).toThrow(RangeError);
    expect([wheel.size, set.dueAt]).toEqual([1, 100]);
  });

  test('a tick is a whole number of milliseconds, so that no division rounds an alarm into the wrong slot', () => {
    for (const bad of [0, -100, 0.1, Infinity, NaN]) {
      const options = { clock: new VirtualClock(), tickMs: bad, onDue: () => {}, onError: () => {} };
      expect(() => new TimerWheel(options)).toThrow(RangeError);
    }
  });
});

describe('when the timer is not exact', () => {
  test('after a stall, everything that fell due fires once, in the order in which it fell due', () => {
    const { clock, fired, alarm } = setUp();
    // Times of two turns of the wheel: the order of the slots is not the order of time.
    for (const time of [60_250, 150, 51_350, 990, 60_150, 250]) alarm(String(time), time);
    clock.stall(70_000);
    clock.resumeAndRead();
    expect(fired).toEqual(['150', '250', '990', '51350', '60150', '60250'].map((name) => `${name}@70020`));
    clock.advance(100_000);
    expect(fired).toHaveLength(6);
  });

  test('after a stall, what came meanwhile is heard before anybody is given up', () => {
    const { clock, fired, wheel, alarm } = setUp();
    const answered = alarm('answered', 500);
    alarm('silent', 500);
    clock.stall(2000);
    clock.resume();
    expect(fired).toEqual([]);
    wheel.clear(answered);
    clock.advance(listenMs);
    expect(fired).toEqual(['silent@2020']);
  });

  test('after a stall of more than a turn, no slot is left out', () => {
    const { clock, fired, alarm } = setUp();
    for (let tick = 1; tick <= 600; tick += 1) alarm(String(tick), tick * tickMs);
    clock.stall(60_000);
    clock.resumeAndRead();
    expect(fired).toHaveLength(600);
  });

  test('after a stall, what is not due yet keeps its own time', () => {
    const { clock, fired, alarm } = setUp();
    alarm('due', 500);
    alarm('not due', 200_050);
    clock.stall(200_000);
    clock.resumeAndRead();
    clock.advance(1000);
    expect(fired).toEqual(['due@200020', 'not due@200100']);
  });

  test('a timer that comes a little early fires nothing early', () => {
    const { clock, fired, alarm } = setUp({ clock: new EarlyClock() });
    alarm('a', 1000);
    clock.advance(5000);
    expect(fired).toEqual(['a@1000.5']);
  });
});

describe('what happens while alarms fire', () => {
  test('an alarm that throws stops no other, and is reported', () => {
    const { clock, fired, errors, alarm } = setUp({
      onDue: ({ name }) => {
        if (name === 'a') throw new Error('a failed');
      },
    });
    for (const name of ['a', 'b', 'c']) alarm(name, name === 'c' ? 150 : 50);
    clock.advance(200);
    expect(fired).toEqual(['a@100', 'b@100', 'c@200']);
    expect(errors).toEqual([new Error('a failed')]);
  });

  test('even a reporter that throws loses no alarm', () => {
    const { clock, fired, alarm } = setUp({
      onDue: () => {
        throw new Error('alarm');
      },
      onError: () => {
        throw new Error('reporter');
      },
    });
    alarm('a', 50);
    alarm('b', 50);
    clock.advance(1000);
    expect(fired.map((line) => line.split('@')[0])).toEqual(['a', 'b']);
    expect(clock.errors).toEqual([new Error('reporter'), new Error('reporter')]);
    expect(clock.pending).toBe(0);
  });

  test('an alarm may clear another that is due at the same moment', () => {
    const { clock, wheel, fired, alarm } = setUp({ onDue: () => wheel.clear(b) });
    alarm('a', 50);
    const b = alarm('b', 60);
    clock.advance(1000);
    expect(fired).toEqual(['a@100']);
    expect([wheel.size, b.linked, clock.pending]).toEqual([0, false, 0]);
  });

  test('an alarm may move another that is due at the same moment', () => {
    const { clock, wheel, fired, alarm } = setUp({
      onDue: ({ name }) => {
        if (name === 'a') wheel.set(b, 450);
      },
    });
    alarm('a', 50);
    const b = alarm('b', 60);
    clock.advance(1000);
    expect(fired).toEqual(['a@100', 'b@500']);
  });

  test('an alarm that sets itself again comes once per tick at most', () => {
    const { clock, wheel, fired, alarm } = setUp({ onDue: (due) => wheel.set(due, 0) });
    alarm('a', 50);
    clock.advance(300);
    expect(fired).toEqual(['a@100', 'a@200', 'a@300']);
  });

  test('an alarm may stop the wheel', () => {
    const { clock, wheel, fired, alarm } = setUp({ onDue: () => wheel.stop() });
    alarm('a', 50);
    alarm('b', 50);
    alarm('c', 500);
    clock.advance(1000);
    expect(fired).toEqual(['a@100']);
    expect([wheel.size, clock.pending]).toEqual([0, 0]);
  });
});

describe('what the wheel costs', () => {
  test('there is one timer while alarms are set, and none otherwise', () => {
    const { clock, wheel, alarm } = setUp();
    expect(clock.pending).toBe(0);
    const alarms = [300, 200, 100].map((time) => alarm(String(time), time));
    expect(clock.pending).toBe(1);
    for (const set of alarms) wheel.clear(set);
    expect(clock.pending).toBe(0);
    alarm('last', 100);
    clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  test('stopping unlinks every alarm and leaves no timer', () => {
    const { clock, wheel, fired, alarm } = setUp();
    const alarms = Array.from({ length: 1000 }, (_, i) => alarm(String(i), i * 77));
    wheel.stop();
    expect([wheel.size, clock.pending, alarms.filter(({ linked }) => linked)]).toEqual([0, 0, []]);
    clock.advance(100_000);
    expect(fired).toEqual([]);
  });

  test('setting, moving and clearing an alarm touches its neighbours only, whatever the number of alarms', () => {
    let touched = 0;
    class CountingAlarm implements Alarm {
      readonly links: { previous: Alarm | null; next: Alarm | null } = { previous: null, next: null };
      dueAt = Infinity;
      get alarmPrevious(): Alarm | null {
        touched += 1;
        return this.links.previous;
      }
      set alarmPrevious(alarm: Alarm | null) {
        touched += 1;
        this.links.previous = alarm;
      }
      get alarmNext(): Alarm | null {
        touched += 1;
        return this.links.next;
      }
      set alarmNext(alarm: Alarm | null) {
        touched += 1;
        this.links.next = alarm;
      }
    }
    const touchesWith = (others: number): number[] => {
      const { wheel } = setUp();
      for (let i = 0; i < others; i += 1) wheel.set(new CountingAlarm(), 5000);
      const alarm = new CountingAlarm();
      return [() => wheel.set(alarm, 5000), () => wheel.set(alarm, 5001), () => wheel.clear(alarm)].map((step) => {
        touched = 0;
        step();
        return touched;
      });
    };
    expect(touchesWith(10_000)).toEqual(touchesWith(3));
  });
});

test('whatever is set, moved, cleared and waited for: never early, one tick late at most, once, and one timer', () => {
  const which = fc.nat({ max: 15 });
  const ms = fc.oneof(fc.nat({ max: 2000 }), fc.nat({ max: 150_000 }), fc.double({ min: 0, max: 5000, noNaN: true }));
  const command = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), which, ms }),
    fc.record({ kind: fc.constant('set in the past' as const), which, ms }),
    fc.record({ kind: fc.constant('clear' as const), which, ms }),
    fc.record({ kind: fc.constant('advance' as const), which, ms }),
    fc.record({ kind: fc.constant('stall' as const), which, ms }),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const clock = new StallingClock();
      const alarms = Array.from({ length: 16 }, (_, i) => new NamedAlarm(String(i)));
      const expected = new Map<Alarm, { readonly dueAt: number; latestAt: number }>();
      const wheel = new TimerWheel({
        clock,
        tickMs,
        onDue: (alarm, now) => {
          const due = expected.get(alarm);
          expect(due).toBeDefined();
          expect(now).toBe(clock.now());
          expect(now).toBeGreaterThanOrEqual(due!.dueAt);
          expect(now).toBeLessThanOrEqual(due!.latestAt);
          expected.delete(alarm);
        },
        onError: (error) => {
          throw error;
        },
      });
      const set = (alarm: Alarm, dueAt: number) => {
        expected.set(alarm, { dueAt, latestAt: Math.max(dueAt, clock.now()) + tickMs });
        wheel.set(alarm, dueAt);
      };
      for (const step of commands) {
        const alarm = alarms[step.which]!;
        if (step.kind === 'set') set(alarm, clock.now() + step.ms);
        else if (step.kind === 'set in the past') set(alarm, clock.now() - step.ms);
        else if (step.kind === 'clear') {
          expected.delete(alarm);
          wheel.clear(alarm);
        } else if (step.kind === 'advance') {
          clock.resumeAndRead();
          clock.advance(step.ms);
          for (const { latestAt } of expected.values()) expect(latestAt).toBeGreaterThanOrEqual(clock.now());
        } else {
          clock.stall(step.ms);
          for (const due of expected.values()) due.latestAt = Math.max(due.latestAt, clock.now() + listenMs);
        }
        expect(clock.errors).toEqual([]);
        expect(wheel.size).toBe(expected.size);
        expect(clock.pending).toBe(expected.size > 0 ? 1 : 0);
        expect(alarms.filter(({ linked }) => linked)).toHaveLength(expected.size);
      }
      clock.resumeAndRead();
      clock.advance(160_000);
      expect(clock.errors).toEqual([]);
      expect([wheel.size, expected.size, clock.pending]).toEqual([0, 0, 0]);
    }),
    { numRuns: 200 },
  );
});
