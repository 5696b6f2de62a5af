import { describe, expect, test } from 'vitest';
import type { Direction, RequestId } from '../../src/protocol/envelope.ts';
import { idKey } from '../../src/protocol/ids.ts';
import { checkInvariants } from '../../src/session/invariants.ts';
import { Ledger, type Budget, defaultLimits, listen, ordinary, question, reserved } from '../../src/session/limits.ts';
import { type EntryFacts, PendingEntry } from '../../src/session/pending.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { tagsOf } from '../../src/session/session-data.ts';
import { type TagRule, tagThresholds } from '../../src/session/tags.ts';
import {
  answer,
  commit,
  countsOf,
  fromClient,
  fromServer,
  notification,
  openSession,
  receive,
  request,
  settlements,
  structureOf,
  waitingIds,
} from './fixtures.ts';

const at = (time: number) => ({ at: time });

function entryOf(
  record: SessionRecord,
  id: RequestId,
  direction: Direction = fromClient,
  facts: Partial<EntryFacts> = {},
) {
  const now = record.unit.now;
  return new PendingEntry(
    record.id,
    {
      key: idKey(0, id),
      id,
      direction,
      method: 'tools/call',
      budget: ordinary,
      startedAt: now,
      times: { idleMs: 300, absoluteMs: 3000 },
      progressToken: undefined,
      passage: undefined,
      asksTask: false,
      isModern: false,
      isOwn: false,
      remembers: undefined,
      ...facts,
    },
    record.idleClock.read(now),
    'open',
  );
}

function put(
  record: SessionRecord,
  id: RequestId,
  direction: Direction = fromClient,
  facts: Partial<EntryFacts> = {},
): PendingEntry {
  const entry = entryOf(record, id, direction, facts);
  record.unit.put(entry);
  return entry;
}

describe('reads during a unit of work', () => {
  test('see what it put, and nobody else does before the commit', () => {
    const { record } = openSession();
    const { unit } = record;
    unit.begin(0);
    const [asked, theirs] = [put(record, 1), put(record, 1, fromServer)];
    expect([unit.find(fromClient, 1), unit.find(fromServer, 1)]).toEqual([asked, theirs]);
    expect([unit.find(fromClient, '1'), unit.pendingCount(), unit.waiting(fromClient)]).toEqual([undefined, 2, 1]);
    expect([...unit.entries()]).toEqual([asked, theirs]);
    put(record, 2, fromServer);
    expect([unit.waiting(fromClient), unit.waiting(fromServer)]).toEqual([1, 2]);
    expect(waitingIds(record)).toEqual([]);
    unit.prepare(false);
    unit.commit();
    expect(waitingIds(record)).toEqual([1, 1, 2]);
  });

  test('do not see what it took, though it is there until the commit', () => {
    const { record } = openSession();
    commit(record, () => put(record, 1, fromClient, { progressToken: 'p' }), at(0));
    commit(record, () => put(record, 2), at(0));
    const { unit } = record;
    unit.begin(1);
    unit.settle(unit.find(fromClient, 1)!, 'result');
    expect([unit.find(fromClient, 1), unit.findByToken(fromClient, 'p')]).toEqual([undefined, undefined]);
    expect([unit.pendingCount(), unit.waiting(fromClient), unit.waiting(fromServer)]).toEqual([1, 1, 0]);
    expect([...unit.entries()].map((entry) => entry.id)).toEqual([2]);
    expect(waitingIds(record)).toEqual([1, 2]);
    unit.prepare(false);
    unit.commit();
    expect(waitingIds(record)).toEqual([2]);
  });

  test('an entry that was put and settled in one unit was never there', () => {
    const session = openSession();
    const { record } = session;
    const effects = commit(
      record,
      ({ unit }) => {
        const entry = put(record, 1);
        unit.settle(entry, 'refused');
        expect([unit.find(fromClient, 1), unit.pendingCount(), [...unit.entries()]]).toEqual([undefined, 0, []]);
      },
      at(0),
    );
    expect(settlements(effects)).toEqual([[1, 'refused']]);
    expect([record.pending.size, session.ledger.used[0], session.alarms.dueAt.size]).toEqual([0, 0, 1]);
  });

  test('find a request by its token only while it waits', () => {
    const { record } = openSession();
    commit(record, () => put(record, 1, fromClient, { progressToken: 0 }), at(0));
    expect(record.unit.findByToken(fromClient, 0)?.id).toBe(1);
    expect(record.unit.findByToken(fromServer, 0)).toBeUndefined();
  });

  test('see the facts, the reason and the draining that were staged', () => {
    const { record } = openSession();
    const { unit } = record;
    unit.begin(0);
    unit.learn({ clientName: 'a' });
    unit.learn({ serverName: 'b' });
    unit.end('drained');
    unit.drain();
    expect([unit.facts.clientName, unit.facts.serverName]).toEqual(['a', 'b']);
    expect([unit.endReason, unit.isDraining]).toEqual(['drained', true]);
    expect([record.facts.clientName, record.endReason, record.isDraining]).toEqual([undefined, undefined, false]);
    unit.prepare(false);
    unit.commit();
    expect([record.facts.clientName, record.facts.serverName]).toEqual(['a', 'b']);
    expect([record.endReason, record.isDraining, unit.endReason, unit.isDraining]).toEqual([
      'drained',
      true,
      'drained',
      true,
    ]);
  });
});

