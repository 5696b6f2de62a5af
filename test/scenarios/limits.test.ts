/** How much a session and the process take on, and what is told to whoever asks for more. Nothing is without a limit. */
import { describe, expect, test } from 'vitest';
import { builtInProfiles } from '../../src/session/profiles.ts';
import type { Limits } from '../../src/session/limits.ts';
import { cancelled, initialize, request } from '../../src/testing/messages.ts';
import type { Talk } from '../../src/testing/playbook.ts';
import type { ScriptedServer } from '../../src/testing/scripted-peer.ts';
import { playbook } from './conversation.ts';

const refused = (scope: string, current: number, limit: number): object => ({
  code: 'TOO_MANY_REQUESTS',
  scope,
  current,
  limit,
  retryAfterMs: 1000,
});

/** The client asks `count` times, and the server is asked. */
function asks({ client, server }: Talk<ScriptedServer>, method: string, count: number, from = 1): void {
  for (let id = from; id < from + count; id++) {
    client.asks(id, method);
    server.receivesRequest(id, method);
  }
}

describe('pending requests', () => {
  test('S7 P16 of one session: 1000 by default, and the 1001st is told so', () => {
    const talk = playbook().open();
    const { client, server, counts, session } = talk;
    asks(talk, 'tools/call', 1000);
    client.asks(1001, 'tools/call');
    client.receivesError(1001, 4290, refused('session', 1000, 1000));
    server.receivesNothing();
    expect(session.snapshot().pending).toHaveLength(1000);
    expect(counts('refusedPerSession', 'refusedTotal')).toEqual({ refusedPerSession: 1, refusedTotal: 0 });
    server.answers(1);
    client.receivesResult(1);
    asks(talk, 'tools/call', 1, 1002);
  });

  test('S7 P16 of all sessions together: 10 000 by default, whoever asks', () => {
    const play = playbook({ checksInvariants: false });
    for (let session = 0; session < 10; session++) asks(play.open(), 'tools/call', 1000);
    const last = play.open();
    last.client.asks(1, 'tools/call');
    last.client.receivesError(1, 4290, refused('total', 10_000, 10_000));
    expect(last.counts('refusedTotal')).toEqual({ refusedTotal: 1 });
    expect(play.runtime.totals().pending.ordinary).toBe(10_000);
  });

  test('S7 what one session gives back another may use', () => {
    const play = playbook({ limits: { pendingTotal: 1 } });
    const alice = play.open();
    const bob = play.open();
    asks(alice, 'tools/call', 1);
    bob.client.asks(1, 'tools/call');
    bob.client.receivesError(1, 4290, refused('total', 1, 1));
    alice.client.leaves();
    asks(bob, 'tools/call', 1, 2);
  });

  test('S7 that a server asks of its client have a limit of their own, and take no room from the client', () => {
    const { client, server, counts } = playbook({ limits: { pendingPerSession: 1, questionsPerSession: 2 } }).open();
    server.asks(1, 'roots/list');
    server.asks(2, 'ping');
    client.receivesRequest(1, 'roots/list');
    client.receivesRequest(2, 'ping');
    server.asks(3, 'roots/list');
    server.receivesError(3, 4290, refused('session', 2, 2));
    expect(counts('refusedQuestions', 'refusedPerSession')).toEqual({ refusedQuestions: 1, refusedPerSession: 0 });
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    client.asks(2, 'tools/call');
    client.receivesError(2, 4290, refused('session', 1, 1));
    client.answers(1);
    server.receivesResult(1);
    server.asks(3, 'roots/list');
    client.receivesRequest(3, 'roots/list');
  });

  test('S7 that servers ask are limited over all sessions too: 10 000 by default, and their pings are among them', () => {
    const play = playbook({ checksInvariants: false });
    for (let session = 0; session < 10; session++) {
      const { client, server } = play.open();
      for (let id = 1; id <= 1000; id++) server.asks(id, id % 2 === 0 ? 'ping' : 'sampling/createMessage');
      expect(client.takesAll()).toHaveLength(1000);
    }
    const last = play.open();
    last.server.asks(1, 'ping');
    last.server.receivesError(1, 4290, refused('total', 10_000, 10_000));
    expect(last.counts('refusedQuestions')).toEqual({ refusedQuestions: 1 });
    last.client.asks(1, 'tools/call');
    last.server.receivesRequest(1, 'tools/call');
    last.client.asks(2, 'ping');
    last.server.receivesRequest(2, 'ping');
    expect(play.runtime.totals().pending).toEqual({ ordinary: 1, reserved: 1, listen: 0, question: 10_000 });
  });

  test('S7 every way to end one gives its place back', () => {
    const play = playbook({ limits: { pendingPerSession: 1 }, times: { requestIdleMs: 1000 } });
    const talk = play.open();
    const { client, server } = talk;
    const ways: readonly (() => void)[] = [
      () => server.answers(1),
      () => server.answersWithError(2, -1, 'no'),
      () => client.sends(cancelled(3)),
      () => play.timePasses(1000),
      () => server.answers(5),
    ];
    for (const [index, end] of ways.entries()) {
      asks(talk, 'tools/call', 1, index + 1);
      end();
      client.takesAll();
      server.takesAll();
    }
    expect(play.runtime.totals().pending.ordinary).toBe(0);
  });
});

