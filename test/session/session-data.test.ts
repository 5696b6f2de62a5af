import { describe, expect, test } from 'vitest';
import { sessionStates } from '../../src/session/outcomes.ts';
import { tagsOf } from '../../src/session/session-data.ts';
import { commit, countsOf, openSession, receive, request } from './fixtures.ts';

describe('a session that was just opened', () => {
  test('is what its identity says, and nothing has happened to it', () => {
    const { record } = openSession({ id: 'a', transportType: 'stdio', principal: 'ann', route: 'files' });
    expect([record.id, record.transportType, record.principal, record.route]).toEqual(['a', 'stdio', 'ann', 'files']);
    expect([record.state, record.openedAt, record.enteredAt, record.lastFrameAt]).toEqual(['initializing', 0, 0, 0]);
    expect([record.frames, record.version, record.pending.size, record.held.size]).toEqual([0, 0, 0, 0]);
    expect([record.endReason, record.hasEnded, record.isBusy, record.isDraining]).toEqual([
      undefined,
      false,
      false,
      false,
    ]);
    expect(countsOf(record)).toEqual({});
  });

  test('shares nothing with another one that could be changed', () => {
    const [one, other] = [openSession().record, openSession().record];
    receive(one, request(1, 'tools/call'));
    commit(one, ({ unit }) => unit.enter('active.serving'), { at: 5 });
    expect([other.pending.size, other.frames, other.transitions.size]).toEqual([0, 0, 0]);
    expect(countsOf(other)).toEqual({});
  });

  test('has its own timer, which names it', () => {
    const { record } = openSession({ id: 'a' });
    expect([record.alarm.alarmKind, record.alarm.sessionId, record.alarm.dueAt]).toEqual(['session', 'a', Infinity]);
  });
});

test('a session is busy while requests wait or a stream is open', () => {
  const { record } = openSession();
  record.hasOpenStream = true;
  expect(record.isBusy).toBe(true);
  record.hasOpenStream = false;
  receive(record, request(1, 'tools/call'));
  expect(record.isBusy).toBe(true);
});

test('a session has ended in closed and failed, and in no other state', () => {
  const { record } = openSession();
  const ended = sessionStates.filter((state) => {
    record.state = state;
    return record.hasEnded;
  });
  expect(ended).toEqual(['closed', 'failed']);
});

test('tags come from the rules, labels from people; both are shown', () => {
  const { record } = openSession({ principal: 'ann' });
  commit(record, () => {}, { at: 0 });
  expect(tagsOf(record)).toEqual(['authenticated']);
  record.labels.set('demo', true);
  expect(tagsOf(record)).toEqual(['authenticated', 'demo']);
});