describe('room', () => {
  const limits = { pendingPerSession: 2, reservedPerSession: 1, listensPerSession: 3, questionsPerSession: 4 };
  const everyBudget: readonly Budget[] = [ordinary, reserved, listen, question];

  test("ends at the session's limit of each budget, and what is staged counts", () => {
    const { record } = openSession({ limits });
    const { unit } = record;
    unit.begin(0);
    const room = everyBudget.map((budget) => {
      let entries = 0;
      for (; unit.fullScope(budget) === undefined; entries++)
        put(record, `${budget}-${entries}`, fromClient, { budget });
      expect(unit.fullScope(budget)).toBe('session');
      return entries;
    });
    expect(room).toEqual([2, 1, 3, 4]);
    unit.settle(unit.find(fromClient, '0-0')!, 'result');
    expect(everyBudget.map((budget) => unit.fullScope(budget))).toEqual([undefined, 'session', 'session', 'session']);
    unit.rollback();
  });

  test('ends at the limit of all sessions together, which is their sum at any moment', () => {
    const totals = { ...limits, pendingTotal: 3, reservedTotal: 1, listensTotal: 4 };
    const ledger = new Ledger({ ...defaultLimits, ...totals });
    const [one, other] = [openSession({ limits: totals, ledger }), openSession({ limits: totals, ledger })];
    for (const id of [1, 2]) commit(one.record, () => put(one.record, id), at(0));
    commit(other.record, () => put(other.record, 1), at(0));
    expect([...ledger.used]).toEqual([3, 0, 0, 0]);
    expect([one.record.unit.fullScope(ordinary), other.record.unit.fullScope(ordinary)]).toEqual(['session', 'total']);
    commit(one.record, ({ unit }) => unit.settle(unit.find(fromClient, 2)!, 'error'), at(1));
    expect([...ledger.used]).toEqual([2, 0, 0, 0]);
    expect(other.record.unit.fullScope(ordinary)).toBeUndefined();
  });

  test('of all sessions together counts what is staged', () => {
    const { record } = openSession({ limits: { pendingTotal: 2 } });
    const { unit } = record;
    unit.begin(0);
    put(record, 1);
    expect(unit.fullScope(ordinary)).toBeUndefined();
    put(record, 2);
    expect(unit.fullScope(ordinary)).toBe('total');
    unit.rollback();
  });
});

