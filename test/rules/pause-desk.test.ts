import { describe, expect, test } from 'vitest';
import { BoundedPauseDesk, type PauseNews, type PauseRequest, defaultPauseLimits } from '../../src/rules/pause-desk.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const call: PauseRequest = {
  sessionId: 's1',
  rule: 'hold calls',
  direction: 'client-to-server',
  kind: 'request',
  method: 'tools/call',
  bytes: 100,
  message: { jsonrpc: '2.0', id: 7, method: 'tools/call' },
  pauseMs: 60_000,
  byDefault: 'block',
};

function desk(limits = defaultPauseLimits): { clock: VirtualClock; desk: BoundedPauseDesk; news: string[] } {
  const clock = new VirtualClock();
  const bounded = new BoundedPauseDesk(clock, limits);
  const news: string[] = [];
  const words = (one: PauseNews): string =>
    one.type === 'paused' ? `paused ${one.frame.id}` : `${one.end} ${one.frame.id}`;
  bounded.observe((one) => void news.push(words(one)));
  return { clock, desk: bounded, news };
}

describe('a paused frame', () => {
  test('is listed with all that is known of it, until it is decided about', async () => {
    const { clock, desk: own, news } = desk();
    const decided = own.put(call);
    const { pauseMs: _, ...facts } = call;
    const pausedAt = clock.wallTime();
    const frame = { id: 'p1', ...facts, pausedAt, decidesAt: pausedAt + 60_000 };
    expect(own.list()).toEqual([frame]);
    expect(own.get('p1')).toEqual(frame);
    expect(own.resume('p1')).toBe(true);
    expect(await decided).toEqual({ decision: 'resume' });
    expect(own.list()).toEqual([]);
    expect(own.get('p1')).toBeUndefined();
    expect(news).toEqual(['paused p1', 'resume p1']);
  });

  test('is changed or refused, in the words given', async () => {
    const { desk: own, news } = desk();
    const decisions = [own.put(call)!, own.put(call)!, own.put(call)!];
    own.modify('p1', { changed: true });
    own.block('p2', 4031, 'Ask Anna');
    own.block('p3');
    expect(await Promise.all(decisions)).toEqual([
      { decision: 'modify', message: { changed: true } },
      { decision: 'block', code: 4031, message: 'Ask Anna' },
      { decision: 'block' },
    ]);
    expect(news.slice(3)).toEqual(['modify p1', 'block p2', 'block p3']);
  });

  test('is decided about once: who comes second, or names nobody, is told so', () => {
    const { desk: own } = desk();
    void own.put(call);
    expect(own.resume('p1')).toBe(true);
    expect([own.resume('p1'), own.modify('p1', {}), own.block('p1'), own.resume('')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('that nobody decides about in time is decided as its rule says', async () => {
    const { clock, desk: own, news } = desk();
    const decided = [own.put(call)!, own.put({ ...call, byDefault: 'resume' })!];
    clock.advance(59_999);
    expect(own.list()).toHaveLength(2);
    clock.advance(1);
    expect(await Promise.all(decided)).toEqual([{ decision: 'block' }, { decision: 'resume' }]);
    expect(news.slice(2)).toEqual(['default p1', 'default p2']);
  });

  test('waits no longer than the desk allows, whatever its rule says', () => {
    const { clock, desk: own } = desk({ ...defaultPauseLimits, pauseMsMax: 1000 });
    void own.put(call);
    clock.advance(1000);
    expect(own.list()).toEqual([]);
  });
});

describe('the desk', () => {
  test('takes so many frames, and so many bytes, and no more', () => {
    const few = desk({ ...defaultPauseLimits, pausedFramesMax: 2 }).desk;
    expect([few.put(call), few.put(call), few.put(call)].map((put) => put !== undefined)).toEqual([true, true, false]);
    few.resume('p1');
    expect(few.put(call)).toBeDefined();
    const small = desk({ ...defaultPauseLimits, pausedBytesMax: 250 }).desk;
    expect([small.put(call), small.put(call), small.put(call)].map((put) => put !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
    small.block('p2');
    expect(small.put(call)).toBeDefined();
  });

  test('is left by what has ended otherwise: by the frame of a request, by its answer, by all of a session', () => {
    const { desk: own, news } = desk();
    void own.put(call);
    void own.put({ ...call, direction: 'server-to-client', kind: 'response', method: '', message: { id: 8 } });
    void own.put({ ...call, kind: 'notification', message: { method: 'x' } });
    void own.put({ ...call, sessionId: 's2' });
    own.requestEnded('s1', 'server-to-client', 7);
    expect(own.list()).toHaveLength(4);
    own.requestEnded('s1', 'client-to-server', 7);
    own.requestEnded('s1', 'client-to-server', 8);
    expect(own.list().map(({ id }) => id)).toEqual(['p3', 'p4']);
    own.sessionEnded('s1');
    expect(own.list().map(({ id }) => id)).toEqual(['p4']);
    expect(news.slice(4)).toEqual(['gone p1', 'gone p2', 'gone p3']);
  });

  test('tells nobody who does not listen any more', () => {
    const { desk: own } = desk();
    const heard: PauseNews[] = [];
    const stop = own.observe((one) => void heard.push(one));
    void own.put(call);
    stop();
    own.resume('p1');
    expect(heard.map(({ type }) => type)).toEqual(['paused']);
  });
});