describe('the reserve', () => {
  const full: Partial<Limits> = { pendingPerSession: 1, pendingTotal: 1 };

  test('S7 lets the handshake, pings and shutdown pass when traffic is at its limit', () => {
    const play = playbook({ limits: full });
    const talk = play.open({ profile: builtInProfiles.get('lsp-like')! });
    const { client, server } = talk;
    asks(talk, 'tools/call', 1);
    client.asks(2, 'tools/list');
    client.receivesError(2, 4290, refused('session', 1, 1));
    client.sends(initialize(3));
    client.asks(4, 'ping');
    client.asks(5, 'shutdown');
    server.asks(1, 'ping');
    server.receives(initialize(3));
    server.receivesRequest(4, 'ping');
    server.receivesRequest(5, 'shutdown');
    client.receivesRequest(1, 'ping');
    expect(play.runtime.totals().pending).toEqual({ ordinary: 1, reserved: 3, listen: 0, question: 1 });
  });

  test('S7 shutdown is nothing special where the profile does not say so', () => {
    const talk = playbook({ limits: full }).open();
    asks(talk, 'tools/call', 1);
    talk.client.asks(2, 'shutdown');
    talk.client.receivesError(2, 4290, refused('session', 1, 1));
  });

  test('S7 cancellations need no place at all', () => {
    const talk = playbook({ limits: full }).open();
    asks(talk, 'tools/call', 1);
    talk.client.sends(cancelled(1));
    talk.server.receives(cancelled(1));
    asks(talk, 'tools/call', 1, 2);
  });

  test('S7 is no door for a flood: 16 pings wait in one session, and the 17th is refused', () => {
    const talk = playbook().open();
    asks(talk, 'ping', 16);
    talk.client.asks(17, 'ping');
    talk.client.receivesError(17, 4290, refused('session', 16, 16));
    expect(talk.counts('refusedReserved')).toEqual({ refusedReserved: 1 });
  });

  test('S7 is 256 in all sessions together', () => {
    const play = playbook();
    for (let session = 0; session < 16; session++) asks(play.open(), 'ping', 16);
    const last = play.open();
    last.client.asks(1, 'ping');
    last.client.receivesError(1, 4290, refused('total', 256, 256));
  });
});

describe('streams of subscriptions/listen', () => {
  const listen = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }, notifications: {} };

  test('R26 have no deadline and a limit of their own', () => {
    const play = playbook({ limits: { listensPerSession: 2, pendingPerSession: 1 } });
    const talk = play.open();
    const { client, server, session } = talk;
    for (const id of ['a', 'b']) {
      client.sends(request(id, 'subscriptions/listen', listen));
      server.receives(request(id, 'subscriptions/listen', listen));
    }
    client.sends(request('c', 'subscriptions/listen', listen));
    client.receivesError('c', 4290, refused('session', 2, 2));
    expect(talk.counts('refusedListen')).toEqual({ refusedListen: 1 });
    asks(talk, 'tools/call', 1);
    server.answers(1);
    client.receivesResult(1);
    play.timePasses(30 * 24 * 3_600_000);
    client.receivesNothing();
    expect(session.snapshot().pending).toMatchObject([{ id: 'a', dueInMs: null, budget: 'listen' }, { id: 'b' }]);
    server.answers('a', { resultType: 'complete' });
    client.receivesResult('a', { resultType: 'complete' });
  });

  test('R26 are limited over all sessions too', () => {
    const play = playbook({ limits: { listensTotal: 1 } });
    const alice = play.open();
    const bob = play.open();
    alice.client.asks(1, 'subscriptions/listen');
    alice.server.receivesRequest(1, 'subscriptions/listen');
    bob.client.asks(1, 'subscriptions/listen');
    bob.client.receivesError(1, 4290, refused('total', 1, 1));
  });

  test('R26 an open stream to the client is no pending request', () => {
    const play = playbook({ limits: { pendingPerSession: 1 } });
    const talk = play.open({ transportType: 'http' });
    talk.client.opensStream();
    expect(talk.session.snapshot().pending).toEqual([]);
    asks(talk, 'tools/call', 1);
  });
});

