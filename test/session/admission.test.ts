import { describe, expect, test } from 'vitest';
import { admit, budgetOf, newEntry, refuseDraining } from '../../src/session/admission.ts';
import { budgets, type Limits } from '../../src/session/limits.ts';
import { builtInProfiles } from '../../src/session/profiles.ts';
import {
  answer,
  commit,
  countsOf,
  fromClient,
  fromServer,
  openSession,
  receive,
  refusals,
  remarksOf,
  request,
  settlements,
  structureOf,
  waitingIds,
  written,
} from './fixtures.ts';

const lspLike = builtInProfiles.get('lsp-like')!;

describe('the entry of a request', () => {
  test('remembers what its answer has to be read with', () => {
    const { record } = openSession({ times: { requestIdleMs: 300, requestAbsoluteMs: 1000 } });
    const params = { task: {}, _meta: { progressToken: 'p' } };
    const entry = newEntry(record, request('a', 'tools/call', params, { at: 7 }), 'open');
    expect(entry).toMatchObject({
      sessionId: 's1',
      id: 'a',
      idToken: '"a"',
      direction: fromClient,
      method: 'tools/call',
      startedAt: 7,
      lastActivityAt: 7,
      idleMs: 300,
      absoluteMs: 1000,
      progressToken: 'p',
      asksTask: true,
      isModern: false,
      isOwn: false,
      remembers: undefined,
      state: 'open',
    });
    expect(waitingIds(record)).toEqual([]);
  });

  test('knows the era that the request claims', () => {
    const meta = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    expect(newEntry(openSession().record, request(1, 'tools/call', meta), 'open').isModern).toBe(true);
  });

  test('has a copy of the bytes it remembers: the original may be part of a chunk that is used again', () => {
    const event = request(1, 'logging/setLevel', { level: 'info' });
    const entry = newEntry(openSession().record, event, 'open');
    expect(entry.remembers?.bytes).toEqual(event.frame.bytes);
    event.frame.bytes.fill(0);
    expect(entry.remembers?.bytes[0]).toBe('{'.charCodeAt(0));
  });

  test('is born in the present of the idle clock', () => {
    const { record } = openSession();
    receive(record, request('q', 'roots/list', undefined, { from: fromServer, at: 10 }));
    expect(newEntry(record, request(1, 'tools/call', undefined, { at: 50 }), 'open').lastActivityAt).toBe(10);
  });
});

test('S7 the handshake, pings and shutdown draw on the reserve, listening streams and what servers ask on limits of their own', () => {
  const plain = openSession().record;
  const dialect = openSession({ profile: lspLike }).record;
  const methods = ['tools/call', 'initialize', 'ping', 'shutdown', 'subscriptions/listen', 'x/unknown'];
  const drawnOn = methods.map((method) =>
    [plain, dialect].map((record) => budgets[budgetOf(record, method, fromClient)]),
  );
  expect(drawnOn).toEqual([
    ['ordinary', 'ordinary'],
    ['reserved', 'reserved'],
    ['reserved', 'reserved'],
    ['ordinary', 'reserved'],
    ['listen', 'listen'],
    ['ordinary', 'ordinary'],
  ]);
  expect(new Set(methods.map((method) => budgets[budgetOf(dialect, method, fromServer)]))).toEqual(
    new Set(['question']),
  );
});

describe('a request', () => {
  test('that is taken on waits in the table, and nobody is told anything', () => {
    const { record, ledger } = openSession();
    const effects = commit(record, (_, event) => void admit(record, event, 'open'), request(1, 'tools/call'));
    expect([effects, waitingIds(record), ledger.used[0]]).toEqual([[], [1], 1]);
  });

  test('whose id is still waiting is refused, and the one that waits stays', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const effects = receive(record, request(1, 'tools/list'));
    expect(written(effects)).toEqual([
      {
        to: 'client',
        message: {
          jsonrpc: '2.0',
          id: 1,
          error: {
            code: -32600,
            message: 'Invalid Request',
            data: { code: 'INVALID_REQUEST', reason: 'A request with this id is still waiting for its answer' },
          },
        },
      },
    ]);
    expect(remarksOf(record)).toEqual({ duplicateIds: 1, 'outcome.refused': 1 });
    expect(record.unit.find(fromClient, 1)?.method).toBe('tools/call');
  });

  test('may use an id that the other side uses, and one that is the same text but another type', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, request('1', 'tools/call'));
    receive(record, request(1, 'ping', undefined, { from: fromServer }));
    expect(waitingIds(record)).toEqual([1, '1', 1]);
  });

  test('of a server is refused when its client sends nothing more: nobody could answer', () => {
    const { record } = openSession();
    record.isClientInputClosed = true;
    const effects = receive(record, request(1, 'roots/list', undefined, { from: fromServer }));
    expect(refusals(effects, 'server')).toEqual([{ id: 1, code: 'SESSION_NOT_FOUND', reason: 'client-gone' }]);
    expect(settlements(receive(record, request(1, 'tools/call')))).toEqual([]);
    expect(waitingIds(record)).toEqual([1]);
  });
});

