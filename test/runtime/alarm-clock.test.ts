import { describe, expect, test } from 'vitest';
import { AlarmClock } from '../../src/runtime/alarm-clock.ts';
import { newEntry } from '../../src/session/admission.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { HeldFrame } from '../../src/session/held.ts';
import type { Verdict } from '../../src/session/interception.ts';
import type { PendingEntry } from '../../src/session/pending.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { type SessionOptions, forwardVerdict, frameOf, openSession, request } from '../session/fixtures.ts';
import { KeptLog } from './kept-log.ts';

const times = { requestIdleMs: 1000, requestAbsoluteMs: 5000, sessionIdleMs: 10_000, sessionAgeMs: 60_000 };

class Stage {
  readonly clock = new VirtualClock();
  readonly record: SessionRecord;
  readonly events: SessionEvent[] = [];
  readonly log = new KeptLog();
  readonly alarms: AlarmClock;
  isSessionThere = true;
  onEvent: ((event: SessionEvent) => void) | undefined = undefined;

  constructor(options: SessionOptions = {}) {
    this.record = openSession({ times, ...options }).record;
    this.alarms = new AlarmClock({
      clock: this.clock,
      log: this.log,
      recordOf: (id) => (this.isSessionThere && id === this.record.id ? this.record : undefined),
      send: (_, event) => {
        this.events.push(event);
        this.onEvent?.(event);
      },
    });
  }

  /** A request that was sent on, with its timer set as the table sets it. */
  ask(id = 1): PendingEntry {
    const entry = newEntry(this.record, request(id, 'tools/call', undefined, { at: this.clock.now() }), 'open');
    this.alarms.set(entry, this.clock.now() + times.requestIdleMs);
    return entry;
  }

  /** What was sent since the last time somebody asked: types, and the times at which. */
  get rung(): readonly string[] {
    return this.events.splice(0).map(({ type, at }) => `${type} ${at}`);
  }
}

describe('the timer of a request', () => {
  test('rings when its deadline has come, with the request in its hands', () => {
    const stage = new Stage();
    const entry = stage.ask();
    stage.clock.advance(999);
    expect(stage.events).toEqual([]);
    stage.clock.advance(1);
    expect(stage.events).toEqual([{ type: 'request.expired', at: 1000, entry }]);
    expect(stage.alarms.size).toBe(0);
  });

  test('P7 looks again, unheard, when a sign of life has moved the deadline', () => {
    const stage = new Stage();
    const entry = stage.ask();
    stage.clock.advance(600);
    entry.lastActivityAt = 600;
    stage.clock.advance(900);
    expect([stage.rung, stage.alarms.size]).toEqual([[], 1]);
    stage.clock.advance(100);
    expect(stage.rung).toEqual(['request.expired 1600']);
  });

  test('P7 does not move the absolute deadline, whatever signs of life there are', () => {
    const stage = new Stage();
    const entry = stage.ask();
    for (let now = 900; now < 5000; now += 900) {
      stage.clock.advance(900);
      entry.lastActivityAt = stage.clock.now();
    }
    stage.clock.advance(5000 - stage.clock.now());
    expect(stage.rung).toEqual(['request.expired 5000']);
  });

  test('does not find a request idle while the idle clock stands, and does so afterwards', () => {
    const stage = new Stage();
    stage.ask();
    stage.clock.advance(500);
    stage.record.idleClock.hold(500);
    stage.clock.advance(3000);
    expect(stage.rung).toEqual([]);
    stage.record.idleClock.release(3500);
    stage.clock.advance(1000);
    expect(stage.rung).toHaveLength(1);
  });

  test('says nothing when its session is not there any more', () => {
    const stage = new Stage();
    stage.ask();
    stage.isSessionThere = false;
    stage.clock.advance(2000);
    expect([stage.events, stage.alarms.size]).toEqual([[], 0]);
  });

  test('can be cleared, one or all of them', () => {
    const stage = new Stage();
    const [first] = [stage.ask(1), stage.ask(2), stage.ask(3)];
    stage.alarms.clear(first);
    expect(stage.alarms.size).toBe(2);
    stage.alarms.stop();
    stage.clock.advance(10_000);
    expect([stage.events, stage.alarms.size, stage.clock.pending]).toEqual([[], 0, 0]);
  });

  test('that fails is logged, and the others ring all the same', () => {
    const stage = new Stage();
    const broken = stage.ask(1);
    stage.ask(2);
    stage.onEvent = (event) => {
      if (event.type === 'request.expired' && event.entry === broken) throw new Error('broken');
    };
    stage.clock.advance(1000);
    expect([stage.rung.length, stage.log.lines]).toEqual([
      2,
      [{ level: 'error', fields: { error: new Error('broken') }, text: 'a timer failed' }],
    ]);
  });
});