describe('a peer that does not read', () => {
  const limits = { bufferPauseBytes: 1000, bufferBytesMax: 2000 };
  const padded = (id: number): [number, string, object] => [id, 'tools/call', { pad: 'x'.repeat(400) }];

  test('F11 S7 slows down who writes to it, and lets go when it has read half of what waits', () => {
    const { client, server } = playbook({ limits }).open();
    server.stopsReading();
    for (const id of [1, 2, 3]) client.asks(...padded(id));
    expect(client.isPaused).toBe(false);
    client.asks(...padded(4));
    expect([client.isPaused, server.isPaused]).toEqual([true, false]);
    server.receivesRequest(...padded(1));
    server.receivesNothing();
    server.readsAgain(1);
    expect(client.isPaused).toBe(true);
    server.readsAgain(1);
    expect(client.isPaused).toBe(false);
    for (const id of [2, 3]) server.receivesRequest(...padded(id));
    server.receivesNothing();
    server.readsAgain();
    server.receivesRequest(...padded(4));
  });

  test('F11 S7 P16 costs a bounded number of bytes: what finds no room is refused, what was taken is kept', () => {
    const { client, server, counts, session } = playbook({ limits }).open();
    server.stopsReading();
    for (let id = 1; id <= 5; id++) client.asks(...padded(id));
    client.asks(...padded(6));
    client.receivesError(6, 4290, { code: 'TOO_MANY_REQUESTS', scope: 'buffer', limit: 2000, retryAfterMs: 1000 });
    expect(counts('refusedBuffer', 'outcome.refused')).toEqual({ refusedBuffer: 1, 'outcome.refused': 1 });
    expect(session.snapshot().pending.map((entry) => entry.id)).toEqual([1, 2, 3, 4, 5]);
    server.readsAgain();
    for (let id = 1; id <= 5; id++) {
      server.receivesRequest(...padded(id));
      server.answers(id);
      client.receivesResult(id);
    }
  });

  test('F11 who reads slowly slows down the server that writes to it, and itself', () => {
    const { client, server } = playbook({ limits }).open();
    client.stopsReading();
    for (let round = 0; round < 4; round++) server.notifies('notifications/message', { pad: 'x'.repeat(400) });
    expect([client.isPaused, server.isPaused]).toEqual([true, true]);
    client.readsAgain();
    expect([client.isPaused, server.isPaused]).toEqual([false, false]);
    expect(client.takesAll()).toHaveLength(4);
  });

  test('S7 P16 an answer for which there is no room ends the session, so that nobody waits for it for ever', () => {
    const play = playbook({ limits });
    const { client, server, counts, session } = play.open();
    client.stopsReading();
    for (let id = 1; id <= 7; id++) {
      client.asks(id, 'tools/list');
      server.receivesRequest(id, 'tools/list');
    }
    for (let id = 1; id <= 5; id++) server.answers(id, { pad: 'x'.repeat(400) });
    expect(session.snapshot().state).toBe('active.serving');
    server.answers(6, { pad: 'x'.repeat(400) });
    expect(session.snapshot()).toMatchObject({
      state: 'failed',
      status: 'failed',
      endReason: 'buffer-full',
      pending: [],
    });
    const ended = { 'outcome.result': 6, 'outcome.refused': 1, effectFailures: 1, refusedBuffer: 0 } as const;
    expect(counts('outcome.result', 'outcome.refused', 'effectFailures', 'refusedBuffer')).toEqual(ended);
    expect([server.closedBecause, client.closedBecause]).toEqual(['buffer-full', undefined]);
    client.readsAgain();
    for (let id = 1; id <= 5; id++) client.receivesResult(id, { pad: 'x'.repeat(400) });
    client.receivesError(7, 4040, { code: 'SESSION_NOT_FOUND', reason: 'buffer-full' });
    expect(client.closedBecause).toBe('buffer-full');
  });

  test('S7 P16 a client that never reads is let go of, after what it still had time to read', () => {
    const play = playbook({ limits });
    const { client, server } = play.open();
    client.stopsReading();
    for (let round = 0; round < 6; round++) server.notifies('notifications/message', { pad: 'x'.repeat(400) });
    expect([server.closedBecause, client.closedBecause]).toEqual(['buffer-full', undefined]);
    play.timePasses(5000);
    expect(client.closedBecause).toBe('buffer-full');
    expect(client.takesAll()).toHaveLength(1);
  });

  test('S7 P16 what the end itself has to say needs no room: every request has its outcome all the same', () => {
    const play = playbook({ limits });
    const { client, server, counts } = play.open();
    client.stopsReading();
    for (let id = 1; id <= 40; id++) client.asks(id, 'tools/list');
    for (let id = 1; id <= 6; id++) server.answers(id, { pad: 'x'.repeat(400) });
    expect(counts('outcome.result', 'outcome.refused')).toEqual({ 'outcome.result': 6, 'outcome.refused': 34 });
    server.takesAll();
    client.takesAll();
  });

  test('S7 P16 a request whose refusal finds no room either ends the session too', () => {
    const { client, server, session } = playbook({ limits: { bufferBytesMax: 10 } }).open();
    server.stopsReading();
    client.stopsReading();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    client.asks(2, 'tools/list');
    client.receivesError(2, 4290, { code: 'TOO_MANY_REQUESTS', scope: 'buffer', limit: 10, retryAfterMs: 1000 });
    expect(session.snapshot().state).toBe('initializing');
    client.asks(3, 'tools/list');
    expect(session.snapshot()).toMatchObject({ state: 'failed', endReason: 'buffer-full', pending: [] });
  });

  test('S7 a cancellation for which there is no room is counted, and its request has ended all the same', () => {
    const { client, server, session, counts } = playbook({ limits: { bufferBytesMax: 10 } }).open();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.stopsReading();
    client.notifies('notifications/message');
    server.receivesNotification('notifications/message');
    client.sends(cancelled(1));
    expect(counts('outcome.cancelled', 'effectFailures')).toEqual({ 'outcome.cancelled': 1, effectFailures: 1 });
    expect(session.snapshot()).toMatchObject({ state: 'initializing', pending: [] });
  });

  test('P10 S7 is spared a request that was cancelled before it was read', () => {
    const { client, server } = playbook().open();
    server.stopsReading();
    client.asks(1, 'tools/list');
    client.asks(2, 'tools/call');
    client.asks(3, 'tools/list');
    client.sends(cancelled(2));
    client.sends(cancelled(1));
    server.receivesRequest(1, 'tools/list');
    server.readsAgain();
    server.receives(cancelled(1));
    server.receivesRequest(3, 'tools/list');
    server.receivesNothing();
  });
});

