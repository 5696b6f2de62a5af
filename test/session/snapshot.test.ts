import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sessionStates } from '../../src/session/outcomes.ts';
import { Exchange } from '../../src/session/pending.ts';
import { snapshotOf, snapshotVersion, transitionsOf } from '../../src/session/snapshot.ts';
import {
  answer,
  blocked,
  commit,
  fromServer,
  notification,
  openSession,
  receive,
  request,
  type Session,
  structureOf,
} from './fixtures.ts';

/** A session in which something of everything has happened, always the same way. */
function eventfulSession(): Session {
  const session = openSession({
    id: '7f3a',
    transportType: 'stdio',
    principal: 'ann',
    route: 'files',
    times: { requestIdleMs: 300_000, requestAbsoluteMs: 3_600_000 },
  });
  const { record } = session;
  const clientInfo = { name: 'inspector', version: '1' };
  const welcome = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'everything', version: '2' } };
  receive(
    record,
    request(0, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }, { at: 10 }),
  );
  receive(record, answer(0, { at: 40, ticket: 2, result: welcome }));
  commit(record, ({ unit }) => unit.enter('active.serving'), { at: 40 });
  receive(record, notification('notifications/initialized', undefined, { at: 50, ticket: 3 }));
  const asksTask = { task: {}, _meta: { progressToken: 'build' } };
  receive(record, request(1, 'tools/call', asksTask, { at: 100, ticket: 4 }));
  receive(record, answer(1, { at: 130, ticket: 5, result: { task: { taskId: 'task-1', status: 'working' } } }));
  receive(record, request('a', 'tools/call', { _meta: { progressToken: 7 } }, { at: 200, ticket: 6 }));
  receive(record, request(2, 'subscriptions/listen', undefined, { at: 210, ticket: 7 }));
  receive(record, request(3, 'tools/call', undefined, { at: 220, ticket: 8, verdict: blocked }));
  receive(record, request(4, 'tools/call', { name: 'wipe' }, { at: 230, ticket: 9, verdict: 'awaited' }));
  receive(record, notification('notifications/cancelled', { requestId: 99 }, { at: 240, ticket: 10 }));
  const fromThere = { from: fromServer, at: 250, ticket: 11 };
  receive(record, request(0, 'sampling/createMessage', { _meta: { progressToken: 7 } }, fromThere));
  record.labels.set('demo', true);
  return session;
}

/** Changes every value that can be reached in a piece of plain data, and adds to what can grow. */
function vandalize(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value)) vandalize(part);
  if (Array.isArray(value)) value.push('graffiti');
  const target = value as Record<string, unknown>;
  for (const key of Object.keys(target)) target[key] = 'graffiti';
  target['graffiti'] = true;
}

describe('a snapshot', () => {
  test('has a version, which a change of what it means has to raise', () => {
    expect(snapshotVersion).toBe(1);
    expect(snapshotOf(openSession().record, 0).version).toBe(1);
  });

  test('says what it said when version 1 was written down', () => {
    const golden = readFileSync(new URL('golden/snapshot-v1.json', import.meta.url), 'utf8');
    expect(JSON.parse(JSON.stringify(snapshotOf(eventfulSession().record, 1000)))).toEqual(JSON.parse(golden));
  });

  test('survives JSON: what is read back equals what was written', () => {
    const snapshot = snapshotOf(eventfulSession().record, 1000);
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    expect(structuredClone(snapshot)).toEqual(snapshot);
  });

  test('is a copy to its depth: whatever is done to it, the session stays as it is', () => {
    const session = eventfulSession();
    const before = structureOf(session);
    const again = JSON.stringify(snapshotOf(session.record, 1000));
    vandalize(snapshotOf(session.record, 1000));
    expect(structureOf(session)).toEqual(before);
    expect(JSON.stringify(snapshotOf(session.record, 1000))).toBe(again);
  });

  test('stays as it was, whatever happens to the session afterwards', () => {
    const { record } = eventfulSession();
    const snapshot = snapshotOf(record, 1000);
    const text = JSON.stringify(snapshot);
    receive(record, answer('a', { at: 2000, ticket: 12 }));
    record.labels.clear();
    commit(record, ({ unit }) => unit.enter('shuttingDown'), { at: 3000 });
    expect(JSON.stringify(snapshot)).toBe(text);
  });

  test('changes nothing by being taken', () => {
    const session = eventfulSession();
    const before = structureOf(session);
    snapshotOf(session.record, 1e9);
    expect(structureOf(session)).toEqual(before);
  });
});