describe('the timer of a held frame', () => {
  const message = { id: 1, method: 'tools/call' };
  const held = (verdict: Verdict | undefined, interceptor?: string): HeldFrame =>
    new HeldFrame(
      's1',
      7,
      'client-to-server',
      frameOf(message),
      undefined,
      verdict,
      interceptor === undefined ? undefined : { interceptor, steps: [{ interceptor: 'first', action: 'continue' }] },
    );

  test('means that its delay is over, once it was decided on', () => {
    const stage = new Stage();
    stage.alarms.set(held(forwardVerdict(frameOf(message), 300)), 300);
    stage.clock.advance(300);
    expect(stage.events).toEqual([{ type: 'frame.decided', at: 300, ticket: 7, news: 'delay-over' }]);
  });

  test('S6 means that an interceptor took too long, while nothing was decided; it is named', () => {
    const stage = new Stage();
    stage.alarms.set(held(undefined, 'slow one'), 5000);
    stage.clock.advance(5000);
    expect(stage.events).toEqual([
      {
        type: 'frame.decided',
        at: 5000,
        ticket: 7,
        news: {
          kind: 'refuse',
          refusal: { code: 'INTERCEPTOR_FAILED', data: { interceptor: 'slow one', reason: 'too slow' } },
          delayMs: 0,
          steps: [
            { interceptor: 'first', action: 'continue' },
            { interceptor: 'slow one', action: 'failed' },
          ],
        },
      },
    ]);
  });

  test('S6 means the same where nobody knows who was asked', () => {
    const stage = new Stage();
    stage.alarms.set(held(undefined), 5000);
    stage.clock.advance(5000);
    expect(stage.events).toMatchObject([{ news: { refusal: { data: { reason: 'too slow' } }, steps: [] } }]);
  });
});

describe('the timer of a session', () => {
  test('ends it when it was idle for too long', () => {
    const stage = new Stage();
    stage.alarms.set(stage.record.alarm, 10_000);
    stage.clock.advance(10_000);
    expect(stage.events).toEqual([{ type: 'session.expired', at: 10_000, reason: 'idle' }]);
  });

  test('ends it when it is too old, busy or not', () => {
    const stage = new Stage();
    stage.record.hasOpenStream = true;
    stage.alarms.set(stage.record.alarm, 60_000);
    stage.clock.advance(60_000);
    expect(stage.events).toEqual([{ type: 'session.expired', at: 60_000, reason: 'age' }]);
  });

  test.each([
    ['busy', (record: SessionRecord) => (record.hasOpenStream = true)],
    ['not idle for long enough', (record: SessionRecord) => (record.lastFrameAt = 1)],
  ])('only looks at it again when it is %s', (_why, make) => {
    const stage = new Stage();
    make(stage.record);
    stage.alarms.set(stage.record.alarm, 10_000);
    stage.clock.advance(10_000);
    expect(stage.events).toEqual([{ type: 'session.ticked', at: 10_000 }]);
    // Whoever looks at the session sets it again, to whatever time comes first.
    expect(stage.record.alarm.dueAt).toBe(Infinity);
  });
});
