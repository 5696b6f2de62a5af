/** Conversations of several clients with one server that they share. */

import { describe, expect, test } from 'vitest';
import { initialize, initializeResult } from '../../src/testing/messages.ts';
import { type Guest, type Message, SharedWorld, bytesOf, pair, settled } from './shared-world.ts';

const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';
const modern = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
const tokenOf = (message: Message): unknown =>
  (message['params'] as { readonly _meta: { readonly progressToken: unknown } })._meta.progressToken;

describe('two clients of one server', () => {
  test('P4 R7 have equal ids, and each gets the answer to its own request', async () => {
    const { server, alice, bob } = await pair();
    alice.asks(1, 'tools/call', { of: 'alice' });
    bob.asks(1, 'tools/call', { of: 'bob' });
    for (const { id, params } of server.takes().toReversed()) server.says({ id, result: params });
    expect(alice.takes()).toEqual([{ jsonrpc: '2.0', id: 1, result: { of: 'alice' } }]);
    expect(bob.takes()).toEqual([{ jsonrpc: '2.0', id: 1, result: { of: 'bob' } }]);
  });

  test('P18 R8 have equal progress tokens, and each hears of its own progress', async () => {
    const { server, alice, bob } = await pair();
    for (const guest of [alice, bob]) guest.asks(1, 'tools/call', { _meta: { progressToken: 'p' } });
    const tokens = server.takes().map(tokenOf);
    expect(new Set(tokens).size).toBe(2);
    for (const progressToken of tokens.toReversed()) {
      server.says({ method: 'notifications/progress', params: { progressToken, progress: progressToken } });
    }
    expect([alice, bob].map((guest) => guest.takes())).toEqual(
      tokens.map((progress) => [
        { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'p', progress } },
      ]),
    );
  });

  test('P10 R8 call off their own requests, under the name that these have at the server', async () => {
    const { server, alice, bob } = await pair();
    alice.asks(1);
    bob.asks(1);
    const [ofAlice, ofBob] = server.takes();
    bob.sends({ method: 'notifications/cancelled', params: { requestId: 1, reason: 'enough' } });
    const params = { requestId: ofBob!['id'], reason: 'enough' };
    expect(server.takes()).toEqual([{ jsonrpc: '2.0', method: 'notifications/cancelled', params }]);
    server.says({ id: ofBob!['id'], result: {} });
    server.says({ id: ofAlice!['id'], result: {} });
    expect([alice.takes(), bob.takes()]).toMatchObject([[{ id: 1 }], []]);
    expect(bob.count('lateResponses')).toBe(1);
  });

  test('P18 R8 listen to streams of their own', async () => {
    const { server, alice, bob } = await pair();
    for (const guest of [alice, bob]) guest.asks('l', 'subscriptions/listen', { _meta: modern });
    for (const { id } of server.takes().toReversed()) {
      server.says({ method: 'notifications/tools/list_changed', params: { _meta: { [subscriptionKey]: id } } });
      server.says({ id, result: { _meta: { [subscriptionKey]: id } } });
    }
    for (const guest of [alice, bob]) {
      expect(guest.takes()).toEqual([
        { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta: { [subscriptionKey]: 'l' } } },
        { jsonrpc: '2.0', id: 'l', result: { _meta: { [subscriptionKey]: 'l' } } },
      ]);
    }
  });

  test('get a batch of answers each in its parts, and a session that has no batches says so', async () => {
    const { server, alice, bob } = await pair();
    alice.asks(1);
    bob.asks(1);
    const batch = server.takes().map(({ id }) => ({ jsonrpc: '2.0', id, result: {} }));
    server.events.message(new TextEncoder().encode(JSON.stringify(batch)));
    for (const guest of [alice, bob]) {
      expect(guest.takes()).toMatchObject([{ id: 1, error: { code: -32600 } }]);
      expect(guest.count('malformedFromServer')).toBe(1);
    }
  });
});

