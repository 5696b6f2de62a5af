import { describe, expect, test } from 'vitest';
import { hasRoom, hasToWait, insertHeld, isReaderAway, removeHeld, wakeQueues } from '../../src/session/queue.ts';
import {
  answer,
  blocked,
  commit,
  countsOf,
  forwardVerdict,
  fromClient,
  fromServer,
  notification,
  openSession,
  receive,
  request,
  type Session,
} from './fixtures.ts';

const undecided = { verdict: 'awaited' } as const;

describe('a frame has to wait', () => {
  test('for a verdict and for a delay, whatever it is', () => {
    const { record } = openSession();
    for (const kind of [request(1, 'ping', {}, undecided), answer(1, undecided), notification('x', {}, undecided)]) {
      expect(hasToWait(record, kind)).toBe(true);
    }
    const delayed = forwardVerdict(notification('x').frame, 1);
    expect(hasToWait(record, notification('x', {}, { verdict: delayed }))).toBe(true);
    expect(hasToWait(record, notification('x', {}, { verdict: { ...delayed, delayMs: 0 } }))).toBe(false);
    expect(hasToWait(record, request(1, 'tools/call', {}, { verdict: blocked }))).toBe(false);
  });

  test('while its server is away; an answer and a cancellation do not, since what they are about is over', () => {
    const { record } = openSession({ isUpstreamAway: true });
    const waits = [
      request(1, 'tools/call'),
      request(2, 'ping'),
      notification('x'),
      notification('notifications/cancelled', { requestId: 1 }),
      answer(1, { from: fromClient }),
      notification('x', {}, { from: fromServer }),
    ].map((event) => hasToWait(record, event));
    expect(waits).toEqual([true, true, true, false, false, false]);
    expect([fromClient, fromServer].map((direction) => isReaderAway(record, direction))).toEqual([true, false]);
  });
});

describe('behind a held frame of its own direction', () => {
  /** A session in which one frame of each side is held, and requests of each side wait. */
  function holding(): Session {
    const session = openSession();
    const { record } = session;
    receive(record, request(1, 'tools/call', { _meta: { progressToken: 'p' } }));
    receive(record, request(2, 'tools/call', { _meta: { progressToken: 'q' } }, { ticket: 2 }));
    receive(record, request(1, 'roots/list', undefined, { from: fromServer, ticket: 3 }));
    receive(record, notification('a', undefined, { ticket: 4, ...undecided }));
    receive(record, notification('b', undefined, { from: fromServer, ticket: 5, ...undecided }));
    return session;
  }

  test('requests and notifications wait; pings, cancellations and responses pass', () => {
    const { record } = holding();
    for (const from of [fromClient, fromServer]) {
      const waits = [
        request(9, 'tools/call', undefined, { from }),
        request(9, 'vendor/own', undefined, { from }),
        notification('x', undefined, { from }),
        request(9, 'ping', undefined, { from }),
        notification('notifications/cancelled', { requestId: 1 }, { from }),
        answer(1, { from }),
        answer(99, { from }),
        answer(null, { from, error: { code: 1, message: 'unreadable' } }),
      ].map((event) => hasToWait(record, event));
      expect(waits).toEqual([true, true, true, false, false, false, false, false]);
    }
  });

  test('R13 a response waits for the held progress of its own request, and of no other', () => {
    const { record } = holding();
    const progress = { progressToken: 'p', progress: 1 };
    receive(record, notification('notifications/progress', progress, { from: fromServer, ticket: 6 }));
    expect([hasToWait(record, answer(1)), hasToWait(record, answer(2))]).toEqual([true, false]);
  });

  test("R13 a response does not wait for a request whose own token happens to be its request's", () => {
    const { record } = holding();
    const asked = { _meta: { progressToken: 'p' } };
    receive(record, request(9, 'sampling/createMessage', asked, { from: fromServer, ticket: 6 }));
    expect([record.held.size, hasToWait(record, answer(1))]).toEqual([3, false]);
  });

  test('nothing of the other direction waits', () => {
    const { record } = openSession();
    receive(record, notification('a', undefined, undecided));
    expect(hasToWait(record, notification('b', undefined, { from: fromServer }))).toBe(false);
  });
});

