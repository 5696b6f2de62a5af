/** What is counted: each counter says what happened, no number drifts, and what a session counted outlives it. */
import { describe, expect, test } from 'vitest';
import { counterNames } from '../../src/session/counters.ts';
import { builtInProfiles } from '../../src/session/profiles.ts';
import { cancelled, failure, initialize, initializeResult, progress } from '../../src/testing/messages.ts';
import type { Playbook } from '../../src/testing/playbook.ts';
import { playbook } from './conversation.ts';

/** Sums over the sessions that are open now, as somebody would add them up who had no totals. */
function addedUp({ runtime }: Playbook, name: (typeof counterNames)[number]): number {
  return [...runtime.sessions()].reduce((sum, { counts }) => sum + counts[name], 0);
}

describe('F2 totals', () => {
  test('F2 are the sum over the sessions, and do not change when one ends', () => {
    const play = playbook();
    const talks = [play.open(), play.open(), play.open()];
    for (const [index, { client, server, handshake }] of talks.entries()) {
      handshake();
      for (let id = 1; id <= index + 1; id++) {
        client.asks(id, 'tools/list');
        server.receivesRequest(id, 'tools/list');
        server.answers(id);
        client.receivesResult(id);
      }
    }
    const { counts, transitions } = play.runtime.totals();
    expect(counts['outcome.result']).toBe(9);
    for (const name of counterNames) expect(counts[name]).toBe(addedUp(play, name));
    expect(transitions).toEqual([{ from: 'initializing', to: 'active.serving', count: 3 }]);

    talks[1]!.client.leaves();
    expect(play.runtime.totals().counts).toEqual(counts);
    expect(addedUp(play, 'outcome.result')).toBe(6);
  });

  test('F2 of what is there now are what is there now: they come back to nothing', () => {
    const play = playbook();
    for (let round = 0; round < 50; round++) {
      const { client, server, session } = play.open();
      client.asks(1, 'tools/call');
      server.receivesRequest(1, 'tools/call');
      const { sessionsByState, pending } = play.runtime.totals();
      expect([sessionsByState.initializing, pending.ordinary]).toEqual([1, 1]);
      if (round % 3 === 0) server.isLost();
      else if (round % 3 === 1) session.close();
      else client.leaves();
      client.takesAll();
    }
    const { sessionsByState, sessionsEnded, sessionsOpened, pending, counts } = play.runtime.totals();
    expect(Object.values(sessionsByState)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(pending).toEqual({ ordinary: 0, reserved: 0, listen: 0, question: 0 });
    expect(sessionsEnded).toEqual({ active: 0, completed: 33, failed: 17, timeout: 0 });
    expect([sessionsOpened, counts['outcome.client-gone']]).toEqual([50, 16]);
  });

  test('F2 of time in a state grow while a session is in it, and stop with it', () => {
    const play = playbook();
    const { handshake, client, session } = play.open();
    play.timePasses(100);
    handshake();
    play.timePasses(1000);
    expect(play.runtime.totals().dwellMs).toMatchObject({ initializing: 100, 'active.serving': 1000 });
    client.leaves();
    play.timePasses(5000);
    expect(play.runtime.totals().dwellMs).toMatchObject({ initializing: 100, 'active.serving': 1000, closed: 0 });
    expect(session.snapshot().dwellMs).toMatchObject({ initializing: 100, 'active.serving': 1000, closed: 0 });
  });

  test('F2 of a session are what its peers did', () => {
    const { client, server, handshake, counts } = playbook().open();
    handshake();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.answers(1);
    client.receivesResult(1);
    server.asks(1, 'roots/list');
    client.receivesRequest(1, 'roots/list');
    client.answersWithError(1, -1, 'no');
    server.receives(failure(1, -1, 'no'));
    const bytes = (...messages: readonly object[]): number =>
      messages.reduce((sum, message) => sum + JSON.stringify(message).length, 0);
    const jsonrpc = '2.0';
    expect(counts()).toEqual({
      framesFromClient: 4,
      framesFromServer: 3,
      bytesFromClient: bytes(
        initialize(0),
        { jsonrpc, method: 'notifications/initialized' },
        { jsonrpc, id: 1, method: 'tools/list' },
        failure(1, -1, 'no'),
      ),
      bytesFromServer: bytes(
        { jsonrpc, id: 0, result: initializeResult() },
        { jsonrpc, id: 1, result: {} },
        { jsonrpc, id: 1, method: 'roots/list' },
      ),
      requestsFromClient: 2,
      requestsFromServer: 1,
      responsesFromClient: 1,
      responsesFromServer: 2,
      notificationsFromClient: 1,
      'outcome.result': 2,
      'outcome.error': 1,
    });
  });
});

test('R25 a frame that its sender may not send in this revision is counted and passed on', () => {
  const { client, server, handshake, counts } = playbook().open();
  handshake({ protocolVersion: '2024-11-05' });
  server.asks(1, 'elicitation/create');
  client.asks(1, 'sampling/createMessage');
  client.sends({ jsonrpc: '2.0', id: 2, method: 'notifications/roots/list_changed' });
  client.asks(3, 'x/own');
  client.receivesRequest(1, 'elicitation/create');
  expect(server.takesAll().map((message) => message['id'])).toEqual([1, 2, 3]);
  expect(counts('notInRevision', 'wrongSender', 'wrongKind', 'unknownMethods')).toEqual({
    notInRevision: 1,
    wrongSender: 1,
    wrongKind: 1,
    unknownMethods: 1,
  });
});

test('S9 no counter is declared that nothing counts', () => {
  const play = playbook({
    limits: {
      pendingPerSession: 4,
      pendingTotal: 5,
      reservedPerSession: 2,
      listensPerSession: 1,
      questionsPerSession: 1,
      heldFramesPerSession: 1,
      bufferBytesMax: 300,
    },
    interceptors: [
      {
        name: 'does as it is told',
        intercept: ({ message }) => {
          const told = message['params'] as { readonly do?: unknown } | undefined;
          return told?.do === 'modify'
            ? { action: 'modify', message: { ...message, params: {} } }
            : (told?.do as undefined);
        },
      },
    ],
  });
  const { client, server, session } = play.openWithRestarts({ profile: builtInProfiles.get('lenient')! });
  // Held, and no room for more; then an early request, and another server's worth of it.
  client.asks(1, 'tools/list');
  client.asks(2, 'tools/list');
  client.notifies('notifications/roots/list_changed');
  server.comesUp();
  server.answers(1);
  server.answers(1);
  server.answers('nobody');
  client.sends(initialize(3, '2024-11-05'));
  client.sends(cancelled(3));
  server.answers(3, initializeResult('2024-11-05'));
  // What may not be, and goes on.
  client.asks(4, 'x/own', { _meta: { progressToken: 'p' } });
  client.sends({ jsonrpc: '2.0', id: 5, method: 'notifications/initialized' });
  client.notifies('notifications/message');
  server.notifies('notifications/elicitation/complete');
  // What interceptors do.
  client.asks(6, 'x/own', { do: { action: 'mock', result: 1 } });
  client.asks(7, 'x/own', { do: { action: 'block' } });
  client.asks(8, 'x/own', { do: 'nonsense' });
  client.asks(9, 'x/own', { do: 'modify' });
  // Strays, and everything that ends a request.
  server.answersWithError(4, -1, 'no');
  server.sends(progress('p', 1));
  server.sends(progress('invented', 1));
  server.sends(failure(null, -32700, 'Parse error'));
  client.sends('nonsense');
  server.sends('nonsense');
  client.asks(5, 'ping');
  client.sends(cancelled(5));
  client.sends(cancelled(5));
  server.answers(5);
  // Limits.
  client.asks('l1', 'subscriptions/listen');
  client.asks('l2', 'subscriptions/listen');
  for (const id of ['p1', 'p2', 'p3']) client.asks(id, 'ping');
  for (const id of ['r1', 'r2', 'r3', 'r4']) client.asks(id, 'tools/call');
  const other = play.open();
  for (const id of ['r1', 'r2']) other.client.asks(id, 'tools/call');
  other.client.leaves();
  play.timePasses(300_100);
  server.stopsReading();
  for (const id of ['b1', 'b2', 'b3']) client.asks(id, 'tools/call', { pad: 'x'.repeat(150) });
  server.readsAgain();
  server.asks('q', 'roots/list');
  server.asks('q2', 'roots/list');
  client.answers('q');
  client.answers('q');
  session.label('x'.repeat(257), true);
  // The server is lost, and comes back as it was.
  server.goesDown();
  play.timePasses(200);
  server.comesUp();
  const hello = server.takesAll().at(-1)!;
  server.answers(hello['id'] as string, initializeResult('2024-11-05'));
  server.asks('last', 'roots/list');
  client.leaves();

  const { counts } = play.runtime.totals();
  // Those that only a client with exchanges moves are counted in exchanges.test.ts.
  expect(counterNames.filter((name) => counts[name] === 0)).toEqual(['ambiguousCancellations', 'undeliverable']);
  expect(session.snapshot().status).toBe('completed');
  for (const peer of [client, server, other.client, other.server]) peer.takesAll();
});
