import { describe, expect, test } from 'vitest';
import { Settings } from '../../src/runtime/settings.ts';
import type { Interceptor } from '../../src/session/interception.ts';
import { defaultLimits, defaultTimes } from '../../src/session/limits.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { expectEverybodyTold, expectNothingOwned, expectOneOutcomeEach } from '../properties/laws.ts';
import { Ear, type Pair, World, bytesOf } from '../properties/world.ts';
import { openSession } from '../session/fixtures.ts';

const call = (id: number): Uint8Array => bytesOf({ id, method: 'tools/call' });
const codes = (ear: Ear): readonly unknown[] => ear.take().map(({ error }) => error?.data?.['code']);
const invalid = expect.objectContaining({ code: 'INVALID_OPTION' }) as Error;

describe('settings', () => {
  const { surroundings: fixed } = openSession({}).record;

  test('are the defaults, but for what was asked', () => {
    const settings = new Settings({ sessions: 3 }, { pingMs: 7 }, fixed);
    expect([settings.limits, settings.times]).toEqual([
      { ...defaultLimits, sessions: 3 },
      { ...defaultTimes, pingMs: 7 },
    ]);
    expect(settings.surroundings(false).requestTimes.ping.absoluteMs).toBe(7);
  });

  test('give sessions that end with their connection no idle and no age limit, unless one was asked for', () => {
    const settings = new Settings({}, { sessionAgeMs: 9 }, fixed);
    const { sessionIdleMs, sessionAgeMs } = settings.surroundings(true).times;
    expect([sessionIdleMs, sessionAgeMs]).toEqual([Infinity, 9]);
    settings.setTimes({ sessionIdleMs: 8 });
    expect(settings.surroundings(true).times).toMatchObject({ sessionIdleMs: 8, sessionAgeMs: 9 });
    expect(settings.surroundings(false).times).toMatchObject({ sessionIdleMs: 8, sessionAgeMs: 9 });
  });

  test('change all together or not at all', () => {
    const settings = new Settings({}, {}, fixed);
    expect(() => settings.setLimits({ sessions: 5, pendingTotal: -5 })).toThrow(invalid);
    expect(() => settings.setTimes({ pingMs: 5, drainMs: 0 })).toThrow(invalid);
    expect([settings.limits, settings.times]).toEqual([defaultLimits, defaultTimes]);
    expect(settings.ledger.limit[0]).toBe(defaultLimits.pendingTotal);
  });

  test('that make no sense make no runtime', () => {
    expect(() => createRuntime({ limits: { sessions: -1 } })).toThrow(invalid);
    expect(() => createRuntime({ times: { pingMs: Number.NaN } })).toThrow(invalid);
  });
});

