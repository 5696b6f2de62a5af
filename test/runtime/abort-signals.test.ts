import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { AbortSignals, refuseAborted } from '../../src/runtime/abort-signals.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { Ear, World, bytesOf } from '../properties/world.ts';

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;
const aborted = expect.objectContaining({ name: 'LocalError', code: 'ABORTED', cause: 'enough' }) as Error;

describe('a signal', () => {
  test('has one listener however much it ends, and none when nothing is left to end', () => {
    const { signal } = new AbortController();
    const signals = new AbortSignals();
    const stops = Array.from({ length: 100 }, () => signals.watch(signal, () => {}));
    expect(listenersOf(signal)).toBe(1);
    for (const stop of stops) stop();
    expect(listenersOf(signal)).toBe(0);
    for (const stop of stops) stop();
    signals.watch(signal, () => {});
    expect(listenersOf(signal)).toBe(1);
  });

  test('ends what still waits for it, each once', () => {
    const controller = new AbortController();
    const signals = new AbortSignals();
    const ended: string[] = [];
    const [stop] = ['a', 'b', 'c'].map((name) => signals.watch(controller.signal, () => ended.push(name)));
    stop?.();
    controller.abort();
    controller.abort();
    expect([ended, listenersOf(controller.signal)]).toEqual([['b', 'c'], 0]);
  });

  test('that is aborted already is refused, with its reason', () => {
    expect(() => refuseAborted(AbortSignal.abort('enough'), 'A session')).toThrow(aborted);
    expect(() => refuseAborted(new AbortController().signal, 'A session')).not.toThrow();
    expect(() => refuseAborted(undefined, 'A session')).not.toThrow();
  });
});

describe('the signal of a session', () => {
  test('closes it, and no other: what waits is answered', () => {
    const world = new World();
    const controller = new AbortController();
    const [mine, other] = [
      world.open({ signal: controller.signal, server: new Ear() }),
      world.open({ server: new Ear() }),
    ];
    mine.session.client.receive(bytesOf({ id: 1, method: 'tools/call' }));
    controller.abort();
    expect([mine.endedFor, other.endedFor]).toEqual(['closed-by-operator', undefined]);
    expect(mine.client.heard).toMatchObject([{ id: 1, error: { data: { code: 'SESSION_NOT_FOUND' } } }]);
    expect(listenersOf(controller.signal)).toBe(0);
  });

  test('has no listener any more when all its sessions are over, however they ended', () => {
    const world = new World();
    const { signal } = new AbortController();
    const pairs = Array.from({ length: 3 }, () => world.open({ signal, server: new Ear() }));
    expect(listenersOf(signal)).toBe(1);
    pairs[0]?.session.close();
    pairs[1]?.leave();
    expect(listenersOf(signal)).toBe(1);
    pairs[2]?.session.server.closed();
    expect(listenersOf(signal)).toBe(0);
  });

  test('that is aborted already opens nothing, and nobody has to make room for it', () => {
    const world = new World({ limits: { sessions: 1 } });
    const quiet = world.open();
    quiet.shake();
    const before = world.runtime.totals();
    expect(() => world.open({ signal: AbortSignal.abort('enough') })).toThrow(aborted);
    expect(world.runtime.totals()).toEqual(before);
    expect(quiet.endedFor).toBeUndefined();
  });
});

describe('the signal of a runtime', () => {
  test('stops it', async () => {
    const controller = new AbortController();
    const world = new World({ signal: controller.signal });
    const pair = world.open({ server: new Ear() });
    controller.abort();
    await world.runtime.stop();
    expect(pair.endedFor).toBe('closed-by-operator');
    const refused = world.runtime.open({ transportType: 'in-memory', client: new Ear(), server: new Ear() });
    expect(refused).toMatchObject({ refusal: { code: 'DRAINING' } });
    expect(listenersOf(controller.signal)).toBe(0);
  });

  test.each(['stop', 'drain'] as const)('has no listener any more after a %s', async (how) => {
    const { signal } = new AbortController();
    const { runtime } = new World({ signal });
    expect(listenersOf(signal)).toBe(1);
    await runtime[how]();
    expect(listenersOf(signal)).toBe(0);
  });

  test('that is aborted already makes none', () => {
    expect(() => createRuntime({ signal: AbortSignal.abort('enough') })).toThrow(aborted);
  });
});