describe('a commit', () => {
  test('applies counts, frames, outcomes, state and tags at once', () => {
    const { record } = openSession({ principal: 'ann' });
    commit(record, () => put(record, 1), at(0));
    commit(
      record,
      ({ unit }) => {
        unit.countFrame(fromServer, 'response', 700);
        unit.settle(unit.find(fromClient, 1)!, 'result');
        unit.enter('active.serving');
      },
      at(40),
    );
    expect(countsOf(record)).toEqual({
      framesFromServer: 1,
      bytesFromServer: 700,
      responsesFromServer: 1,
      'outcome.result': 1,
    });
    expect([record.frames, record.lastFrameAt, record.largestFrameBytes]).toEqual([1, 40, 700]);
    expect([record.state, record.enteredAt, record.dwellMs[0]]).toEqual(['active.serving', 40, 40]);
    expect([tagsOf(record), record.version]).toEqual([['authenticated'], 2]);
  });

  test('counts each kind of frame to the side it came from', () => {
    const { record } = openSession();
    for (const kind of ['request', 'response', 'notification'] as const) {
      commit(record, ({ unit }) => unit.countFrame(fromClient, kind, 10), at(0));
      commit(record, ({ unit }) => unit.countFrame(fromServer, kind, 1), at(0));
    }
    expect(countsOf(record)).toEqual({
      framesFromClient: 3,
      framesFromServer: 3,
      bytesFromClient: 30,
      bytesFromServer: 3,
      requestsFromClient: 1,
      requestsFromServer: 1,
      responsesFromClient: 1,
      responsesFromServer: 1,
      notificationsFromClient: 1,
      notificationsFromServer: 1,
    });
    expect(record.largestFrameBytes).toBe(10);
  });

  test('runs its steps in order, after the table changed and before the state does', () => {
    const { record } = openSession();
    const seen: unknown[] = [];
    commit(
      record,
      ({ unit }) => {
        unit.later(() => seen.push(['first', record.pending.size, record.state, record.version]));
        put(record, 1);
        unit.enter('active.serving');
        unit.later(() => seen.push(['second', record.pending.size, record.state, record.version]));
      },
      at(0),
    );
    expect(seen).toEqual([
      ['first', 1, 'initializing', 0],
      ['second', 1, 'initializing', 0],
    ]);
  });

  test('tells each settlement with its time, to everybody but about our own requests', () => {
    const { record } = openSession();
    commit(record, () => put(record, 1), at(10));
    commit(record, () => put(record, 'own', fromClient, { isOwn: true }), at(10));
    const effects = commit(
      record,
      ({ unit }) => {
        unit.settle(unit.find(fromClient, 1)!, 'timeout');
        unit.settle(unit.find(fromClient, 'own')!, 'error');
      },
      at(35),
    );
    expect(effects).toMatchObject([{ type: 'settled', outcome: 'timeout', elapsedMs: 25 }]);
    expect(countsOf(record)).toEqual({ 'outcome.timeout': 1 });
    expect([record.tombstones.classify(fromClient, 1), record.tombstones.classify(fromClient, 'own')]).toEqual([
      'late',
      'bogus',
    ]);
    expect(record.recentNotResult.size).toBe(1);
  });

  test('remembers a refused request as an outcome, not as one that was there', () => {
    const { record } = openSession();
    const effects = commit(record, ({ unit }) => unit.settleUnlisted(entryOf(record, 1), 'refused'), at(0));
    expect([settlements(effects), countsOf(record)]).toEqual([[[1, 'refused']], { 'outcome.refused': 1 }]);
    expect([record.tombstones.size, record.recentNotResult.count]).toEqual([0, 1]);
  });

  test('counts the edges between states and the time in each; to stay is no edge', () => {
    const { record } = openSession();
    const walk = ['active.serving', 'active.recovering', 'active.serving', 'active.serving', 'shuttingDown'] as const;
    walk.forEach((state, index) => commit(record, ({ unit }) => unit.enter(state), at(10 * (index + 1))));
    expect([...record.transitions.values()].reduce((sum, count) => sum + count)).toBe(4);
    expect(record.dwellMs).toEqual([10, 30, 10, 0, 0, 0]);
    expect(record.enteredAt).toBe(50);
  });

  test('S3 settles a request once: a second settlement in the same unit is a defect', () => {
    const { record } = openSession();
    commit(record, () => put(record, 1), at(0));
    const entry = record.unit.find(fromClient, 1)!;
    const twice = (): unknown =>
      commit(
        record,
        ({ unit }) => {
          unit.settle(entry, 'result');
          unit.settle(entry, 'timeout');
        },
        at(1),
      );
    expect(twice).toThrow('Request 1 was settled twice');
    expect([waitingIds(record), entry.isTaken]).toEqual([[1], false]);
  });

  test('an id that was settled may be used again at once', () => {
    const { record } = openSession();
    commit(record, () => put(record, 1), at(0));
    commit(record, ({ unit }) => unit.settle(unit.find(fromClient, 1)!, 'result'), at(1));
    commit(record, () => put(record, 1), at(2));
    expect(record.unit.find(fromClient, 1)?.startedAt).toBe(2);
  });
});

