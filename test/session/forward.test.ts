import { describe, expect, test } from 'vitest';
import { encodeText } from '../../src/protocol/text.ts';
import { acceptNotification, countEarly } from '../../src/session/forward.ts';
import { builtInProfiles } from '../../src/session/profiles.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import {
  answer,
  blocked,
  commit,
  countsOf,
  forwardVerdict,
  frameOf,
  fromClient,
  fromServer,
  mocked,
  notification,
  openSession,
  receive,
  refusals,
  remarksOf,
  request,
  settlements,
  waitingIds,
  written,
} from './fixtures.ts';

const lenient = builtInProfiles.get('lenient')!;

function progress(progressToken: string | number, from = fromServer, at = 0) {
  return notification('notifications/progress', { progressToken, progress: 1 }, { from, at });
}

function cancelled(requestId: string | number, from = fromClient) {
  return notification('notifications/cancelled', { requestId }, { from });
}

describe('a request', () => {
  test('goes on as the bytes it came in, and is lost if they cannot be written', () => {
    const { record } = openSession();
    const event = request(1, 'tools/call', { name: 'echo' });
    const effects = receive(record, event);
    const entry = record.unit.find(fromClient, 1);
    expect(effects).toMatchObject([
      { type: 'send', direction: fromClient, message: [event.frame.bytes], kind: 'request' },
    ]);
    expect(effects[0]).toHaveProperty('entry', entry);
    expect(entry?.state).toBe('open');
    expect(countsOf(record)).toEqual({
      framesFromClient: 1,
      bytesFromClient: event.frame.bytes.length,
      requestsFromClient: 1,
    });
  });

  test('of the server goes to the client', () => {
    const { record } = openSession();
    const effects = receive(record, request(1, 'sampling/createMessage', undefined, { from: fromServer }));
    expect(written(effects).map(({ to }) => to)).toEqual(['client']);
    expect(record.unit.find(fromServer, 1)?.method).toBe('sampling/createMessage');
  });

  test('goes on as an interceptor changed it', () => {
    const { record } = openSession();
    const changed = frameOf({ id: 1, method: 'tools/call', params: { name: 'safe' } });
    const effects = receive(record, request(1, 'tools/call', { name: 'rm' }, { verdict: forwardVerdict(changed) }));
    expect(effects).toMatchObject([{ message: [changed.bytes] }]);
  });

  test('that an interceptor blocks is refused, and never waits', () => {
    const { record } = openSession();
    const effects = receive(record, request(1, 'tools/call', undefined, { verdict: blocked }));
    expect(refusals(effects, 'client')).toEqual([{ id: 1, code: 'BLOCKED', interceptor: 'guard' }]);
    expect([settlements(effects), waitingIds(record)]).toEqual([[[1, 'refused']], []]);
    expect(remarksOf(record)).toEqual({ blocked: 1, 'outcome.refused': 1 });
  });

  test.each([
    [{ result: { tools: [] } }, 'result'],
    [{ error: { code: 7, message: 'no' } }, 'error'],
  ] as const)('that an interceptor answers with %o ends with that, and the server never sees it', (body, outcome) => {
    const { record } = openSession();
    const effects = receive(record, request(1, 'tools/list', undefined, { verdict: mocked(body) }));
    expect(written(effects)).toEqual([{ to: 'client', message: { jsonrpc: '2.0', id: 1, ...body } }]);
    expect([settlements(effects), waitingIds(record)]).toEqual([[[1, outcome]], []]);
    expect(remarksOf(record)).toEqual({ mocked: 1, [`outcome.${outcome}`]: 1 });
  });

  test('R25 before the handshake is counted, unless it is one of those that may come then', () => {
    const { record } = openSession();
    for (const method of ['initialize', 'ping', 'server/discover', 'tools/call', 'tools/list']) {
      commit(record, countEarly, request(1, method));
    }
    expect(countsOf(record)).toEqual({ beforeInitialized: 2 });
  });
});

test('a frame that the protocol does not let its sender send is counted by what is wrong with it, and goes on', () => {
  const { record } = openSession();
  commit(record, ({ unit }) => unit.learn({ protocolVersion: '2024-11-05' }), { at: 0 });
  const strange = [
    notification('x/y'),
    notification('tools/list'),
    notification('notifications/tools/list_changed'),
    request(1, 'elicitation/create', undefined, { from: fromServer }),
  ];
  const effects = strange.flatMap((event) => receive(record, event));
  expect(written(effects)).toHaveLength(4);
  expect(remarksOf(record)).toEqual({ unknownMethods: 1, wrongKind: 1, wrongSender: 1, notInRevision: 1 });
});

