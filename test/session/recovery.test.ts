import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/session/effects.ts';
import type { ResponseArrived } from '../../src/session/events.ts';
import { idBaseOf, sharerOf } from '../../src/session/id-range.ts';
import { noteUpstreamDown, noteUpstreamReady } from '../../src/session/notes.ts';
import {
  finishRecovery,
  hasHandshake,
  hasUnkeptHandshake,
  isReplayAccepted,
  isReplayAnswer,
  replayHandshake,
  resumeServing,
} from '../../src/session/recovery.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { settleAllAsLost } from '../../src/session/settle.ts';
import {
  answer,
  commit,
  countsOf,
  forwardVerdict,
  frameOf,
  fromClient,
  fromServer,
  notification,
  openSession,
  receive,
  releaseAll,
  request,
  type SessionOptions,
  settlements,
  waitingIds,
  written,
} from './fixtures.ts';

const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
const welcome = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {}, logging: {} },
  serverInfo: { name: 's', version: '1' },
};
const loss = { reason: 'exited', exitCode: 1, signal: null, lastStderr: [], willRestart: true } as const;

function exchange(record: SessionRecord, id: number, method: string, body: object, result: object = {}): void {
  receive(record, request(id, method, body));
  receive(record, answer(id, { result }));
}

/** A session that was served, and whose server is gone and coming back. */
function lostSession(options: SessionOptions = {}): SessionRecord {
  const { record } = openSession(options);
  exchange(record, 0, 'initialize', params, welcome);
  receive(record, notification('notifications/initialized', { _meta: { from: 'client' } }));
  commit(record, settleAllAsLost, { type: 'upstream.lost', at: 50, loss });
  commit(record, noteUpstreamDown, { at: 50 });
  return record;
}

function replay(record: SessionRecord): readonly Effect[] {
  return commit(record, replayHandshake, { type: 'upstream.ready', at: 100 });
}

/** What our own requests that wait are called. */
function ownId(record: SessionRecord): string {
  const [own] = [...record.pending.entries()].filter((entry) => entry.isOwn);
  return String(own?.id);
}

function finish(record: SessionRecord, event: ResponseArrived): readonly Effect[] {
  commit(record, noteUpstreamReady, event);
  return commit(record, finishRecovery, event);
}

describe('the replayed handshake', () => {
  test('is what the client had said, under an id of our own', () => {
    const record = lostSession();
    expect(written(replay(record))).toEqual([
      { to: 'server', message: { jsonrpc: '2.0', id: ownId(record), method: 'initialize', params } },
    ]);
    expect(ownId(record)).toMatch(/^ninelives:s1:\d+:0$/);
  });

  test("waits like any other request, on the handshake's own deadline and out of the reserve", () => {
    const record = lostSession({ times: { initializeMs: 700 } });
    replay(record);
    const [entry] = [...record.pending.entries()];
    expect(entry).toMatchObject({
      isOwn: true,
      method: 'initialize',
      state: 'open',
      startedAt: 100,
      absoluteMs: 700,
      idleMs: Infinity,
    });
    expect([...record.pending.used]).toEqual([0, 1, 0, 0]);
  });

  test('is lost with the server, when that goes away again before it answers', () => {
    const record = lostSession();
    const [effect] = replay(record);
    expect(effect).toMatchObject({ type: 'send', entry: { isOwn: true } });
    commit(record, settleAllAsLost, { type: 'upstream.lost', at: 110, loss });
    expect(waitingIds(record)).toEqual([]);
    expect(countsOf(record)['outcome.upstream-lost']).toBeUndefined();
  });

  test('tells the server no more of the id of the session than what tells it from others', () => {
    const record = lostSession({ id: '77c51a34-80cc-4950-99dd-abe464286439' });
    replay(record);
    expect(ownId(record)).toMatch(/^ninelives:77c51a34:\d+:0$/);
  });

  test('needs a handshake to replay', () => {
    expect([hasHandshake(openSession().record), hasHandshake(lostSession())]).toEqual([false, true]);
  });

  test('is missed where there was one in too many words, and not where there was none', () => {
    const { record } = openSession();
    expect(hasUnkeptHandshake(record)).toBe(false);
    exchange(record, 0, 'initialize', { ...params, padding: 'x'.repeat(256 * 1024) }, welcome);
    expect([hasHandshake(record), hasUnkeptHandshake(record)]).toEqual([false, true]);
    expect(hasUnkeptHandshake(lostSession())).toBe(false);
  });

  test('never takes the id of a request that waits, even if a client should have guessed it', () => {
    const record = lostSession();
    const guesses = [record.version + 1, record.version + 2].map((version) => `ninelives:s1:${version}:0`);
    receive(record, request(guesses[0]!, 'tools/call'));
    receive(record, request(guesses[1]!, 'tools/call', undefined, { ticket: 2 }));
    const version = record.version;
    expect(guesses).toContain(`ninelives:s1:${version}:0`);
    replay(record);
    expect(waitingIds(record)).toEqual([...guesses, `ninelives:s1:${version}:0+`]);
  });
});

