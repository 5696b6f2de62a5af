/** A peer gives up what it has asked for: in whatever state the request is, it ends there, and nobody works on it longer. */
import { describe, expect, test } from 'vitest';
import type { Interceptor } from '../../src/session/interception.ts';
import { cancelled, initialize, progress, request } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

/** Holds every frame of this method until it is released. */
function gate(method: string, direction = 'client-to-server'): Interceptor & { readonly open: () => void } {
  let open: () => void = () => {};
  const opened = new Promise<{ action: 'continue' }>((resolve) => {
    open = () => resolve({ action: 'continue' });
  });
  return {
    name: 'gate',
    open: () => open(),
    intercept: (context) =>
      context.direction === direction && (context.message['method'] ?? 'answer') === method ? opened : undefined,
  };
}

describe('a cancelled request', () => {
  test('R9 that the server works on: the server is told, and its answer comes to nothing', () => {
    const { client, server, counts, handshake } = playbook().open();
    handshake();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    client.sends('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"bored"}}');
    server.receives('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"bored"}}');
    server.answers(1);
    client.receivesNothing();
    expect(counts('outcome.cancelled', 'lateResponses')).toEqual({ 'outcome.cancelled': 1, lateResponses: 1 });
  });

  test('P10 that an interceptor thinks about: the server never hears of it', async () => {
    const slow = gate('tools/call');
    const play = playbook({ interceptors: [slow] });
    const { client, server, session } = play.open();
    client.asks(1, 'tools/call');
    client.asks(2, 'tools/list');
    client.sends(cancelled(1));
    expect(session.snapshot().pending.map((entry) => entry.id)).toEqual([2]);
    server.receivesRequest(2, 'tools/list');
    slow.open();
    await play.promisesSettle();
    server.receivesNothing();
  });

  test('P10 that is delayed: the server never hears of it', () => {
    const play = playbook({
      interceptors: [
        {
          name: 'brake',
          intercept: ({ message }) =>
            message['method'] === 'tools/call' ? { action: 'delay', delayMs: 1000 } : undefined,
        },
      ],
    });
    const { client, server, session } = play.open();
    client.asks(1, 'tools/call');
    client.sends(cancelled(1));
    play.timePasses(2000);
    server.receivesNothing();
    expect(session.snapshot().held).toEqual([]);
  });

  test('P10 that waits for its upstream: the server never hears of it', () => {
    const { client, server, counts } = playbook().openWithRestarts();
    client.asks(1, 'tools/call');
    client.asks(2, 'tools/list');
    client.sends(cancelled(1));
    expect(counts('outcome.cancelled')).toEqual({ 'outcome.cancelled': 1 });
    server.comesUp();
    server.receivesRequest(2, 'tools/list');
    server.receivesNothing();
  });

  test('P10 whose answer is held: the client never hears of it', async () => {
    const slow = gate('answer', 'server-to-client');
    const play = playbook({ interceptors: [slow] });
    const { client, server, counts } = play.open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.answers(1);
    client.sends(cancelled(1));
    server.receivesNothing();
    slow.open();
    await play.promisesSettle();
    client.receivesNothing();
    expect(counts('outcome.cancelled', 'outcome.result')).toEqual({ 'outcome.cancelled': 1, 'outcome.result': 0 });
  });

  test('R9 that has ended, or never was: nobody is told, since its id may be in use again', () => {
    const { client, server, counts } = playbook().open();
    for (let id = 0; id < 100; id++) {
      client.asks(id, 'tools/list');
      server.answers(id);
    }
    expect([client.takesAll().length, server.takesAll().length]).toEqual([100, 100]);
    for (let id = 0; id < 100; id++) client.sends(cancelled(id));
    client.sends(cancelled('never'));
    client.notifies('notifications/cancelled', {});
    server.receivesNothing();
    expect(counts('lateCancellations')).toEqual({ lateCancellations: 102 });
  });

  test('R9 that is initialize lives on: that one is never cancelled', () => {
    const { client, server, counts, session } = playbook().open();
    client.sends(initialize(0));
    server.receives(initialize(0));
    client.sends(cancelled(0));
    server.receivesNothing();
    expect(counts('illegalCancellations')).toEqual({ illegalCancellations: 1 });
    expect(session.snapshot().pending).toMatchObject([{ id: 0, method: 'initialize' }]);
  });

  test('R1 R9 is the one of this id and type: "1" does not cancel 1', () => {
    const { client, server, session } = playbook().open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    client.sends(cancelled('1'));
    server.receivesNothing();
    expect(session.snapshot().pending).toMatchObject([{ id: 1 }]);
  });

  test('R2 R9 is one of the canceller’s own: a server cannot cancel what it was asked', () => {
    const { client, server, session } = playbook().open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.sends(cancelled(1));
    client.receivesNothing();
    expect(session.snapshot().pending).toMatchObject([{ id: 1 }]);
  });

  test('R11 is a stream of subscriptions/listen: its server ends it by a cancellation, which the client has to see', () => {
    const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    const { client, server, session, counts } = playbook().open();
    client.sends(request('s', 'subscriptions/listen', params));
    server.receives(request('s', 'subscriptions/listen', params));
    server.sends(cancelled('s'));
    client.receives(cancelled('s'));
    expect(session.snapshot().pending).toEqual([]);
    expect(counts('outcome.cancelled')).toEqual({ 'outcome.cancelled': 1 });
  });

  test('R11 of the modern era ends in the same way: the server hears of it and nothing more is sent for it', () => {
    const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', progressToken: 1 } };
    const { client, server } = playbook().open();
    client.sends(request(1, 'tools/call', params));
    server.receives(request(1, 'tools/call', params));
    client.sends(cancelled(1));
    server.receives(cancelled(1));
    server.sends(progress(1, 1));
    server.answers(1);
    client.receivesNothing();
  });
});

describe('a cancellation', () => {
  test('P10 passes what is held in front of it', async () => {
    const slow = gate('tools/slow');
    const play = playbook({ interceptors: [slow] });
    const { client, server } = play.open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    client.asks(2, 'tools/slow');
    client.notifies('notifications/roots/list_changed');
    client.sends(cancelled(1));
    server.receives(cancelled(1));
    server.receivesNothing();
    slow.open();
    await play.promisesSettle();
    server.receivesRequest(2, 'tools/slow');
    server.receivesNotification('notifications/roots/list_changed');
  });

  test('P10 of the head of a queue lets the next one go', async () => {
    const slow = gate('tools/slow');
    const play = playbook({ interceptors: [slow] });
    const { client, server } = play.open();
    client.asks(1, 'tools/slow');
    client.asks(2, 'tools/list');
    client.notifies('notifications/roots/list_changed');
    server.receivesNothing();
    client.sends(cancelled(1));
    server.receivesRequest(2, 'tools/list');
    server.receivesNotification('notifications/roots/list_changed');
    slow.open();
    await play.promisesSettle();
    server.receivesNothing();
  });

  test('R9 of a request that was lost with its server is too late', () => {
    const play = playbook();
    const { client, server, counts } = play.openWithRestarts();
    server.comesUp();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.goesDown();
    client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'exited', exitCode: 0, signal: null });
    client.sends(cancelled(1));
    play.timePasses(100);
    server.comesUp();
    server.receivesNothing();
    expect(counts('lateCancellations')).toEqual({ lateCancellations: 1 });
  });
});