describe('S7 at the limit', () => {
  const limits: Partial<Limits> = { pendingPerSession: 2, reservedPerSession: 1, listensPerSession: 1 };
  const kinds = [
    ['tools/call', 2, 'refusedPerSession'],
    ['ping', 1, 'refusedReserved'],
    ['subscriptions/listen', 1, 'refusedListen'],
  ] as const;

  test.each(kinds)("%s is refused with the session's numbers, and leaves nothing behind", (method, limit, counter) => {
    const session = openSession({ limits });
    const { record } = session;
    for (let id = 0; id < limit; id++) receive(record, request(id, method));
    const { pending: before } = structureOf(session) as { pending: unknown };
    const effects = receive(record, request('more', method));
    expect(refusals(effects, 'client')).toEqual([
      { id: 'more', code: 'TOO_MANY_REQUESTS', scope: 'session', current: limit, limit, retryAfterMs: 1000 },
    ]);
    expect(remarksOf(record)).toEqual({ [counter]: 1, 'outcome.refused': 1 });
    expect((structureOf(session) as { pending: unknown }).pending).toEqual(before);
    receive(record, answer(0));
    receive(record, request('more', method));
    expect(waitingIds(record)).toContain('more');
  });

  test('a question of the server is refused by limits of its own, which its client does not fill', () => {
    const one = openSession({ limits: { pendingTotal: 1, questionsPerSession: 1, questionsTotal: 2 } });
    const other = openSession({ limits: { questionsPerSession: 2, questionsTotal: 2 }, ledger: one.ledger });
    receive(one.record, request(1, 'tools/call'));
    const ask = (record: typeof one.record, id: number) =>
      refusals(receive(record, request(id, 'roots/list', undefined, { from: fromServer })), 'server');
    expect(ask(one.record, 1)).toEqual([]);
    expect(ask(one.record, 2)).toMatchObject([{ id: 2, scope: 'session', current: 1, limit: 1 }]);
    expect(ask(other.record, 3)).toEqual([]);
    expect(ask(other.record, 4)).toMatchObject([{ id: 4, scope: 'total', current: 2, limit: 2 }]);
    expect([one, other].map(({ record }) => remarksOf(record))).toEqual(
      Array.from({ length: 2 }, () => ({ refusedQuestions: 1, 'outcome.refused': 1 })),
    );
    expect([...one.ledger.used]).toEqual([1, 0, 0, 2]);
  });

  test.each([
    ['tools/call', 'pendingTotal', 'refusedTotal'],
    ['ping', 'reservedTotal', 'refusedReserved'],
    ['subscriptions/listen', 'listensTotal', 'refusedListen'],
  ] as const)('%s is refused when all sessions together are at it', (method, total, counter) => {
    const one = openSession({ limits: { [total]: 3 } });
    const other = openSession({ limits: { [total]: 3 }, ledger: one.ledger });
    for (const id of [1, 2]) receive(one.record, request(id, method));
    receive(other.record, request(1, method));
    const effects = receive(other.record, request(2, method));
    expect(refusals(effects, 'client')).toEqual([
      { id: 2, code: 'TOO_MANY_REQUESTS', scope: 'total', current: 3, limit: 3, retryAfterMs: 1000 },
    ]);
    expect(remarksOf(other.record)).toEqual({ [counter]: 1, 'outcome.refused': 1 });
  });

  test('the handshake and pings pass when traffic is at its limit', () => {
    const { record } = openSession({ limits: { pendingPerSession: 1 } });
    receive(record, request(1, 'tools/call'));
    for (const [id, method] of [
      [2, 'ping'],
      [3, 'initialize'],
    ] as const)
      receive(record, request(id, method));
    expect(waitingIds(record)).toEqual([1, 2, 3]);
  });
});

test('a session on its way out counts a request, and refuses it', () => {
  const { record } = openSession();
  const effects = commit(record, refuseDraining, request(1, 'tools/call'));
  expect(refusals(effects, 'client')).toEqual([{ id: 1, code: 'DRAINING', executed: 'no', reason: 'draining' }]);
  expect(settlements(effects)).toEqual([[1, 'refused']]);
  expect(countsOf(record)).toMatchObject({ requestsFromClient: 1, 'outcome.refused': 1 });
  expect(waitingIds(record)).toEqual([]);
});