describe('a response', () => {
  test('settles the request that it answers, and goes on as the bytes it came in', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const event = answer(1, { result: { content: [] }, at: 30 });
    const effects = receive(record, event);
    expect(effects).toMatchObject([
      { type: 'settled', outcome: 'result', elapsedMs: 30 },
      { type: 'send', direction: fromServer, message: [event.frame.bytes], entry: undefined },
    ]);
    expect(waitingIds(record)).toEqual([]);
  });

  test('R5 that comes while the first answer is still held is a duplicate: the first one counts', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, answer(1, { ticket: 2, verdict: 'awaited' }));
    const second = answer(1, { ticket: 3, result: { late: true } });
    expect(receive(record, second)).toEqual([]);
    expect(remarksOf(record)).toEqual({ held: 1, duplicateResponses: 1 });
    expect([waitingIds(record), record.held.size]).toEqual([[1], 1]);
  });
});

describe('a notification', () => {
  test('goes on as the bytes it came in, from either side', () => {
    const { record } = openSession();
    const up = notification('notifications/roots/list_changed');
    const down = notification('notifications/message', { level: 'info', data: 'x' }, { from: fromServer });
    expect([...receive(record, up), ...receive(record, down)]).toMatchObject([
      { type: 'send', direction: fromClient, message: [up.frame.bytes], entry: undefined },
      { type: 'send', direction: fromServer, message: [down.frame.bytes], entry: undefined },
    ]);
  });

  test('goes on as an interceptor changed it, and acts as what it became', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const changed = frameOf({ method: 'notifications/cancelled', params: { requestId: 1 } });
    const effects = receive(record, notification('x', undefined, { verdict: forwardVerdict(changed) }));
    expect(settlements(effects)).toEqual([[1, 'cancelled']]);
  });

  test('that an interceptor blocks vanishes, and is counted', () => {
    const { record } = openSession();
    const effects = receive(record, notification('x', undefined, { verdict: blocked }));
    expect(effects).toEqual([]);
    expect(remarksOf(record)).toMatchObject({ blocked: 1, dropped: 1 });
  });

  test('for a reader who is gone is dropped, and counted', () => {
    const { record } = openSession({ isUpstreamAway: true });
    record.isClientGone = true;
    const toClient = commit(
      record,
      acceptNotification,
      notification('notifications/message', {}, { from: fromServer }),
    );
    const toServer = commit(record, acceptNotification, notification('notifications/roots/list_changed'));
    expect([toClient, toServer]).toEqual([[], []]);
    expect(remarksOf(record)).toEqual({ dropped: 2 });
  });
});

describe('R9 a cancellation', () => {
  test('ends the request it names, overtakes it or follows it, and the requester is told nothing', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const entry = record.unit.find(fromClient, 1);
    const event = cancelled(1);
    const effects = receive(record, event);
    expect(effects).toEqual([
      { type: 'settled', entry, outcome: 'cancelled', elapsedMs: 0 },
      { type: 'cancel', entry, message: [event.frame.bytes], frame: event.frame },
    ]);
    expect(waitingIds(record)).toEqual([]);
    receive(record, answer(1));
    expect(remarksOf(record)).toEqual({ 'outcome.cancelled': 1, lateResponses: 1 });
  });

  test('R10 of id 0 is a cancellation like any other', () => {
    const { record } = openSession();
    receive(record, request(0, 'tools/call'));
    expect(settlements(receive(record, cancelled(0)))).toEqual([[0, 'cancelled']]);
  });

  test('names a request of its own sender, never one of the other side', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, request(1, 'sampling/createMessage', undefined, { from: fromServer }));
    const effects = receive(record, cancelled(1, fromServer));
    expect(settlements(effects)).toEqual([[1, 'cancelled']]);
    expect(written(effects).map(({ to }) => to)).toEqual(['client']);
    expect(record.unit.find(fromClient, 1)).toBeDefined();
  });

  test('of a listener ends what is said for it, also where its server says it late', () => {
    const { record } = openSession();
    const about = (id: number) =>
      notification(
        'notifications/tools/list_changed',
        { _meta: { 'io.modelcontextprotocol/subscriptionId': id } },
        { from: fromServer },
      );
    for (const id of [1, 2]) receive(record, request(id, 'subscriptions/listen', { notifications: {} }));
    expect(written(receive(record, about(1)))).toHaveLength(1);
    receive(record, cancelled(1));
    expect(written(receive(record, about(1)))).toEqual([]);
    expect(written(receive(record, about(2)))).toHaveLength(1);
    expect(remarksOf(record)).toMatchObject({ dropped: 1 });
  });

  test('that names nothing waiting goes no further: its id may be in use again by then', () => {
    const { record } = openSession();
    receive(record, request('1', 'tools/call'));
    const effects = [cancelled(1), notification('notifications/cancelled')].flatMap((event) => receive(record, event));
    expect(effects).toEqual([]);
    expect(remarksOf(record)).toEqual({ lateCancellations: 2 });
    expect(waitingIds(record)).toEqual(['1']);
  });

  test('of initialize is ignored', () => {
    const { record } = openSession();
    receive(record, request(1, 'initialize'));
    expect(receive(record, cancelled(1))).toEqual([]);
    expect(remarksOf(record)).toEqual({ illegalCancellations: 1 });
    expect(waitingIds(record)).toEqual([1]);
  });

  test('of a request that is still held takes it back: the server hears of neither', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', undefined, { verdict: 'awaited' }));
    const effects = receive(record, cancelled(1));
    expect([settlements(effects), written(effects)]).toEqual([[[1, 'cancelled']], []]);
    expect(record.held.size).toBe(0);
  });

  test('of a request whose answer is held drops the answer', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, answer(1, { ticket: 2, verdict: 'awaited' }));
    const effects = receive(record, cancelled(1));
    expect([settlements(effects), written(effects), record.held.size]).toEqual([[[1, 'cancelled']], [], 0]);
  });

  test('for a peer who is gone settles, and is written to nobody', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    record.isUpstreamReady = false;
    const effects = commit(record, acceptNotification, cancelled(1));
    expect([settlements(effects), written(effects)]).toEqual([[[1, 'cancelled']], []]);
  });

  test('by which a server gives up a stream ends the stream, and the client is told', () => {
    const { record } = openSession();
    receive(record, request(1, 'subscriptions/listen'));
    receive(record, request(2, 'tools/call'));
    const event = cancelled(1, fromServer);
    const effects = receive(record, event);
    expect(settlements(effects)).toEqual([[1, 'cancelled']]);
    expect(written(effects)).toEqual([
      { to: 'client', message: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } } },
    ]);
    // Any other request of its client is not the server's to give up.
    expect(receive(record, cancelled(2, fromServer))).toEqual([]);
    expect([waitingIds(record), remarksOf(record)]).toEqual([[2], { 'outcome.cancelled': 1, lateCancellations: 1 }]);
  });
});

