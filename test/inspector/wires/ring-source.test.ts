import { describe, expect, test } from 'vitest';
import { spokenSessions } from './spoken-sessions.ts';

const everybody = (eventsMax: number) => ({ eventsMax, isWanted: () => true });

describe('what the wires are fed', () => {
  test('are the newest events of everybody, oldest first, and how many were left out', () => {
    const { open, source } = spokenSessions();
    open().handshake();
    open();
    const all = source.eventsAfter(0, everybody(100));
    expect(all.events.map(({ seq }) => seq)).toEqual([...Array(source.lastSeq()).keys()].map((place) => place + 1));
    expect(all.missed).toBe(0);
    expect(source.eventsAfter(0, everybody(2))).toEqual({
      events: all.events.slice(-2),
      missed: all.events.length - 2,
    });
    expect(source.eventsAfter(source.lastSeq(), everybody(2))).toEqual({ events: [], missed: 0 });
  });

  test('are events of the sessions that are wanted alone', () => {
    const { open, source } = spokenSessions();
    open();
    const { id } = open().session;
    const { events, missed } = source.eventsAfter(0, { eventsMax: 100, isWanted: (candidate) => candidate === id });
    expect(new Set(events.map(({ sessionId }) => sessionId))).toEqual(new Set([id]));
    expect(missed).toBe(0);
  });

  test('leave out, and count, what the ring has forgotten', () => {
    const { open, source } = spokenSessions(3);
    open().handshake();
    const { events, missed } = source.eventsAfter(0, everybody(100));
    expect(events).toHaveLength(3);
    expect(missed).toBe(source.lastSeq() - 3);
  });

  test('say what a session is now, as long as it is there', () => {
    const { open, source } = spokenSessions();
    const { session } = open();
    expect(source.session(session.id)).toMatchObject({ id: session.id, state: 'initializing' });
    session.close();
    expect(source.session(session.id)).toBeUndefined();
    expect([...source.sessions()]).toEqual([]);
  });
});