describe('a rollback', () => {
  const failing: TagRule = {
    tag: 'fussy',
    holds: (view) => {
      if (view.now === 666) throw new Error('not this one');
      return false;
    },
  };

  test('S6 leaves a session as it was, whatever the unit had staged', () => {
    const session = openSession({ tagRules: [failing] });
    const { record, alarms } = session;
    receive(record, request(1, 'tools/call', { _meta: { progressToken: 'p' } }));
    receive(record, request(2, 'resources/subscribe', { uri: 'a:b' }, { ticket: 2, verdict: 'awaited' }));
    receive(record, request('q', 'sampling/createMessage', undefined, { from: fromServer, ticket: 3 }));
    receive(record, answer('q', { from: fromClient, ticket: 4, verdict: 'awaited' }));
    const before = structureOf(session);
    expect(() =>
      commit(
        record,
        ({ unit }) => {
          unit.countFrame(fromClient, 'request', 10_000_000);
          put(record, 9, fromServer);
          for (const entry of [...unit.entries()]) unit.settle(entry, 'error');
          unit.learn({ serverName: 'x' });
          unit.later(() => record.labels.set('x', true));
          unit.effect({ type: 'recovered' });
          unit.enter('failed');
          unit.end('age');
          unit.drain();
        },
        at(666),
      ),
    ).toThrow('not this one');
    expect(structureOf(session)).toEqual(before);
    expect([...record.pending.entries()].map(({ isTaken }) => isTaken)).toEqual([false, false, false]);
    checkInvariants(record);
    // The next unit begins clean.
    expect(commit(record, () => {}, at(700))).toEqual([]);
    expect(record.facts.serverName).toBeUndefined();
    expect([record.state, record.endReason, record.isDraining, record.labels.size]).toEqual([
      'initializing',
      undefined,
      false,
      0,
    ]);
    expect(alarms.dueAt.has(record.alarm)).toBe(true);
  });

  test('the request that a rolled-back answer would have settled still waits, and can be settled', () => {
    const { record } = openSession({ tagRules: [failing] });
    receive(record, request(1, 'tools/call'));
    expect(() => receive(record, answer(1, { at: 666 }))).toThrow('not this one');
    expect(waitingIds(record)).toEqual([1]);
    expect(settlements(receive(record, answer(1, { at: 667 })))).toEqual([[1, 'result']]);
  });
});

