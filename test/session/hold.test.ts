import { describe, expect, test } from 'vitest';
import { isStillWaiting } from '../../src/session/hold.ts';
import { noteUpstreamReady, startDraining } from '../../src/session/notes.ts';
import { wakeQueues } from '../../src/session/queue.ts';
import {
  answer,
  blocked,
  commit,
  countsOf,
  decide,
  forwardVerdict,
  frameOf,
  fromClient,
  fromServer,
  mocked,
  notification,
  openSession,
  receive,
  refusals,
  releaseAll,
  remarksOf,
  request,
  settlements,
  waitingIds,
  written,
} from './fixtures.ts';

const undecided = { verdict: 'awaited' } as const;
const goOn = forwardVerdict(frameOf({ method: 'x' }));

describe('a held request', () => {
  test('has been accepted: it waits, counts against the limit, and its id is taken', () => {
    const { record, ledger } = openSession({ limits: { pendingPerSession: 1 } });
    expect(receive(record, request(1, 'tools/call', undefined, undecided))).toEqual([]);
    expect([waitingIds(record), ledger.used[0], record.unit.find(fromClient, 1)?.state]).toEqual([[1], 1, 'held']);
    expect(refusals(receive(record, request(1, 'tools/call', undefined, undecided)), 'client')).toMatchObject([
      { code: 'INVALID_REQUEST' },
    ]);
    expect(refusals(receive(record, request(2, 'tools/call', undefined, undecided)), 'client')).toMatchObject([
      { code: 'TOO_MANY_REQUESTS', scope: 'session' },
    ]);
    expect(record.held.size).toBe(1);
  });

  test('knows how far its decision has come', () => {
    const { record } = openSession();
    const deliberation = { interceptor: 'guard', steps: [] };
    receive(record, { ...request(1, 'tools/call', undefined, undecided), deliberation });
    receive(record, request(2, 'tools/call', undefined, { ticket: 2, ...undecided }));
    expect([1, 2].map((ticket) => record.held.find(ticket)?.deliberation)).toEqual([deliberation, undefined]);
  });

  test('leaves when it is let through: changed where somebody changed it, and open from then on', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', undefined, undecided));
    const entry = record.unit.find(fromClient, 1)!;
    const changed = frameOf({ id: 1, method: 'tools/call', params: { name: 'safe' } });
    expect(decide(record, 1, forwardVerdict(changed))).toMatchObject([
      { type: 'send', direction: fromClient, message: [changed.bytes], entry: { id: 1 } },
    ]);
    expect([entry.state, record.held.size, waitingIds(record)]).toEqual(['open', 0, [1]]);
  });

  test("ends when it is blocked, or answered in the server's place", () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', undefined, undecided));
    receive(record, request(2, 'tools/call', undefined, { ticket: 2, ...undecided }));
    receive(record, request(3, 'tools/call', undefined, { ticket: 3, ...undecided }));
    const effects = [
      decide(record, 1, blocked),
      decide(record, 2, mocked({ result: { ok: true } })),
      decide(record, 3, mocked({ error: { code: 5, message: 'no' } })),
    ].flat();
    expect(settlements(effects)).toEqual([
      [1, 'refused'],
      [2, 'result'],
      [3, 'error'],
    ]);
    expect(written(effects)).toMatchObject([
      { to: 'client', message: { id: 1, error: { code: 4030, data: { code: 'BLOCKED', interceptor: 'guard' } } } },
      { to: 'client', message: { id: 2, result: { ok: true } } },
      { to: 'client', message: { id: 3, error: { code: 5 } } },
    ]);
    expect([record.held.size, waitingIds(record)]).toEqual([0, []]);
    expect(remarksOf(record)).toMatchObject({ held: 3, blocked: 1, mocked: 2 });
  });

  test('that finds no room is refused with the limit, and leaves nothing behind', () => {
    const { record } = openSession({ limits: { heldFramesPerSession: 1 } });
    receive(record, request(1, 'tools/call', undefined, undecided));
    const effects = receive(record, request(2, 'tools/call', undefined, undecided));
    expect(refusals(effects, 'client')).toEqual([
      { id: 2, code: 'TOO_MANY_REQUESTS', scope: 'held', current: 1, limit: 1, retryAfterMs: 1000 },
    ]);
    expect([settlements(effects), waitingIds(record), record.held.size]).toEqual([[[2, 'refused']], [1], 1]);
    expect(remarksOf(record)).toEqual({ held: 1, refusedHeld: 1, 'outcome.refused': 1 });
  });
});