describe('held frames', () => {
  test('S7 are at most 64 in a session: the request that finds no room is refused, a notification dropped and counted', () => {
    const { client, server, counts, session } = playbook().openWithRestarts();
    for (let id = 1; id <= 64; id++) client.asks(id, 'tools/list');
    client.asks(65, 'tools/list');
    client.notifies('notifications/roots/list_changed');
    client.receivesError(65, 4290, refused('held', 64, 64));
    expect(session.snapshot().held).toHaveLength(64);
    expect(counts('refusedHeld', 'dropped', 'held')).toEqual({ refusedHeld: 2, dropped: 1, held: 64 });
    server.comesUp();
    expect(server.takesAll().map((message) => message['id'])).toEqual(
      Array.from({ length: 64 }, (_, index) => index + 1),
    );
  });

  test('S7 P16 are bounded in bytes as well', () => {
    const { client, server } = playbook({ limits: { heldBytesPerSession: 1000 } }).openWithRestarts();
    client.asks(1, 'tools/call', { pad: 'x'.repeat(500) });
    client.asks(2, 'tools/call', { pad: 'x'.repeat(500) });
    client.receivesError(2, 4290, refused('held', 1, 64));
    server.comesUp();
    server.receivesRequest(1, 'tools/call', { pad: 'x'.repeat(500) });
  });
});

test('S7 labels are at most 64 in a session, and 256 characters each: what is over is not set, counted and logged', () => {
  const play = playbook();
  const { session, counts } = play.open();
  for (let label = 1; label <= 65; label++) session.label(`label ${label}`, true);
  expect(session.snapshot().tags.filter((tag) => tag.startsWith('label '))).toHaveLength(64);
  const text = 'a label is too long, or one too many, and was not set';
  expect(play.log.says('warn', text).fields).toEqual({ session: 's1', label: 'label 65', labels: 64 });
  session.label('label 1', false);
  session.label('x'.repeat(257), true);
  expect(play.log.says('warn', text).fields).toEqual({ session: 's1', label: 'x'.repeat(100), labels: 63 });
  session.label('x'.repeat(256), true);
  expect(session.snapshot().tags).toContain('x'.repeat(256));
  expect(counts('refusedLabels')).toEqual({ refusedLabels: 2 });
});

test('P16 a flood of requests that are never answered is refused in the limit’s own words, each of them', () => {
  const play = playbook({ checksInvariants: false });
  const { client, server, session, counts } = play.open();
  for (let id = 1; id <= 10_000; id++) client.asks(id, 'tools/call');
  const told = client.takesAll();
  expect(told).toHaveLength(9000);
  expect(new Set(told.map((message) => JSON.stringify(message['error'])))).toHaveProperty('size', 1);
  expect(server.takesAll()).toHaveLength(1000);
  expect(session.snapshot().pending).toHaveLength(1000);
  expect(counts('outcome.refused')).toEqual({ 'outcome.refused': 9000 });
});