describe('tags', () => {
  const frameAt = (record: SessionRecord, time: number) => receive(record, notification('x', undefined, { at: time }));

  test('count the frame that is being decided', () => {
    const { record } = openSession({ limits: { pendingPerSession: 5, pendingSoftRatio: 0.2 } });
    receive(record, request(1, 'tools/call'));
    expect(tagsOf(record)).toEqual([]);
    receive(record, request(2, 'tools/call'));
    expect(tagsOf(record)).toEqual(['saturated']);
    receive(record, answer(1));
    expect(tagsOf(record)).toEqual([]);
  });

  test('are decided by rules that see the outcome that is being given', () => {
    const seen: (readonly number[])[] = [];
    const watching: TagRule = {
      tag: 'watched',
      holds: (view) => {
        seen.push([view.recentOutcomes, view.recentNotResult, view.recentLatencies, view.recentSlow]);
        return false;
      },
    };
    const { record } = openSession({ tagRules: [watching] });
    receive(record, request(1, 'tools/call'));
    receive(record, answer(1, { at: tagThresholds.slowMs + 1 }));
    frameAt(record, tagThresholds.slowMs + 2);
    receive(record, request(2, 'tools/call', undefined, { at: tagThresholds.slowMs + 3 }));
    receive(record, answer(2, { at: tagThresholds.slowMs + 4, error: { code: 1, message: 'no' } }));
    expect(seen).toEqual([
      [0, 0, 0, 0],
      [1, 0, 1, 1],
      [1, 0, 1, 1],
      [1, 0, 1, 1],
      [2, 1, 2, 1],
    ]);
  });

  test('count the outcome that is being given, and forget what falls out of the window', () => {
    const { record } = openSession();
    for (let id = 0; id < 5; id++) receive(record, request(id, 'tools/call'));
    for (let id = 0; id < 4; id++) receive(record, answer(id, { error: { code: 1, message: 'no' } }));
    expect(tagsOf(record)).toEqual([]);
    receive(record, answer(4, { error: { code: 1, message: 'no' } }));
    expect(tagsOf(record)).toEqual(['error-prone']);
    for (let id = 10; id < 26; id++) {
      receive(record, request(id, 'tools/call'));
      receive(record, answer(id));
    }
    expect(tagsOf(record)).toEqual([]);
  });

  test('count latencies, the one that just ended included', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, answer(1, { at: 5000 }));
    expect(tagsOf(record)).toEqual([]);
    receive(record, request(2, 'tools/call', undefined, { at: 5000 }));
    receive(record, answer(2, { at: 10_001 }));
    expect(tagsOf(record)).toEqual(['slow']);
  });

  test('count the rate of frames over the window', () => {
    const { record } = openSession();
    for (let frame = 0; frame < 500; frame++) frameAt(record, frame);
    expect(tagsOf(record)).toEqual([]);
    frameAt(record, 500);
    expect(tagsOf(record)).toEqual(['high-volume']);
    commit(record, () => {}, at(11_000));
    expect(tagsOf(record)).toEqual([]);
  });

  test('count frames, and the largest of them, for as long as the session lives', () => {
    const { record } = openSession();
    for (let frame = 0; frame < 1001; frame++) frameAt(record, frame * 1000);
    expect(tagsOf(record)).toEqual(['long-running', 'high-volume']);
    commit(record, ({ unit }) => unit.countFrame(fromClient, 'request', 1_048_577), at(1_001_000));
    commit(record, () => {}, at(1_002_000));
    expect(tagsOf(record)).toEqual(['long-running', 'high-volume', 'large-payload']);
  });

  test('go with silence, and come with it', () => {
    const { record } = openSession();
    frameAt(record, 0);
    commit(record, () => {}, at(60_000));
    expect(tagsOf(record)).toEqual(['idle']);
    frameAt(record, 60_001);
    expect(tagsOf(record)).toEqual([]);
  });

  test('take no notice of requests of our own', () => {
    const { record } = openSession();
    for (let id = 0; id < 5; id++) {
      receive(record, request(id, 'tools/call'));
      receive(record, answer(id, { error: { code: 1, message: 'no' } }));
    }
    for (let id = 10; id < 25; id++) {
      receive(record, request(id, 'tools/call'));
      receive(record, answer(id));
    }
    commit(record, () => put(record, 'own', fromClient, { isOwn: true }), at(0));
    commit(record, ({ unit }) => unit.settle(unit.find(fromClient, 'own')!, 'result'), at(0));
    expect(tagsOf(record)).toEqual(['error-prone']);
  });

  const evening: TagRule = {
    tag: 'evening',
    holds: ({ now }) => now >= 500,
    changesAt: ({ now }) => (now < 500 ? 500 : Infinity),
  };

  test('of the user follow the time too, when the session looks at itself', () => {
    const session = openSession({ tagRules: [evening] });
    const { record } = session;
    frameAt(record, 0);
    expect(session.alarms.dueAt.get(record.alarm)).toBe(500);
    record.unit.begin(500);
    record.unit.prepare(true);
    record.unit.commit();
    expect(tagsOf(record)).toEqual(['evening']);
  });

  test('of the user stay as they were when a rule throws in work that has to come to its end', () => {
    let isBroken = false;
    const moody: TagRule = {
      tag: 'moody',
      holds: () => {
        if (isBroken) throw new Error('no mood');
        return true;
      },
    };
    const { record } = openSession({ tagRules: [moody, { tag: 'calm', holds: () => false }], principal: 'ann' });
    frameAt(record, 0);
    isBroken = true;
    expect(() => frameAt(record, 1)).toThrow('no mood');
    record.unit.begin(60_000);
    record.unit.prepare(true);
    record.unit.commit();
    expect(tagsOf(record)).toEqual(['authenticated', 'idle', 'moody']);
  });
});