describe('a handshake', () => {
  test('P11 is made once: who comes later gets what the server had said, and who comes meanwhile waits for it', async () => {
    const world = new SharedWorld();
    const guests = [world.guest(), world.guest(), world.guest()];
    world.server.comesUp();
    await settled();
    const versions = ['2025-11-25', '2025-06-18', '2024-11-05'];
    guests.forEach((guest, index) => guest.sends(initialize(index, versions[index])));
    expect(world.server.heard).toMatchObject([{ method: 'initialize', params: { protocolVersion: '2025-11-25' } }]);
    world.server.answersLast(initializeResult('2025-11-25', { tools: {} }));
    await settled();
    for (const guest of guests) guest.sends({ method: 'notifications/initialized' });
    expect(world.server.methods()).toEqual(['initialize', 'notifications/initialized']);
    const late = world.guest();
    await settled();
    late.sends(initialize('late'));
    await settled();
    [...guests, late].forEach((guest, index) => {
      const id = guest === late ? 'late' : index;
      expect(guest.takes()).toEqual([{ jsonrpc: '2.0', id, result: initializeResult('2025-11-25', { tools: {} }) }]);
      expect(guest.state).toBe('active.serving');
    });
    expect(world.server.heard).toHaveLength(2);
  });

  test('that the server refuses is tried again by the next client, in its own words', async () => {
    const world = new SharedWorld();
    const guests = [world.guest(), world.guest(), world.guest()];
    world.server.comesUp();
    await settled();
    const gone = world.guest();
    await settled();
    for (const [index, guest] of [guests[0]!, gone, guests[1]!, guests[2]!].entries()) {
      guest.sends(initialize(Math.max(0, index - 1), `version ${Math.max(0, index - 1)}`));
    }
    gone.leaves();
    world.server.says({ id: world.server.last()['id'], error: { code: -32602, message: 'no' } });
    expect(guests.map((guest) => guest.takes())).toMatchObject([[{ id: 0, error: { code: -32602 } }], [], []]);
    expect(world.server.last()).toMatchObject({ method: 'initialize', params: { protocolVersion: 'version 1' } });
    world.server.answersLast(initializeResult());
    await settled();
    expect(guests.map((guest) => guest.takes())).toMatchObject([[], [{ id: 1, result: {} }], [{ id: 2, result: {} }]]);
  });

  test('goes on for the others when its client leaves', async () => {
    const world = new SharedWorld();
    const [first, second] = [world.guest(), world.guest()];
    world.server.comesUp();
    await settled();
    first.sends(initialize(0));
    second.sends(initialize(0));
    first.leaves();
    expect(world.server.methods()).toEqual(['initialize']);
    world.server.answersLast(initializeResult());
    await settled();
    expect(second.takes()).toMatchObject([{ id: 0, result: { protocolVersion: '2025-11-25' } }]);
    expect(world.shared.counts.late).toBe(0);
  });

  test('is not waited for by a client that has left', async () => {
    const world = new SharedWorld();
    const [first, second] = [world.guest(), world.guest()];
    world.server.comesUp();
    await settled();
    first.sends(initialize(0));
    second.sends(initialize(0));
    second.leaves();
    world.server.answersLast(initializeResult());
    await settled();
    expect([first.takes().length, second.takes()]).toEqual([1, []]);
  });

  test('is no business of clients that do without: they are served as they come', async () => {
    const world = new SharedWorld();
    const [alice, bob] = [world.guest(), world.guest()];
    world.server.comesUp();
    await settled();
    for (const guest of [alice, bob]) guest.asks(1, 'tools/list', { _meta: modern });
    for (const { id } of world.server.takes()) world.server.says({ id, result: { of: id } });
    expect([alice, bob].map((guest) => guest.takes().length)).toEqual([1, 1]);
  });
});