describe('S7 limits of a running process', () => {
  test('of one session hold at once, and what waits above a lowered one stays', () => {
    const world = new World();
    const pair = world.open({ server: new Ear() });
    for (const id of [1, 2, 3]) pair.session.client.receive(call(id));
    world.runtime.setLimits({ pendingPerSession: 2 });
    pair.session.client.receive(call(4));
    expect(codes(pair.client)).toEqual(['TOO_MANY_REQUESTS']);
    expect(pair.session.snapshot().pending).toHaveLength(3);
    world.runtime.setLimits({ pendingPerSession: 4 });
    pair.session.client.receive(call(5));
    expect([codes(pair.client), pair.session.snapshot().pending.length]).toEqual([[], 4]);
    expect(pair.session.snapshot().tags).toContain('saturated');
  });

  test('of all sessions together hold at once', () => {
    const world = new World();
    const [one, other] = [world.open({ server: new Ear() }), world.open({ server: new Ear() })];
    for (const id of [1, 2]) one.session.client.receive(call(id));
    world.runtime.setLimits({ pendingTotal: 2 });
    other.session.client.receive(call(1));
    expect(codes(other.client)).toEqual(['TOO_MANY_REQUESTS']);
    one.session.server.receive(bytesOf({ id: 1, result: {} }));
    other.session.client.receive(call(2));
    expect([codes(other.client), world.runtime.totals().pending.ordinary]).toEqual([[], 2]);
  });

  test('of the number of sessions hold at once: none has to go, and none more comes', () => {
    const world = new World();
    const pairs = Array.from({ length: 3 }, () => world.open({ server: new Ear() }));
    for (const pair of pairs) pair.session.client.receive(call(1));
    world.runtime.setLimits({ sessions: 2 });
    expect([...world.runtime.sessions()]).toHaveLength(3);
    const ask = (): unknown => world.runtime.open({ transportType: 'in-memory', client: new Ear(), server: new Ear() });
    expect(ask()).toMatchObject({ refusal: { code: 'TOO_MANY_SESSIONS', data: { limit: 2 } } });
    world.runtime.setLimits({ sessions: 4 });
    expect(ask()).toHaveProperty('session');
  });

  test('of buffers hold for sessions that open from now on', () => {
    const world = new World();
    const fill = (): boolean => {
      const server = new Ear();
      const { session, client } = world.open({ server });
      server.isReading = false;
      for (const id of [1, 2, 3])
        session.client.receive(bytesOf({ id, method: 'x', params: { text: 'x'.repeat(99) } }));
      return client.isPaused;
    };
    const server = new Ear();
    const { session, client } = world.open({ server });
    world.runtime.setLimits({ bufferPauseBytes: 200 });
    server.isReading = false;
    for (const id of [1, 2, 3]) session.client.receive(bytesOf({ id, method: 'x', params: { text: 'x'.repeat(99) } }));
    expect([client.isPaused, fill()]).toEqual([false, true]);
  });

  test('of bytes that wait in all sessions hold at once, and are told by their name', () => {
    const world = new World({ limits: { bufferBytesTotal: 250_000 } });
    const large = (id: number) => bytesOf({ id, method: 'x', params: { text: 'x'.repeat(99_000) } });
    const blocked = [1, 2].map(() => {
      const server = new Ear();
      const pair = world.open({ server });
      server.isReading = false;
      pair.session.client.receive(call(0));
      return pair;
    });
    const [one, other] = blocked as [(typeof blocked)[0], (typeof blocked)[0]];
    for (const id of [1, 2, 3]) one.session.client.receive(large(id));
    expect(one.client.take()).toMatchObject([
      { id: 3, error: { code: 4290, data: { scope: 'buffers', limit: 250_000, retryAfterMs: 1000 } } },
    ]);
    expect(world.runtime.totals().bufferedBytes).toBeGreaterThan(198_000);
    other.session.client.receive(large(1));
    expect(codes(other.client)).toEqual(['TOO_MANY_REQUESTS']);
    world.runtime.setLimits({ bufferBytesTotal: 400_000 });
    other.session.client.receive(large(2));
    expect(codes(other.client)).toEqual([]);
    for (const { session } of blocked) session.close();
    world.clock.advance(10_000);
    expect(world.runtime.totals().bufferedBytes).toBe(0);
  });

  test('of bytes that wait count those that wait for an interceptor, and give them back', async () => {
    const decisions: (() => void)[] = [];
    const slow: Interceptor = {
      name: 'slow',
      intercept: async () => new Promise((resolve) => decisions.push(() => resolve({ action: 'continue' }))),
    };
    const world = new World({ limits: { bufferBytesTotal: 150_000 }, interceptors: [slow] });
    const pair = world.open({ server: new Ear() });
    const large = (id: number) => bytesOf({ id, method: 'x', params: { text: 'x'.repeat(99_000) } });
    for (const id of [1, 2]) pair.session.client.receive(large(id));
    expect(pair.client.take()).toMatchObject([{ id: 2, error: { data: { scope: 'buffers', limit: 150_000 } } }]);
    expect(world.runtime.totals().bufferedBytes).toBeGreaterThan(99_000);
    for (const decide of decisions) decide();
    await new Promise(setImmediate);
    expect(world.runtime.totals().bufferedBytes).toBe(0);
  });

  test('change nothing when one of them is not allowed', () => {
    const world = new World({ limits: { pendingPerSession: 1 } });
    const pair = world.open({ server: new Ear() });
    expect(() => world.runtime.setLimits({ pendingPerSession: 9, sessions: -1 })).toThrow(invalid);
    for (const id of [1, 2]) pair.session.client.receive(call(id));
    expect(codes(pair.client)).toEqual(['TOO_MANY_REQUESTS']);
  });
});

