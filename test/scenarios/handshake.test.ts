/** How a session begins: the handshake, what comes before it, and what the session is called meanwhile. */
import { describe, expect, test } from 'vitest';
import { initialize, initializeResult, notification, request } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

const modernMeta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };

describe('the handshake', () => {
  test('S2 makes a session active when the server has answered it, and not before', () => {
    const { client, server, session } = playbook().open();
    expect(session.snapshot().state).toBe('initializing');
    client.sends(initialize(0));
    server.receives(initialize(0));
    expect(session.snapshot().state).toBe('initializing');
    server.answers(0, initializeResult());
    client.receivesResult(0, initializeResult());
    expect(session.snapshot().state).toBe('active.serving');
    client.notifies('notifications/initialized');
    server.receives(notification('notifications/initialized'));
    expect(session.snapshot()).toMatchObject({
      protocolVersion: '2025-11-25',
      clientName: 'test-client',
      serverName: 'test-server',
      transitions: [{ from: 'initializing', to: 'active.serving', count: 1 }],
    });
  });

  test('S5 is learned from the answer to initialize, not from a result that looks like one', () => {
    const { client, server, session } = playbook().open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.answers(1, initializeResult('1999-01-01'));
    client.receivesResult(1, initializeResult('1999-01-01'));
    expect(session.snapshot()).toMatchObject({ protocolVersion: undefined, serverName: undefined });
  });

  test('that the server refuses leaves the session as it was, and the client tries again', () => {
    const { client, server, session, handshake } = playbook().open();
    client.sends(initialize(0));
    server.receives(initialize(0));
    server.answersWithError(0, -32602, 'no such version');
    client.receives({ jsonrpc: '2.0', id: 0, error: { code: -32602, message: 'no such version' } });
    expect(session.snapshot()).toMatchObject({ state: 'initializing', protocolVersion: undefined });
    handshake({ id: 1, protocolVersion: '2025-06-18' });
    expect(session.snapshot()).toMatchObject({ state: 'active.serving', protocolVersion: '2025-06-18' });
  });

  test('R25 nothing is refused before it, what is early is counted, and pings are not early', () => {
    const { client, server, counts } = playbook().open();
    client.asks(1, 'ping');
    client.asks(2, 'tools/list');
    server.notifies('notifications/message', { level: 'info', data: 'starting' });
    server.asks(1, 'roots/list');
    server.receivesRequest(1, 'ping');
    server.receivesRequest(2, 'tools/list');
    client.receivesNotification('notifications/message', { level: 'info', data: 'starting' });
    client.receivesRequest(1, 'roots/list');
    expect(counts('beforeInitialized')).toEqual({ beforeInitialized: 2 });
  });

  test('S2 R25 a ping or a probe that is answered is no handshake', () => {
    const { client, server, session } = playbook().open();
    client.asks('server-discover-probe-1', 'server/discover', { _meta: modernMeta });
    server.receivesRequest('server-discover-probe-1', 'server/discover', { _meta: modernMeta });
    server.answersWithError('server-discover-probe-1', -32601, 'Method not found');
    client.asks(1, 'server/discover');
    client.asks(2, 'ping');
    server.answers(1);
    server.answers(2);
    expect(client.takesAll()).toHaveLength(3);
    expect(server.takesAll()).toHaveLength(2);
    expect(session.snapshot().state).toBe('initializing');
  });

  test('S2 is not needed by a modern request, which opens the session by itself', () => {
    const { client, server, session } = playbook().open();
    client.sends(request(1, 'tools/list', { _meta: modernMeta }));
    server.receives(request(1, 'tools/list', { _meta: modernMeta }));
    expect(session.snapshot().state).toBe('active.serving');
  });

  test('S2 is not needed by a server that answers without one', () => {
    const { client, server, session } = playbook().open();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.answersWithError(1, -32000, 'not initialized');
    client.receives({ jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'not initialized' } });
    expect(session.snapshot().state).toBe('initializing');
    client.asks(2, 'tools/list');
    server.receivesRequest(2, 'tools/list');
    server.answers(2);
    client.receivesResult(2);
    expect(session.snapshot().state).toBe('active.serving');
  });

  test('P7 that is not answered within a minute fails the session, and the client is told', () => {
    const play = playbook();
    const { client, server, session, endedWith } = play.open();
    play.timePasses(1000);
    client.sends(initialize(0));
    server.receives(initialize(0));
    play.timePasses(59_900);
    client.receivesNothing();
    play.timePasses(200);
    client.receivesError(0, 5040, {
      code: 'REQUEST_TIMEOUT',
      deadline: 'absolute',
      elapsedMs: 60_000,
      method: 'initialize',
    });
    expect(session.snapshot()).toMatchObject({ state: 'failed', status: 'timeout', endReason: 'initialize-timeout' });
    expect(endedWith).toEqual(['initialize-timeout']);
    expect([client.closedBecause, server.closedBecause]).toEqual(['initialize-timeout', 'initialize-timeout']);
  });
});