describe('subscriptions', () => {
  const uri = 'file:///a';

  test('P11 P18 reach the server once, and what it says of a resource reaches whoever asked', async () => {
    const { server, alice, bob, shared } = await pair();
    alice.asks(1, 'resources/subscribe', { uri });
    bob.asks(1, 'resources/subscribe', { uri });
    expect(server.methods()).toEqual(['resources/subscribe']);
    server.answersLast();
    await settled();
    expect([alice, bob].map((guest) => guest.takes())).toEqual(
      [alice, bob].map(() => [{ jsonrpc: '2.0', id: 1, result: {} }]),
    );
    const updated = { method: 'notifications/resources/updated', params: { uri } };
    server.says(updated);
    alice.asks(2, 'resources/unsubscribe', { uri });
    await settled();
    expect(alice.takes()).toMatchObject([updated, { id: 2, result: {} }]);
    expect(server.methods()).toEqual(['resources/subscribe']);
    server.says(updated);
    expect([alice.takes(), bob.takes()]).toMatchObject([[], [updated, updated]]);
    bob.asks(2, 'resources/unsubscribe', { uri });
    expect(server.last()).toMatchObject({ method: 'resources/unsubscribe', params: { uri } });
    server.answersLast();
    server.says(updated);
    expect([alice.takes(), bob.takes(), shared.counts.late]).toMatchObject([[], [{ id: 2, result: {} }], 1]);
  });

  test('of a client that leaves are given back, and the answer is for nobody', async () => {
    const { server, alice, bob, shared } = await pair();
    bob.asks(1, 'resources/subscribe', { uri });
    server.answersLast();
    bob.leaves();
    expect(server.last()).toMatchObject({ method: 'resources/unsubscribe', params: { uri } });
    server.answersLast();
    expect([alice.takes(), shared.counts]).toEqual([
      [],
      { unattributed: 0, late: 0, droppedLogs: 0, refusedQuestions: 0 },
    ]);
  });

  test('that wait here are called off here', async () => {
    const { server, alice, bob } = await pair();
    alice.asks(1, 'resources/subscribe', { uri });
    bob.asks(1, 'resources/subscribe', { uri });
    bob.sends({ method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(server.methods()).toEqual(['resources/subscribe']);
    alice.sends({ method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(server.methods()).toEqual(['resources/subscribe', 'notifications/cancelled', 'resources/unsubscribe']);
  });
});

describe('a client that leaves', () => {
  test('ends what the server does for it, and leaves the others alone', async () => {
    const { server, alice, bob } = await pair();
    alice.asks(1);
    bob.asks(1);
    bob.asks('l', 'subscriptions/listen', { _meta: modern });
    const [, call, stream] = server.takes();
    bob.leaves();
    expect(server.takes()).toMatchObject(
      [call, stream].map((sent) => ({ method: 'notifications/cancelled', params: { requestId: sent!['id'] } })),
    );
    expect([server.closedBecause, alice.state, alice.takes()]).toEqual([undefined, 'active.serving', []]);
  });

  test('and only ends its input is answered what it asked before', async () => {
    const { server, bob } = await pair();
    bob.asks(1);
    bob.session.client.closed(false);
    expect([server.isInputClosed, server.closedBecause]).toEqual([false, undefined]);
    server.answersLast();
    expect([bob.takes(), bob.endings]).toMatchObject([[{ id: 1 }], ['client-closed']]);
  });

  test('as the last one ends the connection', async () => {
    const { server, alice, bob } = await pair();
    alice.leaves();
    expect(server.closedBecause).toBe(undefined);
    bob.leaves();
    expect(server.closedBecause).toBe('the session ended');
    expect(server.takes()).toEqual([]);
  });
});

describe('a server that reads slowly', () => {
  test('is not written to by anybody until it reads again, and then they take turns', async () => {
    const world = new SharedWorld();
    const guests = await world.guests(3);
    world.server.room = 1;
    // The first message of each finds the pipe full; what comes then waits in its session.
    for (const id of [1, 2, 3])
      for (const guest of guests) guest.asks(id, 'tools/call', { guest: guests.indexOf(guest) });
    const turns: unknown[] = [];
    for (let round = 0; round < 9; round++) {
      const guest = world.server.takes().map(({ params }) => (params as { readonly guest: number }).guest);
      turns.push(guest);
      world.server.room = 1;
      world.server.events.drained();
    }
    expect(turns.slice(0, 7)).toEqual([[0, 1, 2], [0], [1], [2], [0], [1], [2]]);
    expect(guests.every((guest) => guest.session.snapshot().pending.length === 3)).toBe(true);
  });
});

test('a request under an id from the range of another goes nowhere, and its session is told', async () => {
  const world = new SharedWorld();
  const [alice] = (await world.guests(1)) as [Guest];
  const { idBase, ...foreign } = world.shared.member();
  expect(idBase).toBe(2 * 2 ** 33);
  const heard: unknown[] = [];
  const opened = world.runtime.open({
    transportType: 'in-memory',
    server: foreign,
    client: { write: (parts) => heard.push(JSON.parse(Buffer.concat(parts).toString())) > 0, pause() {}, close() {} },
  });
  await settled();
  if ('session' in opened) opened.session.client.receive(bytesOf({ id: 1, method: 'tools/call' }));
  expect([world.server.takes(), heard]).toMatchObject([[], [{ id: 1, error: { code: 5020 } }]]);
  expect(alice.takes()).toEqual([]);
});