describe('the requests in a snapshot', () => {
  test('say how long they have waited and when they are due; null where no deadline runs', () => {
    const { record } = openSession({ times: { requestIdleMs: 300, requestAbsoluteMs: 1000 } });
    receive(record, request(1, 'tools/call', undefined, { at: 100 }));
    receive(record, request(2, 'subscriptions/listen', undefined, { at: 150 }));
    expect(snapshotOf(record, 200).pending).toMatchObject([
      { id: 1, ageMs: 100, dueInMs: 200, budget: 'ordinary', state: 'open' },
      { id: 2, ageMs: 50, dueInMs: null, budget: 'listen', state: 'open' },
    ]);
  });
});

describe('a question of the server', () => {
  const parents = (record: Session['record']): readonly unknown[] =>
    snapshotOf(record, 10)
      .pending.filter(({ direction }) => direction === fromServer)
      .map(({ parent }) => parent);

  test('says in whose course it was asked, where only one request can have caused it', () => {
    const { record } = openSession();
    receive(record, request('q0', 'roots/list', undefined, { from: fromServer, ticket: 1 }));
    receive(record, request(7, 'tools/call', undefined, { ticket: 2 }));
    receive(record, request('q1', 'roots/list', undefined, { from: fromServer, ticket: 3 }));
    receive(record, request(8, 'tools/call', undefined, { ticket: 4 }));
    receive(record, request('q2', 'roots/list', undefined, { from: fromServer, ticket: 5 }));
    expect(parents(record)).toEqual([undefined, 7, undefined]);
  });

  test('says it by the way on which it came, among several, under the id that the client knows', () => {
    const { record } = openSession({ hasExchanges: true });
    const [one, other] = [new Exchange(), new Exchange()];
    receive(record, request(1, 'tools/call', undefined, { via: one, ticket: 1 }));
    receive(record, request(2, 'tools/call', undefined, { via: other, ticket: 2 }));
    const via = { exchange: other, request: record.pending.entries()[1]!, status: 200 };
    receive(record, request('q', 'roots/list', undefined, { from: fromServer, ticket: 3, via }));
    expect(parents(record)).toEqual([2]);
  });
});

describe('when the peers were heard last', () => {
  test('is told of each by itself, and not before its first message', () => {
    const { record } = openSession();
    const heard = (now: number): readonly unknown[] => {
      const { sinceClientMs, sinceServerMs } = snapshotOf(record, now);
      return [sinceClientMs, sinceServerMs];
    };
    expect(heard(5)).toEqual([undefined, undefined]);
    receive(record, request(1, 'tools/call', undefined, { at: 10 }));
    expect(heard(15)).toEqual([5, undefined]);
    receive(record, answer(1, { at: 30, ticket: 2 }));
    expect(heard(50)).toEqual([40, 20]);
  });
});

describe('the time in each state', () => {
  test('includes the present stay', () => {
    const { record } = openSession();
    commit(record, ({ unit }) => unit.enter('active.serving'), { at: 30 });
    expect(snapshotOf(record, 100).dwellMs).toEqual({
      initializing: 30,
      'active.serving': 70,
      'active.recovering': 0,
      shuttingDown: 0,
      closed: 0,
      failed: 0,
    });
  });

  test('stops with the session: nobody dwells in an end', () => {
    for (const state of ['closed', 'failed'] as const) {
      const { record } = openSession();
      commit(
        record,
        ({ unit }) => {
          unit.end('drained');
          unit.enter(state);
        },
        { at: 30 },
      );
      const { dwellMs, status, endReason } = snapshotOf(record, 100);
      expect([dwellMs.initializing, dwellMs[state], endReason]).toEqual([30, 0, 'drained']);
      expect(status).toBe(state === 'closed' ? 'completed' : 'failed');
    }
  });
});

test('edges are named by their states, in the order of the states', () => {
  const size = sessionStates.length;
  const counts = new Map([
    [2 * size + 1, 3],
    [1, 1],
    [size + 2, 4],
  ]);
  expect(transitionsOf(counts)).toEqual([
    { from: 'initializing', to: 'active.serving', count: 1 },
    { from: 'active.serving', to: 'active.recovering', count: 4 },
    { from: 'active.recovering', to: 'active.serving', count: 3 },
  ]);
});

test('the age of a session is the time since it was opened, whenever that was', () => {
  const { record } = openSession({ openedAt: 5000 });
  expect(snapshotOf(record, 5250).ageMs).toBe(250);
});