test('at a shared server a recovery asks under ids of the range of its session, each another one', () => {
  const idBase = idBaseOf(3);
  const { record } = openSession({ idBase });
  const shakes = (id: number, method: string, body: object, result: object = {}): void => {
    receive(record, request(id, method, body, { ticket: id }));
    receive(record, answer(idBase + id, { result }));
  };
  shakes(1, 'initialize', params, welcome);
  shakes(2, 'logging/setLevel', { level: 'debug' });
  for (const id of [3, 4, 5]) shakes(id, 'resources/subscribe', { uri: `a:${id}` });
  commit(record, settleAllAsLost, { type: 'upstream.lost', at: 50, loss });
  replay(record);
  const [hello] = record.pending.entries();
  finish(record, answer(hello!.id, { result: welcome }));
  const ids = [hello!.id, ...record.pending.entries().map(({ id }) => id)];
  expect([new Set(ids).size, new Set(ids.map((id) => sharerOf(id)))]).toEqual([5, new Set([3])]);
  expect(ids.every((id) => Number(id) - idBase > 2 ** 31)).toBe(true);
});

describe('the words that are repeated', () => {
  const repeated = (meta: object): unknown => {
    const { record } = openSession();
    exchange(record, 0, 'initialize', { ...params, _meta: meta }, welcome);
    const [first] = written(replay(record));
    return (first!.message as { readonly params: object }).params;
  };

  test('are without the progress token: it belongs to a request that has ended, and may belong to another by now', () => {
    expect(repeated({ progressToken: 0, 'a.b/c': 1 })).toEqual({ ...params, _meta: { 'a.b/c': 1 } });
    expect(repeated({ progressToken: 'p' })).toEqual({ ...params, _meta: {} });
  });

  test('are otherwise as they were', () => {
    expect(repeated({ 'a.b/c': 1 })).toEqual({ ...params, _meta: { 'a.b/c': 1 } });
  });
});

describe("the server's answer to the replay", () => {
  const failure = { error: { code: 1, message: 'no' } };

  test('is accepted when it says what the server had said before', () => {
    const record = lostSession();
    replay(record);
    const id = ownId(record);
    const renamed = { ...welcome, serverInfo: { name: 's', version: '2' } };
    const reordered = { ...welcome, capabilities: { logging: {}, tools: {} } };
    const newer = { ...welcome, protocolVersion: '2024-11-05' };
    const richer = { ...welcome, capabilities: { tools: {}, prompts: {} } };
    const answers = [welcome, renamed, reordered, newer, richer, {}].map((result) => answer(id, { result }));
    expect(answers.map((event) => isReplayAccepted(record, event))).toEqual([true, true, true, false, false, false]);
    expect(answers.map((event) => isReplayAnswer(record, event))).toEqual(answers.map(() => true));
    expect(isReplayAccepted(record, answer(id, failure))).toBe(false);
    expect(isReplayAnswer(record, answer(id, failure))).toBe(true);
  });

  test('is told from everything else that is answered', () => {
    const record = lostSession();
    receive(record, request('q', 'roots/list', undefined, { from: fromServer }));
    replay(record);
    const id = ownId(record);
    const others = [
      answer(id, { from: fromClient }),
      answer('q', { from: fromClient }),
      answer(0),
      answer('ninelives:s1:0:0'),
      answer(null, failure),
    ];
    expect(others.map((event) => isReplayAnswer(record, event))).toEqual(others.map(() => false));
    expect(isReplayAccepted(record, answer(0, { result: welcome }))).toBe(false);
    // An initialize of the client's own, however strange at this time, is answered to the client.
    record.isUpstreamReady = true;
    receive(record, request(5, 'initialize', params, { ticket: 5 }));
    expect(isReplayAnswer(record, answer(5, { result: welcome }))).toBe(false);
  });

  test('is compared with what the server had said, not with what interceptors had made of it', () => {
    const { record } = openSession();
    receive(record, request(0, 'initialize', params));
    const tamed = forwardVerdict(frameOf({ id: 0, result: { ...welcome, capabilities: {} } }));
    receive(record, answer(0, { result: welcome, verdict: tamed }));
    commit(record, settleAllAsLost, { type: 'upstream.lost', at: 50, loss });
    replay(record);
    expect(isReplayAccepted(record, answer(ownId(record), { result: welcome }))).toBe(true);
  });
});