test('there is room for so many frames and so many bytes', () => {
  const { bytes } = notification('x').frame;
  const { record } = openSession({ limits: { heldFramesPerSession: 2, heldBytesPerSession: 2 * bytes.length + 10 } });
  expect([hasRoom(record, 2 * bytes.length + 10), hasRoom(record, 2 * bytes.length + 11)]).toEqual([true, false]);
  receive(record, notification('x', undefined, undecided));
  expect([hasRoom(record, bytes.length + 10), hasRoom(record, bytes.length + 11)]).toEqual([true, false]);
  receive(record, notification('x', undefined, { ticket: 2, ...undecided }));
  expect(hasRoom(record, 0)).toBe(false);
});

describe('a frame that is held', () => {
  test('is a copy: what it came in may be used again', () => {
    const { record } = openSession();
    const event = notification('x', undefined, undecided);
    receive(record, event);
    event.frame.bytes.fill(0);
    expect(record.held.first(fromClient)?.frame.bytes[0]).toBe('{'.charCodeAt(0));
  });

  test('waits for its verdict at most as long as interceptors may take, and for its delay exactly so long', () => {
    const { record, alarms } = openSession({ times: { interceptorMs: 500 } });
    const delayed = forwardVerdict(notification('x').frame, 70);
    receive(record, notification('x', undefined, { at: 100, ticket: 1, ...undecided }));
    receive(record, notification('x', undefined, { at: 100, ticket: 2, verdict: delayed }));
    receive(record, notification('x', undefined, { at: 100, ticket: 3 }));
    const dueTimes = [1, 2, 3].map((ticket) => alarms.dueAt.get(record.held.find(ticket)!));
    expect(dueTimes).toEqual([600, 170, undefined]);
    expect([1, 2, 3].map((ticket) => record.held.find(ticket)?.isDecided)).toEqual([false, false, true]);
    expect(countsOf(record)).toMatchObject({ held: 3 });
  });

  test('is there from the commit on, and not when the unit is rolled back', () => {
    const { record, alarms } = openSession();
    record.unit.begin(0);
    insertHeld(record, notification('x', undefined, undecided), undefined);
    expect(record.held.size).toBe(0);
    record.unit.rollback();
    expect([record.held.size, alarms.dueAt.size]).toEqual([0, 0]);
  });
});

describe('the next in a queue', () => {
  function threeHeld(): Session {
    const session = openSession();
    for (const ticket of [1, 2, 3]) receive(session.record, notification('x', undefined, { ticket, ...undecided }));
    return session;
  }
  const at = { at: 0 };

  test('gets its turn when the head leaves, once, and its timer goes with the head', () => {
    const { record, alarms } = threeHeld();
    const head = record.held.find(1)!;
    expect(commit(record, () => removeHeld(record, head), at)).toEqual([{ type: 'release', direction: fromClient }]);
    expect([record.held.size, alarms.dueAt.has(head)]).toEqual([2, false]);
  });

  test('gets no turn when somebody behind the head leaves, and nobody does when the last one leaves', () => {
    const { record } = threeHeld();
    expect(commit(record, () => removeHeld(record, record.held.find(2)!), at)).toEqual([]);
    commit(record, () => removeHeld(record, record.held.find(1)!), at);
    expect(commit(record, () => removeHeld(record, record.held.find(3)!), at)).toEqual([]);
  });

  test('gets its turn in both directions when the server is back', () => {
    const { record } = threeHeld();
    expect(commit(record, wakeQueues, at)).toEqual([{ type: 'release', direction: fromClient }]);
    receive(record, notification('x', undefined, { from: fromServer, ticket: 4, ...undecided }));
    expect(commit(record, wakeQueues, at)).toEqual([
      { type: 'release', direction: fromClient },
      { type: 'release', direction: fromServer },
    ]);
    expect(commit(openSession().record, wakeQueues, at)).toEqual([]);
  });
});