describe('a held response', () => {
  test('keeps its request waiting, and settles it when it is let through', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    expect(receive(record, answer(1, undecided))).toEqual([]);
    expect([waitingIds(record), record.unit.find(fromClient, 1)?.state]).toEqual([[1], 'answering']);
    const changed = frameOf({ id: 1, result: { text: 'redacted' } });
    const effects = decide(record, 1, forwardVerdict(changed));
    expect(settlements(effects)).toEqual([[1, 'result']]);
    expect(effects.at(-1)).toMatchObject({ type: 'send', direction: fromServer, message: [changed.bytes] });
    expect([record.held.size, waitingIds(record)]).toEqual([0, []]);
  });

  test('nobody waits for is counted as what it is, and not held', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, answer(1));
    receive(record, answer(1, { ticket: 2, ...undecided }));
    receive(record, answer(7, { ticket: 3, ...undecided }));
    expect(remarksOf(record)).toEqual({ 'outcome.result': 1, duplicateResponses: 1, bogusResponses: 1 });
    expect(record.held.size).toBe(0);
  });

  test('R5 that comes a second time while the first is held is a duplicate', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, answer(1, undecided));
    receive(record, answer(1, { ticket: 2, ...undecided }));
    expect([record.held.size, remarksOf(record)]).toEqual([1, { held: 1, duplicateResponses: 1 }]);
  });

  test('to a request that is itself still held answers nobody: it has not been asked yet', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', undefined, undecided));
    receive(record, answer(1, { ticket: 2, ...undecided }));
    receive(record, answer(1, { ticket: 3 }));
    expect([record.held.size, waitingIds(record)]).toEqual([1, [1]]);
    expect(remarksOf(record)).toEqual({ held: 1, bogusResponses: 2 });
    // And so the queue of the server's frames is free.
    expect(written(receive(record, notification('x', undefined, { from: fromServer, ticket: 4 })))).toHaveLength(1);
  });

  test('that finds no room settles its request with a refusal; one without a request is counted as dropped', () => {
    const { record } = openSession({ limits: { heldFramesPerSession: 0 } });
    receive(record, request(1, 'tools/call'));
    const effects = receive(record, answer(1, undecided));
    expect(settlements(effects)).toEqual([[1, 'refused']]);
    expect(refusals(effects, 'client')).toMatchObject([{ id: 1, code: 'TOO_MANY_REQUESTS', scope: 'held' }]);
    receive(record, answer(null, { error: { code: 1, message: 'no' }, ...undecided }));
    expect(remarksOf(record)).toEqual({ refusedHeld: 2, dropped: 1, 'outcome.refused': 1 });
  });

  test('that names no request waits like any other frame, and goes on', () => {
    const { record } = openSession();
    const event = answer(null, { error: { code: 1, message: 'unreadable' }, ...undecided });
    receive(record, event);
    expect(written(decide(record, 1, forwardVerdict(event.frame)))).toMatchObject([
      { to: 'client', message: { id: null } },
    ]);
    expect([record.held.size, remarksOf(record)]).toEqual([0, { held: 1, errorsWithoutId: 1 }]);
  });
});

describe('a held notification', () => {
  test('goes on when it is let through, and vanishes when it is blocked', () => {
    const { record } = openSession();
    const event = notification('x', undefined, undecided);
    receive(record, event);
    expect(written(decide(record, 1, forwardVerdict(event.frame)))).toHaveLength(1);
    receive(record, notification('x', undefined, { ticket: 2, ...undecided }));
    expect(decide(record, 2, blocked)).toEqual([]);
    expect(record.held.size).toBe(0);
    expect(remarksOf(record)).toMatchObject({ held: 2, blocked: 1, dropped: 1 });
  });

  test('that finds no room is dropped, and counted as both', () => {
    const { record } = openSession({ limits: { heldFramesPerSession: 0 } });
    expect(receive(record, notification('x', undefined, undecided))).toEqual([]);
    expect(remarksOf(record)).toMatchObject({ refusedHeld: 1, dropped: 1 });
  });
});

test('a frame that is held counts as one that came, of its kind and size, and once', () => {
  const { record } = openSession();
  const events = [
    request(1, 'tools/call', undefined, undecided),
    notification('x', undefined, { ticket: 2, ...undecided }),
    request('q', 'roots/list', undefined, { from: fromServer, ticket: 3 }),
    answer('q', { from: fromClient, ticket: 4, ...undecided }),
  ];
  for (const event of events) receive(record, event);
  for (const { ticket, frame } of events) if (ticket !== 3) decide(record, ticket, forwardVerdict(frame));
  const [asked, noted, , answered] = events.map(({ frame }) => frame.bytes.length);
  expect(countsOf(record)).toMatchObject({
    framesFromClient: 3,
    requestsFromClient: 1,
    notificationsFromClient: 1,
    responsesFromClient: 1,
    bytesFromClient: asked! + noted! + answered!,
    framesFromServer: 1,
  });
});

