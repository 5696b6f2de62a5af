import { describe, expect, test } from 'vitest';
import { Registry, Slot } from '../../src/runtime/registry.ts';
import { Totals } from '../../src/runtime/totals.ts';
import { Ledger, defaultLimits } from '../../src/session/limits.ts';
import type { EndReason, SessionState } from '../../src/session/outcomes.ts';
import { type Session, answer, openSession, receive, request } from '../session/fixtures.ts';

const ledger = new Ledger(defaultLimits);

/** A session that has answered one request; one unit of work moved it to `state`. */
function worked(id: string, state: SessionState, endReason?: EndReason): Session {
  const session = openSession({ id, ledger });
  receive(session.record, request(1, 'tools/call', undefined, { at: 100 }));
  const { unit } = session.record;
  unit.begin(400);
  unit.enter(state);
  if (endReason !== undefined) unit.end(endReason);
  unit.prepare(true);
  unit.commit();
  return session;
}

function registryOf(sessions: readonly Session[]): Registry {
  const registry = new Registry();
  for (const { record } of sessions) registry.add(new Slot(undefined as never, { record } as never));
  return registry;
}

describe('totals', () => {
  test('are zero before anything happened', () => {
    const snapshot = new Totals().snapshot(new Registry(), new Ledger(defaultLimits), 0);
    expect(snapshot).toMatchObject({
      sessionsOpened: 0,
      sessionsByState: { initializing: 0, 'active.serving': 0, closed: 0 },
      sessionsEnded: { active: 0, completed: 0, failed: 0, timeout: 0 },
      pending: { ordinary: 0, reserved: 0, listen: 0, question: 0 },
      transitions: [],
      upstreamRestarts: { exited: 0, closed: 0, 'connection-lost': 0 },
      unplacedEvents: 0,
    });
    expect(Object.values(snapshot.counts).every((count) => count === 0)).toBe(true);
  });

  test('F2 are read off the sessions that are there', () => {
    const sessions = [worked('a', 'active.serving'), worked('b', 'active.serving'), openSession({ id: 'c' })];
    const snapshot = new Totals().snapshot(registryOf(sessions), ledger, 1000);
    expect(snapshot).toMatchObject({
      sessionsByState: { initializing: 1, 'active.serving': 2 },
      pending: { ordinary: 2, reserved: 0, listen: 0, question: 0 },
      dwellMs: { initializing: 400 + 400 + 1000, 'active.serving': 600 + 600 },
      transitions: [{ from: 'initializing', to: 'active.serving', count: 2 }],
    });
    expect(snapshot.counts.requestsFromClient).toBe(2);
    for (const { record } of sessions.slice(0, 2)) receive(record, answer(1, { at: 1000 }));
    expect(new Totals().snapshot(registryOf(sessions), ledger, 1000).pending.ordinary).toBe(0);
  });

  test('F2 keep what sessions had counted when they left, once', () => {
    const totals = new Totals();
    const [stays, leaves] = [worked('a', 'active.serving'), worked('b', 'closed', 'drained')];
    totals.retire(leaves.record);
    const snapshot = totals.snapshot(registryOf([stays]), ledger, 500);
    expect(snapshot.counts.requestsFromClient).toBe(2);
    expect(snapshot.sessionsByState).toMatchObject({ 'active.serving': 1, closed: 0 });
    expect(snapshot.dwellMs).toMatchObject({ initializing: 800, 'active.serving': 100, closed: 0 });
    expect(snapshot.transitions).toEqual([
      { from: 'initializing', to: 'active.serving', count: 1 },
      { from: 'initializing', to: 'closed', count: 1 },
    ]);
    // Asking changes nothing.
    expect(totals.snapshot(registryOf([stays]), ledger, 500)).toEqual(snapshot);
  });

  test('say with which status sessions ended', () => {
    const totals = new Totals();
    const endings: readonly [SessionState, EndReason][] = [
      ['closed', 'client-gone'],
      ['closed', 'evicted'],
      ['failed', 'upstream-lost'],
      ['failed', 'idle'],
    ];
    for (const [state, reason] of endings) totals.retire(worked('x', state, reason).record);
    expect(totals.snapshot(new Registry(), ledger, 0).sessionsEnded).toEqual({
      active: 0,
      completed: 2,
      failed: 1,
      timeout: 1,
    });
  });

  test('are a copy: what somebody does to them comes back to nobody', () => {
    const totals = new Totals();
    totals.opened = 3;
    totals.unplaced = 2;
    const snapshot = totals.snapshot(new Registry(), ledger, 0);
    expect([snapshot.sessionsOpened, snapshot.unplacedEvents]).toEqual([3, 2]);
    (snapshot.sessionsEnded as { completed: number }).completed = 99;
    expect(totals.snapshot(new Registry(), ledger, 0).sessionsEnded.completed).toBe(0);
  });
});
