import { describe, expect, test } from 'vitest';
import { checkInvariants, InvariantError } from '../../src/session/invariants.ts';
import { answer, fromServer, openSession, receive, request, type Session } from './fixtures.ts';

/** A session with one request of each side waiting, and the answer to a third one held. */
function busySession(): Session {
  const session = openSession();
  const { record } = session;
  receive(record, request(1, 'tools/call'));
  receive(record, request(2, 'tools/call', undefined, { ticket: 2 }));
  receive(record, request('q', 'sampling/createMessage', undefined, { from: fromServer, ticket: 3 }));
  receive(record, answer(2, { ticket: 4, verdict: 'awaited' }));
  checkInvariants(record);
  return session;
}

function entryOf(session: Session, id: string | number) {
  const entry = [...session.record.pending.entries()].find((one) => one.id === id);
  if (entry === undefined) throw new Error(`Nothing waits under ${id}`);
  return entry;
}

describe('an invariant that does not hold is named', () => {
  test.each<[string, (session: Session) => void]>([
    ['request 1 is settled and still in the table', (session) => (entryOf(session, 1).isTaken = true)],
    ['request 1 is held and nothing is held for it', (session) => (entryOf(session, 1).state = 'held')],
    ['request 1 is answering and nothing is held for it', (session) => (entryOf(session, 1).state = 'answering')],
    ['the ordinary count differs from the table', ({ record }) => record.pending.used[0]!++],
    ['the reserved count differs from the table', ({ record }) => record.pending.used[1]!++],
    ['the listen count differs from the table', ({ record }) => record.pending.used[2]!--],
    ['the question count differs from the table', ({ record }) => record.pending.used[3]!++],
    ['the ledger has lost ordinary entries', ({ ledger }) => ledger.used[0]!--],
    ['the idle clock stands still without a reason, or runs', ({ record }) => record.idleClock.release(0)],
    [
      'the idle clock stands still without a reason, or runs',
      (session) => {
        session.record.pending.remove(entryOf(session, 'q'));
      },
    ],
    ['the held bytes differ from the frames', ({ record }) => record.held.bytes++],
    [
      'a frame is held for request 2, which has ended',
      (session) => {
        const entry = entryOf(session, 2);
        session.record.pending.remove(entry);
        entry.isTaken = true;
      },
    ],
    ['it has ended and requests wait', ({ record }) => (record.state = 'failed')],
  ])('%s', (sentence, spoil) => {
    const session = busySession();
    spoil(session);
    expect(() => checkInvariants(session.record)).toThrow(InvariantError);
    expect(() => checkInvariants(session.record)).toThrow(`Session s1 in ${session.record.state}: ${sentence}`);
  });

  test('an end that leaves frames, a timer, or no reason', () => {
    const { record, alarms } = openSession();
    record.state = 'closed';
    expect(() => checkInvariants(record)).toThrow('Session s1 in closed: it has ended for no reason');
    record.endReason = 'drained';
    checkInvariants(record);
    alarms.set(record.alarm, 5);
    expect(() => checkInvariants(record)).toThrow('it has ended and its timer runs');
    alarms.clear(record.alarm);
    const busy = busySession();
    for (const held of busy.record.held.all()) record.held.insert(held);
    expect(() => checkInvariants(record)).toThrow('it has ended and frames are held');
  });
});

test('a session that shares its ledger may have fewer entries there than all have together', () => {
  const { record, ledger } = busySession();
  ledger.used[0]! += 100;
  expect(() => checkInvariants(record)).not.toThrow();
});