describe('limits and times by tag', () => {
  const tagSettings = { small: { limits: { pendingPerSession: 1 } }, wide: { limits: { pendingPerSession: 3 } } };
  /** Which of these calls are refused. */
  const refusedOf = (pair: Pair, ...ids: readonly number[]): readonly unknown[] => {
    for (const id of ids) pair.session.client.receive(call(id));
    return pair.client.take().map(({ id }) => id);
  };

  test('S7 hold from the message after the one with which the tag came, and until it goes', () => {
    const world = new World({ limits: { pendingPerSession: 2 }, tagSettings });
    const pair = world.open({ server: new Ear() });
    pair.session.label('small', true);
    expect(refusedOf(pair, 1, 2)).toEqual([2]);
    pair.session.label('small', false);
    expect(refusedOf(pair, 3, 4)).toEqual([4]);
    expect(pair.session.snapshot().pending).toHaveLength(2);
  });

  test('give more than the usual where they say so, and of several the smallest', () => {
    const world = new World({ limits: { pendingPerSession: 2 }, tagSettings });
    const pair = world.open({ server: new Ear() });
    pair.session.label('wide', true);
    expect(refusedOf(pair, 1, 2, 3, 4)).toEqual([4]);
    pair.session.label('small', true);
    pair.session.label('something else', true);
    expect(refusedOf(pair, 5)).toEqual([5]);
  });

  test('are those of one session, and of no other', () => {
    const world = new World({ tagSettings });
    const [tagged, other] = [world.open({ server: new Ear() }), world.open({ server: new Ear() })];
    tagged.session.label('small', true);
    expect([refusedOf(tagged, 1, 2), refusedOf(other, 1, 2)]).toEqual([[2], []]);
  });

  test('hold for tags that the session gives itself, too', () => {
    const world = new World({ tagSettings: { 'large-payload': { limits: { pendingPerSession: 1 } } } });
    const pair = world.open({ server: new Ear() });
    pair.session.client.receive(bytesOf({ id: 1, method: 'x', params: { text: 'x'.repeat(1_100_000) } }));
    expect(refusedOf(pair, 2)).toEqual([2]);
  });

  test('end a session sooner that is idle for as long as its tag allows', () => {
    const world = new World({ tagSettings: { guest: { times: { sessionIdleMs: 1000 } } } });
    const [guest, other] = [world.open({ transportType: 'http' }), world.open({ transportType: 'http' })];
    for (const pair of [guest, other]) pair.shake();
    guest.session.label('guest', true);
    world.clock.advance(1200);
    expect([guest.endedFor, other.endedFor]).toEqual(['idle', undefined]);
  });

  test('change in open sessions, also when what holds for all does', () => {
    const world = new World({ tagSettings });
    const pair = world.open({ server: new Ear() });
    pair.session.label('small', true);
    pair.session.label('late', true);
    world.runtime.setLimits({ questionsPerSession: 5, pendingPerSession: 9 });
    expect(refusedOf(pair, 1, 2)).toEqual([2]);
    world.runtime.setTagSettings({ late: { limits: { pendingPerSession: 2 } } });
    expect(refusedOf(pair, 3, 4)).toEqual([4]);
    expect(() => world.runtime.setTagSettings({ late: { limits: { pendingPerSession: -1 } } })).toThrow(invalid);
    expect(refusedOf(pair, 5)).toEqual([5]);
    world.runtime.setTagSettings({});
    expect(refusedOf(pair, 6)).toEqual([]);
  });

  test('give requests their deadlines; those that wait keep theirs', () => {
    const world = new World({ tagSettings: { quick: { times: { requestAbsoluteMs: 1000 } } } });
    const pair = world.open({ server: new Ear() });
    pair.session.client.receive(call(1));
    pair.session.label('quick', true);
    pair.session.client.receive(call(2));
    world.clock.advance(1200);
    expect(pair.client.take()).toMatchObject([{ id: 2, error: { code: 5040 } }]);
  });
});

describe('times of a running process', () => {
  test('hold for requests that come from now on; those that wait keep their deadlines', () => {
    const world = new World({ times: { requestAbsoluteMs: 1000 } });
    const pair = world.open();
    pair.shake();
    pair.ask('client-to-server', { id: 1, method: 'tools/call' });
    world.runtime.setTimes({ requestAbsoluteMs: 5000 });
    pair.ask('client-to-server', { id: 2, method: 'tools/call' });
    world.clock.advance(1100);
    expect(pair.client.take()).toMatchObject([{ id: 1, error: { code: 5040 } }]);
    world.clock.advance(4000);
    expect(pair.client.take()).toMatchObject([{ id: 2, error: { code: 5040 } }]);
    pair.session.close();
    expectOneOutcomeEach(pair);
    expectEverybodyTold(pair);
    expectNothingOwned(pair);
  });

  test('of idleness and age hold at once, for open sessions too: shorter and longer', () => {
    const world = new World({ times: { sessionIdleMs: 10_000 } });
    const [first, second] = [world.open({ transportType: 'http' }), world.open()];
    for (const pair of [first, second]) pair.shake();
    world.runtime.setTimes({ sessionIdleMs: 1000 });
    world.clock.advance(900);
    expect([first.endedFor, second.endedFor]).toEqual([undefined, undefined]);
    world.runtime.setTimes({ sessionIdleMs: 2000 });
    world.clock.advance(500);
    expect([first.endedFor, second.endedFor]).toEqual([undefined, undefined]);
    world.clock.advance(800);
    expect([first.endedFor, second.endedFor]).toEqual(['idle', 'idle']);
  });

  test('of a drain hold for one that begins from now on', () => {
    const world = new World();
    const pair = world.open();
    pair.shake();
    pair.fromClient({ id: 1, method: 'tools/call' });
    world.runtime.setTimes({ drainMs: 300 });
    pair.session.drain();
    world.clock.advance(400);
    expect(pair.endedFor).toBe('drain-deadline');
  });
});
