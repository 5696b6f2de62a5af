/** Conversations with a shared server about what it says: whose it is, and what becomes of what belongs to nobody. */

import { describe, expect, test } from 'vitest';
import { type Guest, SharedWorld, pair, refusedWith, settled } from './shared-world.ts';

const modern = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };

describe('what the server asks', () => {
  test('P9 goes to the one client that waits for it, and the answer goes back as it was given', async () => {
    const { server, alice, bob } = await pair();
    bob.asks(1);
    server.takes();
    for (const [id, method] of ['sampling/createMessage', 'elicitation/create', 'roots/list', 'ping'].entries()) {
      server.says({ id, method });
      expect(bob.takes()).toEqual([{ jsonrpc: '2.0', id, method }]);
      bob.sends({ id, result: { n: id } });
      expect(server.takes()).toEqual([{ jsonrpc: '2.0', id, result: { n: id } }]);
    }
    expect(alice.takes()).toEqual([]);
  });

  test('P9 P18 is refused when no client waits, or more than one: it is not to be guessed', async () => {
    const { server, shared, alice, bob } = await pair();
    server.says({ id: 'a', method: 'sampling/createMessage', params: { secret: 1 } });
    expect(server.takes()).toMatchObject([{ id: 'a', ...refusedWith('not-attributed') }]);
    alice.asks(1);
    bob.asks(1);
    server.takes();
    server.says({ id: 'b', method: 'sampling/createMessage', params: { secret: 1 } });
    expect(server.takes()).toMatchObject([{ id: 'b', ...refusedWith('not-attributed') }]);
    expect([alice.takes(), bob.takes(), shared.counts.refusedQuestions]).toEqual([[], [], 2]);
  });

  test('and is a ping is answered, also when nobody can be named', async () => {
    const { server } = await pair();
    server.says({ id: 7, method: 'ping' });
    expect(server.takes()).toEqual([{ jsonrpc: '2.0', id: 7, result: {} }]);
  });

  test('is called off where it was put', async () => {
    const { server, shared, alice, bob } = await pair();
    bob.asks(1);
    server.says({ id: 5, method: 'roots/list' });
    alice.asks(1);
    bob.takes();
    server.takes();
    server.says({ method: 'notifications/cancelled', params: { requestId: 5 } });
    expect([alice.takes(), bob.takes()]).toMatchObject([[], [{ params: { requestId: 5 } }]]);
    server.says({ method: 'notifications/cancelled', params: { requestId: 5 } });
    expect([alice.takes(), bob.takes(), shared.counts.late]).toEqual([[], [], 1]);
    expect(server.takes()).toEqual([]);
  });

  test('twice under one id is refused by the session that has it', async () => {
    const { server, alice, bob } = await pair();
    bob.asks(1);
    server.says({ id: 5, method: 'roots/list' });
    bob.sends({ method: 'notifications/cancelled', params: { requestId: 1 } });
    alice.asks(1);
    server.takes();
    server.says({ id: 5, method: 'roots/list' });
    expect([alice.takes(), bob.takes().length]).toEqual([[], 1]);
    expect(server.takes()).toMatchObject([{ id: 5, error: { code: -32600 } }]);
  });

  test('is answered with an error when its client leaves', async () => {
    const { server, bob } = await pair();
    bob.asks(1);
    server.says({ id: 5, method: 'roots/list' });
    const sentId = server.takes().find(({ method }) => method === 'tools/call')!['id'];
    bob.leaves();
    expect(server.takes()).toMatchObject([
      { id: 5, ...refusedWith('client-gone') },
      { method: 'notifications/cancelled', params: { requestId: sentId } },
    ]);
  });

  test('is answered with an error also when the server did not read while its client left', async () => {
    const { server, bob } = await pair();
    bob.asks(1);
    server.says({ id: 5, method: 'roots/list' });
    server.takes();
    server.room = 0;
    bob.asks(2);
    expect(server.takes()).toHaveLength(1);
    bob.leaves();
    expect(server.takes().filter(({ id }) => id === 5)).toMatchObject([refusedWith('client-gone')]);
  });

  test('in words that cannot be read is refused, unless one client waits and its session refuses it', async () => {
    const { server, shared, alice } = await pair();
    const says = (id: string) =>
      server.events.message(new TextEncoder().encode(`{"jsonrpc":"2.0","id":${id},"method":7}`));
    says('"q"');
    expect(server.takes()).toMatchObject([{ id: 'q', ...refusedWith('not-attributed') }]);
    alice.asks(1);
    server.takes();
    says('"r"');
    expect(server.takes()).toMatchObject([{ id: 'r', error: { code: -32600 } }]);
    expect([alice.count('malformedFromServer'), shared.counts.refusedQuestions]).toEqual([1, 1]);
  });

  test('reaches the first client while nobody else has been there, whether it waits or not', async () => {
    const world = new SharedWorld();
    const [alice] = (await world.guests(1)) as [Guest];
    world.server.says({ id: 5, method: 'roots/list' });
    world.server.says({ method: 'notifications/message', params: { level: 'info', data: 1 } });
    world.server.says({ method: 'notifications/of/its/own' });
    expect(alice.takes()).toHaveLength(3);
    world.guest();
    await settled();
    world.server.says({ id: 6, method: 'roots/list' });
    world.server.says({ method: 'notifications/of/its/own' });
    expect(alice.takes()).toEqual([]);
    expect(world.shared.counts).toMatchObject({ refusedQuestions: 1, unattributed: 1 });
  });
});