describe('timers', () => {
  const times = { requestIdleMs: 300, requestAbsoluteMs: 1000, sessionIdleMs: 5000, sessionAgeMs: 90_000 };

  test("a request's timer stands at its earlier deadline, and is gone when the request is", () => {
    const { record, alarms } = openSession({ times });
    receive(record, request(1, 'tools/call', undefined, { at: 10 }));
    const entry = record.unit.find(fromClient, 1)!;
    expect(alarms.dueAt.get(entry)).toBe(310);
    receive(record, answer(1, { at: 20 }));
    expect(alarms.dueAt.has(entry)).toBe(false);
  });

  test('P7 a request that arrives while its client is being asked is looked at after its idle time, not at its last hour', () => {
    const { record, alarms } = openSession({ times });
    receive(record, request('q', 'elicitation/create', undefined, { from: fromServer }));
    receive(record, request(1, 'tools/call', undefined, { at: 10, ticket: 2 }));
    expect(alarms.dueAt.get(record.unit.find(fromClient, 1)!)).toBe(310);
  });

  test('deadlines that were put off while the client was asked come forward when it has answered', () => {
    const { record, alarms } = openSession({ times });
    receive(record, request('q', 'elicitation/create', undefined, { from: fromServer }));
    receive(record, request(1, 'tools/call', undefined, { at: 10, ticket: 2 }));
    const entry = record.unit.find(fromClient, 1)!;
    // Its timer rang while nobody knew when the clock would go on.
    alarms.set(entry, 900);
    receive(record, answer('q', { from: fromClient, at: 400 }));
    expect(alarms.dueAt.get(entry)).toBe(700);
  });

  test('the idle clock stands still while the server asks its client something, and goes on with the last answer', () => {
    const { record } = openSession({ times });
    receive(record, request('q', 'elicitation/create', undefined, { from: fromServer, at: 10 }));
    receive(record, request('r', 'roots/list', undefined, { from: fromServer, at: 20, ticket: 2 }));
    expect(record.idleClock.read(30)).toBe(10);
    receive(record, answer('q', { from: fromClient, at: 40 }));
    expect(record.idleClock.held).toBe(true);
    receive(record, answer('r', { from: fromClient, at: 50 }));
    expect([record.idleClock.held, record.idleClock.read(60)]).toEqual([false, 20]);
  });

  test("the session's timer stands at its idle limit, its age, or the next change of a tag, whichever is first", () => {
    const { record, alarms } = openSession({ times });
    receive(record, notification('x'));
    expect(alarms.dueAt.get(record.alarm)).toBe(5000);
    const young = openSession({ openedAt: 50, times: { ...times, sessionAgeMs: 400 } });
    receive(young.record, notification('x', undefined, { at: 100 }));
    expect(young.alarms.dueAt.get(young.record.alarm)).toBe(450);
    const timeless = openSession({ times: { sessionIdleMs: Infinity, sessionAgeMs: Infinity } });
    receive(timeless.record, notification('x', undefined, { at: 100 }));
    expect(timeless.alarms.dueAt.get(timeless.record.alarm)).toBe(60_100);
  });

  test("the session's timer is not moved by every frame: one that rings too early asks again", () => {
    const { record, alarms } = openSession({ times });
    receive(record, notification('x'));
    for (const time of [3000, 4000]) receive(record, notification('x', undefined, { at: time }));
    expect(alarms.dueAt.get(record.alarm)).toBe(5000);
    // It rang: the runtime says so by forgetting when it was due.
    record.alarm.dueAt = Infinity;
    commit(record, () => {}, at(5000));
    expect(alarms.dueAt.get(record.alarm)).toBe(9000);
  });

  test('a busy session is not idle: its timer looks again one idle time later', () => {
    const { record, alarms } = openSession({ times });
    receive(record, request(1, 'subscriptions/listen', undefined, { at: 100 }));
    record.alarm.dueAt = Infinity;
    commit(record, () => {}, at(7000));
    expect(alarms.dueAt.get(record.alarm)).toBe(12_000);
  });

  test('a session that has ended has no timer', () => {
    const { record, alarms } = openSession({ times });
    receive(record, notification('x', undefined, { at: 100 }));
    commit(
      record,
      ({ unit }) => {
        unit.end('drained');
        unit.enter('closed');
      },
      at(200),
    );
    expect(alarms.dueAt.size).toBe(0);
  });
});

describe('who asks whether a session is busy', () => {
  test('is told when it becomes busy and when it becomes quiet, after the commit and not in between', () => {
    const told: (readonly [boolean, number])[] = [];
    const { record } = openSession({ occupancyChanged: (changed) => told.push([changed.isBusy, changed.version]) });
    receive(record, request(1, 'tools/call'));
    receive(record, request(2, 'tools/call'));
    receive(record, answer(1));
    expect(told).toEqual([[true, 1]]);
    receive(record, answer(2));
    expect(told).toEqual([
      [true, 1],
      [false, 4],
    ]);
  });
});
