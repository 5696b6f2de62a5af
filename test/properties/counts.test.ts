/**
 * Numbers agree (F2): what the sessions counted, what the observers were told, what the totals say and what the peers did
 * are the same numbers, at any moment and after the end.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counterNames } from '../../src/session/counters.ts';
import { sessionStates } from '../../src/session/outcomes.ts';
import { anyCrowdStep, takeCrowdStep } from './crowd-steps.ts';
import { expectExactCounts } from './laws.ts';
import { type Pair, World, runs } from './world.ts';

const times = {
  initializeMs: 1500,
  pingMs: 800,
  requestIdleMs: 1000,
  requestAbsoluteMs: 2000,
  drainMs: 1700,
  recoveryMs: 1300,
};
const limits = { pendingPerSession: 4, pendingTotal: 7, heldFramesPerSession: 3 };

function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Whoever has left is asked once more by its handle: a session's numbers outlive it. */
function expectTotalsOf(world: World, pairs: readonly Pair[]): void {
  const totals = world.runtime.totals();
  const snapshots = pairs.map((pair) => pair.session.snapshot());
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  expect(totals.sessionsOpened).toBe(pairs.length);
  expect(totals.counts).toEqual(
    Object.fromEntries(counterNames.map((name) => [name, sum(snapshots.map(({ counts }) => counts[name]))])),
  );
  expect(totals.dwellMs).toEqual(
    Object.fromEntries(sessionStates.map((state) => [state, sum(snapshots.map(({ dwellMs }) => dwellMs[state]))])),
  );
  const open = snapshots.filter(({ status }) => status === 'active');
  expect(totals.sessionsByState).toEqual({
    ...Object.fromEntries(sessionStates.map((state) => [state, 0])),
    ...tally(open.map(({ state }) => state)),
  });
  const ended = world.observations.filter((one) => one.type === 'session-ended');
  expect(totals.sessionsEnded).toEqual({
    active: 0,
    completed: 0,
    failed: 0,
    timeout: 0,
    ...tally(ended.map(({ status }) => status)),
  });
  expect(open.length + ended.length).toBe(pairs.length);

  const moves = world.observations.filter((one) => one.type === 'state-changed').map(({ from, to }) => `${from} ${to}`);
  expect(Object.fromEntries(totals.transitions.map(({ from, to, count }) => [`${from} ${to}`, count]))).toEqual(
    tally(moves),
  );
}

describe('the numbers of a runtime', () => {
  test('F2 are the sums over its sessions, and what observers were told', () => {
    fc.assert(
      fc.property(fc.array(anyCrowdStep, { maxLength: 60, size: 'max' }), (steps) => {
        const world = new World({ limits, times });
        const pairs = [world.open()];
        pairs[0]!.server.becomeReady();
        for (const one of steps) takeCrowdStep(world, pairs, one);
        expectTotalsOf(world, pairs);
        expectExactCounts(world);
        for (const pair of pairs) pair.session.close();
        expectTotalsOf(world, pairs);
        expectExactCounts(world);
        for (const { dwellMs } of pairs.map((pair) => pair.session.snapshot())) {
          expect([dwellMs.closed, dwellMs.failed]).toEqual([0, 0]);
        }
      }),
      runs(80),
    );
  });

  test('F2 count every frame of a session once, by its kind, its sender and its size', () => {
    const saying = fc.record({
      from: fc.constantFrom('client-to-server' as const, 'server-to-client' as const),
      message: fc.constantFrom<object>(
        { id: 1, method: 'tools/call' },
        { id: 1, result: {} },
        { id: null, error: { code: 1, message: 'no' } },
        { method: 'notifications/message' },
        { method: 'notifications/cancelled', params: { requestId: 1 } },
      ),
    });
    fc.assert(
      fc.property(fc.array(saying, { maxLength: 40 }), (sayings) => {
        const world = new World();
        const pair = world.open();
        pair.server.becomeReady();
        for (const { from, message } of sayings) pair.from(from, message);
        const { counts, frames } = pair.session.snapshot();
        const of = (from: string): readonly object[] =>
          sayings.filter((one) => one.from === from).map(({ message }) => message);
        const bytes = (messages: readonly object[]): number =>
          messages.reduce((sum, message) => sum + JSON.stringify({ jsonrpc: '2.0', ...message }).length, 0);
        const kind = (messages: readonly object[], isKind: (message: object) => boolean): number =>
          messages.filter(isKind).length;
        const [client, server] = [of('client-to-server'), of('server-to-client')];
        const isRequest = (message: object): boolean => 'method' in message && 'id' in message;
        const isResponse = (message: object): boolean => !('method' in message);
        const isNotification = (message: object): boolean => !('id' in message);
        expect(frames).toBe(sayings.length);
        expect(counts).toMatchObject({
          framesFromClient: client.length,
          framesFromServer: server.length,
          bytesFromClient: bytes(client),
          bytesFromServer: bytes(server),
          requestsFromClient: kind(client, isRequest),
          requestsFromServer: kind(server, isRequest),
          responsesFromClient: kind(client, isResponse),
          responsesFromServer: kind(server, isResponse),
          notificationsFromClient: kind(client, isNotification),
          notificationsFromServer: kind(server, isNotification),
        });
      }),
      runs(100),
    );
  });
});