describe('what the server tells', () => {
  const log = { method: 'notifications/message', params: { level: 'info', data: 'secret' } };

  test('P18 in its log reaches the one client that waits, and otherwise nobody', async () => {
    const { server, shared, alice, bob } = await pair();
    server.says(log);
    alice.asks(1);
    server.says(log);
    bob.asks(1);
    server.says(log);
    expect([alice.takes(), bob.takes()]).toMatchObject([[log], []]);
    expect(shared.counts.droppedLogs).toBe(2);
  });

  test('P18 after a request was called off, or answered, is not about it any more', async () => {
    const { server, alice, bob } = await pair();
    alice.asks(1);
    bob.asks(1);
    bob.sends({ method: 'notifications/cancelled', params: { requestId: 1 } });
    server.says(log);
    expect([alice.takes(), bob.takes()]).toMatchObject([[log], []]);
    bob.asks(2);
    server.says({ id: server.takes().find(({ method }) => method === 'tools/call')!['id'], result: {} });
    alice.takes();
    server.says(log);
    expect([alice.takes(), bob.takes()]).toMatchObject([[], [log]]);
  });

  test('P18 a stream that somebody listens to is no cause of it', async () => {
    const { server, alice, bob } = await pair();
    bob.asks('l', 'subscriptions/listen', { _meta: modern });
    alice.asks(1);
    server.says(log);
    expect([alice.takes(), bob.takes()]).toMatchObject([[log], []]);
  });

  test('P18 of its lists reaches every client that may know one', async () => {
    const world = await pair();
    const { server, alice, bob } = world;
    const carol = world.guest();
    await settled();
    for (const kind of ['tools', 'prompts', 'resources']) server.says({ method: `notifications/${kind}/list_changed` });
    expect([alice, bob, carol].map((guest) => guest.takes().length)).toEqual([3, 3, 0]);
  });

  test('and is for nobody is counted, logged at first, and dropped', async () => {
    const lines: unknown[] = [];
    const ignored = (): void => {};
    const warn = (...line: unknown[]): number => lines.push(line);
    const world = new SharedWorld({
      log: { traces: false, trace: ignored, debug: ignored, info: ignored, error: ignored, warn },
    });
    const [alice, bob] = (await world.guests(2)) as [Guest, Guest];
    for (let n = 0; n < 30; n++) world.server.says({ method: 'notifications/tasks/status', params: { taskId: 't' } });
    world.server.says({ id: 'no-such-id', result: {} });
    world.server.says({ method: 'notifications/progress', params: { progressToken: 'mine', progress: 1 } });
    world.server.events.message(new TextEncoder().encode('Server starting up...'));
    expect([alice.takes(), bob.takes(), world.shared.counts.unattributed]).toEqual([[], [], 33]);
    expect(lines).toHaveLength(20);
    expect(lines[0]).toMatchObject([{ kind: 'notification', method: 'notifications/tasks/status' }, expect.anything()]);
  });

  test('one that is gone is counted and dropped', async () => {
    const { server, shared, alice, bob } = await pair();
    bob.asks(1, 'tools/call', { _meta: { progressToken: 'p' } });
    const { id } = server.last();
    bob.leaves();
    server.says({ method: 'notifications/progress', params: { progressToken: id, progress: 1 } });
    server.says({ id, result: {} });
    expect([alice.takes(), shared.counts]).toMatchObject([[], { late: 2, unattributed: 0 }]);
  });

  test('R6 an error without an id is for the one client that waits', async () => {
    const { server, shared, alice, bob } = await pair();
    const error = { code: -32700, message: 'Parse error' };
    server.says({ id: null, error });
    alice.asks(1);
    server.says({ id: null, error });
    expect([alice.takes(), bob.takes(), shared.counts.unattributed]).toMatchObject([[{ id: null, error }], [], 1]);
  });

  test('what is no message settles the request whose answer it was to be', async () => {
    const { server, alice, bob } = await pair();
    alice.asks(1);
    bob.asks(1);
    const [ofAlice] = server.takes();
    const fault = { fault: 'frame-too-large', reason: 'large', expectsAnswer: false, isAnswer: true } as const;
    server.events.unreadable({ ...fault, idToken: String(ofAlice!['id']) }, 99);
    expect(alice.takes()).toMatchObject([{ id: 1, error: { code: 4130 } }]);
    server.says(log);
    expect([alice.takes(), bob.takes()]).toMatchObject([[], [log]]);
  });
});