describe('the order of one direction', () => {
  test('is kept whatever order the verdicts come in', () => {
    const { record } = openSession();
    const events = [1, 2, 3].map((id) => request(id, 'tools/call', undefined, { ticket: id, ...undecided }));
    for (const event of events) receive(record, event);
    const last = request(4, 'tools/call', undefined, { ticket: 4 });
    const effects = [
      ...receive(record, last),
      ...decide(record, 3, forwardVerdict(events[2]!.frame)),
      ...decide(record, 2, blocked),
    ];
    expect(effects).toEqual([]);
    const released = releaseAll(record, decide(record, 1, forwardVerdict(events[0]!.frame)));
    expect(written(released).map(({ to, message }) => [to, (message as { id: unknown }).id])).toEqual([
      ['server', 1],
      ['client', 2],
      ['server', 3],
      ['server', 4],
    ]);
    expect(record.held.size).toBe(0);
  });

  test('a frame behind several that leave together gets its turn', () => {
    const { record } = openSession({ isUpstreamAway: true });
    receive(record, request(1, 'tools/call'));
    receive(record, request(2, 'tools/call', undefined, { ticket: 2 }));
    receive(record, notification('x', undefined, { ticket: 3 }));
    const effects = commit(record, startDraining, { at: 0 });
    expect(settlements(effects)).toEqual([
      [1, 'refused'],
      [2, 'refused'],
    ]);
    commit(record, noteUpstreamReady, { at: 0 });
    expect(written(releaseAll(record, effects))).toMatchObject([
      { to: 'client', message: { id: 1 } },
      { to: 'client', message: { id: 2 } },
      { to: 'server', message: { method: 'x' } },
    ]);
  });
});

describe('a delay', () => {
  test('holds a frame until it is over, and frames behind it', () => {
    const { record } = openSession();
    const first = notification('first');
    receive(record, { ...first, verdict: forwardVerdict(first.frame, 50) });
    receive(record, notification('second', undefined, { ticket: 2 }));
    expect(decide(record, 1, 'turn', 20)).toEqual([]);
    const effects = releaseAll(record, decide(record, 1, 'delay-over', 50));
    expect(written(effects).map(({ message }) => (message as { method: string }).method)).toEqual(['first', 'second']);
  });

  test('that comes with a late verdict begins when the verdict comes', () => {
    const { record, alarms } = openSession();
    const event = notification('x', undefined, undecided);
    receive(record, event);
    expect(decide(record, 1, forwardVerdict(event.frame, 30), 100)).toEqual([]);
    const held = record.held.find(1)!;
    expect([alarms.dueAt.get(held), held.isDecided]).toEqual([130, false]);
    expect(written(decide(record, 1, 'delay-over', 130))).toHaveLength(1);
  });

  test('that is over behind another frame is remembered until its turn', () => {
    const { record } = openSession();
    const [first, second] = [notification('first'), notification('second', undefined, { ticket: 2 })];
    receive(record, { ...first, verdict: 'awaited' });
    receive(record, { ...second, verdict: forwardVerdict(second.frame, 10) });
    expect(decide(record, 2, 'delay-over', 10)).toEqual([]);
    expect(written(releaseAll(record, decide(record, 1, forwardVerdict(first.frame), 20)))).toHaveLength(2);
  });
});

describe('news about a frame', () => {
  test('that is gone changes nothing', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', undefined, undecided));
    receive(record, notification('notifications/cancelled', { requestId: 1 }, { ticket: 2 }));
    for (const news of [goOn, 'delay-over', 'turn'] as const) expect(decide(record, 1, news)).toEqual([]);
  });

  test('a verdict that is known leaves no timer behind', () => {
    const { record, alarms } = openSession();
    receive(record, notification('first', undefined, undecided));
    receive(record, notification('second', undefined, { ticket: 2, ...undecided }));
    decide(record, 2, blocked);
    expect(alarms.dueAt.has(record.held.find(2)!)).toBe(false);
    expect(alarms.dueAt.has(record.held.find(1)!)).toBe(true);
  });

  test('a turn without a verdict is no permission', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', undefined, undecided));
    expect(isStillWaiting(record, { type: 'frame.decided', at: 0, ticket: 1, news: 'turn' })).toBe(true);
    expect(isStillWaiting(record, { type: 'frame.decided', at: 0, ticket: 1, news: goOn })).toBe(false);
  });
});

describe('while the server is away', () => {
  test('requests and notifications wait for it, decided or not, and go on in order when it is back', () => {
    const { record } = openSession({ isUpstreamAway: true });
    const event = request(1, 'tools/call', undefined, undecided);
    receive(record, event);
    receive(record, notification('x', undefined, { ticket: 2 }));
    expect(decide(record, 1, forwardVerdict(event.frame))).toEqual([]);
    commit(record, noteUpstreamReady, { at: 5 });
    const effects = releaseAll(record, commit(record, wakeQueues, { at: 5 }));
    expect(written(effects)).toMatchObject([
      { to: 'server', message: { id: 1 } },
      { to: 'server', message: { method: 'x' } },
    ]);
  });

  test("the client's answer to a question of the server that is gone does not wait", () => {
    const { record } = openSession();
    receive(record, request('q', 'roots/list', undefined, { from: fromServer }));
    const event = answer('q', { from: fromClient, ticket: 2, ...undecided });
    receive(record, event);
    record.isUpstreamReady = false;
    expect(settlements(decide(record, 2, forwardVerdict(event.frame)))).toEqual([['q', 'result']]);
  });
});