describe('U8 a recovery', () => {
  test("completes the handshake in the client's words, and repeats its log level and subscriptions", () => {
    const { record } = openSession();
    exchange(record, 0, 'initialize', params, welcome);
    receive(record, notification('notifications/initialized', { _meta: { from: 'client' } }));
    exchange(record, 1, 'logging/setLevel', { level: 'debug' });
    for (const uri of ['a:1', 'a:2']) exchange(record, 2, 'resources/subscribe', { uri });
    commit(record, settleAllAsLost, { type: 'upstream.lost', at: 50, loss });
    commit(record, noteUpstreamDown, { at: 50 });
    replay(record);
    const effects = finish(record, answer(ownId(record), { at: 120, result: welcome }));
    expect(written(effects)).toMatchObject([
      { to: 'server', message: { method: 'notifications/initialized', params: { _meta: { from: 'client' } } } },
      { to: 'server', message: { method: 'logging/setLevel', params: { level: 'debug' } } },
      { to: 'server', message: { method: 'resources/subscribe', params: { uri: 'a:1' } } },
      { to: 'server', message: { method: 'resources/subscribe', params: { uri: 'a:2' } } },
    ]);
    const ids = waitingIds(record);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^ninelives:s1:\d+:\d+$/);
    // Their answers are for us alone.
    expect(ids.flatMap((id) => receive(record, answer(id)))).toEqual([]);
    expect([waitingIds(record), effects.at(-1)]).toEqual([[], { type: 'recovered' }]);
    expect(countsOf(record)).toMatchObject({ recoveries: 1, 'outcome.result': 4 });
  });

  test('leaves it to a client that had not said so yet to say that the handshake is complete', () => {
    const { record } = openSession();
    exchange(record, 0, 'initialize', params, welcome);
    replay(record);
    expect(written(finish(record, answer(ownId(record), { result: welcome })))).toEqual([]);
  });

  test('leaves the reserve to pings, however many subscriptions it repeats', () => {
    const { record } = openSession({ limits: { reservedPerSession: 2 } });
    exchange(record, 0, 'initialize', params, welcome);
    for (let id = 1; id <= 20; id++) exchange(record, id, 'resources/subscribe', { uri: `a:${id}` });
    replay(record);
    finish(record, answer(ownId(record), { result: welcome }));
    expect([...record.pending.used]).toEqual([20, 0, 0, 0]);
    receive(record, request(99, 'ping'));
    expect(waitingIds(record)).toContain(99);
  });

  test('lets go on what waited for the server, after what it repeats', () => {
    const record = lostSession();
    receive(record, request(7, 'tools/call', undefined, { ticket: 9 }));
    replay(record);
    const effects = finish(record, answer(ownId(record), { result: welcome }));
    expect(written(releaseAll(record, effects)).map(({ message }) => (message as { method: string }).method)).toEqual([
      'notifications/initialized',
      'tools/call',
    ]);
    expect(settlements(receive(record, answer(7)))).toEqual([[7, 'result']]);
  });

  test('without a handshake lets the held frames go on at once', () => {
    const { record } = openSession({ isUpstreamAway: true });
    receive(record, request(7, 'tools/call'));
    commit(record, noteUpstreamReady, { at: 0 });
    const effects = commit(record, resumeServing, { at: 0 });
    expect(effects).toContainEqual({ type: 'recovered' });
    expect(written(releaseAll(record, effects))).toMatchObject([{ to: 'server', message: { id: 7 } }]);
    expect(countsOf(record)).toMatchObject({ recoveries: 1 });
  });
});