describe('R12 progress', () => {
  const params = { _meta: { progressToken: 'p' } };

  function aliveAt(record: SessionRecord, id: number): number | undefined {
    return record.unit.find(fromClient, id)?.lastActivityAt;
  }

  test('goes on, and is a sign of life of the request that asked for it', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', params));
    expect(written(receive(record, progress('p', fromServer, 40)))).toHaveLength(1);
    expect(aliveAt(record, 1)).toBe(40);
    expect(remarksOf(record)).toEqual({});
  });

  test('is a sign of life on the idle clock, which may stand still', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', params));
    receive(record, request('q', 'roots/list', undefined, { from: fromServer, at: 10 }));
    receive(record, progress('p', fromServer, 40));
    expect(aliveAt(record, 1)).toBe(10);
  });

  test('travels against its request: the same token on the other side is another one', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', params));
    receive(record, progress('p', fromClient, 40));
    expect([aliveAt(record, 1), remarksOf(record)]).toEqual([0, { unattributedProgress: 1 }]);
  });

  test('after the answer is swallowed and counted, or passed on where the profile says so', () => {
    for (const [profile, passes] of [
      [builtInProfiles.get('mcp')!, 0],
      [lenient, 1],
    ] as const) {
      const { record } = openSession({ profile });
      receive(record, request(1, 'tools/call', params));
      receive(record, answer(1));
      expect(written(receive(record, progress('p')))).toHaveLength(passes);
      expect(remarksOf(record)).toEqual({ 'outcome.result': 1, lateProgress: 1 });
    }
  });

  test('under a token that nobody gave goes on, and is counted', () => {
    const { record } = openSession();
    expect(written(receive(record, progress('invented')))).toHaveLength(1);
    expect(remarksOf(record)).toEqual({ unattributedProgress: 1 });
  });

  test('without a token goes on', () => {
    const { record } = openSession();
    const bare = notification('notifications/progress', { progress: 1 }, { from: fromServer });
    expect(written(receive(record, bare))).toHaveLength(1);
    expect(remarksOf(record)).toEqual({});
  });

  test('of a task goes on after the answer that created it, until the task is over', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', { task: {}, ...params }));
    receive(record, answer(1, { result: { task: { taskId: 't', status: 'working' } } }));
    expect(written(receive(record, progress('p')))).toHaveLength(1);
    const status = { taskId: 't', status: 'completed' };
    receive(record, notification('notifications/tasks/status', status, { from: fromServer }));
    expect(written(receive(record, progress('p')))).toEqual([]);
    expect(remarksOf(record)).toEqual({ 'outcome.result': 1, lateProgress: 1 });
  });

  test('of a token in use again belongs to the request that has it now', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', params));
    receive(record, answer(1));
    receive(record, request(2, 'tools/call', params));
    expect(written(receive(record, progress('p', fromServer, 9)))).toHaveLength(1);
    expect(aliveAt(record, 2)).toBe(9);
  });
});

test("the handshake's last word is kept for a server that comes back: a copy, and only the client's", () => {
  const { record } = openSession();
  receive(record, notification('notifications/initialized', undefined, { from: fromServer }));
  expect(record.facts.initialized).toBeUndefined();
  const event = notification('notifications/initialized');
  const bytes = event.frame.bytes.slice();
  expect(written(receive(record, event))).toHaveLength(1);
  event.frame.bytes.fill(0);
  expect(record.facts.initialized?.bytes).toEqual(bytes);
  expect(bytes).toEqual(encodeText('{"jsonrpc":"2.0","method":"notifications/initialized"}'));
});
