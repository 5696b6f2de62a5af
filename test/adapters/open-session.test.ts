import { describe, expect, test } from 'vitest';
import { openSession } from '../../src/adapters/open-session.ts';
import type { PeerAdapter, PeerReports } from '../../src/adapters/peer-adapter.ts';
import { createRuntime } from '../../src/index.ts';
import { LocalError } from '../../src/local-error.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';

/** A peer in the hands of a test: what it was told, and the reports to speak through. */
class HandPeer implements PeerAdapter {
  readonly heard: unknown[] = [];
  closedFor: string | undefined = undefined;
  reports: PeerReports | undefined = undefined;
  readonly link = {
    write: (message: readonly Uint8Array[]): boolean => {
      this.heard.push(JSON.parse(message.map((part) => decodeText(part)).join('')));
      return true;
    },
    pause: (): void => {},
    close: (reason: string): void => {
      this.closedFor = reason;
    },
  };

  start(reports: PeerReports): void {
    this.reports = reports;
  }

  says(message: object): void {
    this.reports?.message(encodeText(JSON.stringify({ jsonrpc: '2.0', ...message })));
  }
}

const newRuntime = (sessions = 10) =>
  createRuntime({ ids: { sessionId: () => crypto.randomUUID() }, limits: { sessions, sessionsPerPrincipalRatio: 1 } });

describe('a session between two adapters', () => {
  test('carries what either says to the other', () => {
    const [client, server] = [new HandPeer(), new HandPeer()];
    openSession(newRuntime(), { client, server });
    client.says({ id: 1, method: 'ping' });
    server.says({ id: 1, result: {} });
    expect(server.heard).toEqual([{ jsonrpc: '2.0', id: 1, method: 'ping' }]);
    expect(client.heard).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
  });

  test('ends when the client is gone, and closes the server', () => {
    const [client, server] = [new HandPeer(), new HandPeer()];
    const session = openSession(newRuntime(), { client, server });
    client.reports?.closed();
    expect(session.snapshot().state).toBe('closed');
    expect(server.closedFor).toBe('client-gone');
  });

  test('answers what waits when the server is gone', () => {
    const [client, server] = [new HandPeer(), new HandPeer()];
    openSession(newRuntime(), { client, server });
    client.says({ id: 1, method: 'ping' });
    server.reports?.closed();
    expect(client.heard).toMatchObject([{ id: 1, error: { data: { code: 'UPSTREAM_LOST' } } }]);
    expect(client.closedFor).toBeDefined();
  });

  test('lets go of a server that says nothing more', () => {
    const [client, server] = [new HandPeer(), new HandPeer()];
    const session = openSession(newRuntime(), { client, server });
    server.reports?.ended();
    expect([session.snapshot().state, server.closedFor]).toEqual(['failed', 'upstream-lost']);
  });

  test('that is refused is an error which says why and what to do', () => {
    const runtime = newRuntime(1);
    openSession(runtime, { client: new HandPeer(), server: new HandPeer() });
    const open = () => openSession(runtime, { client: new HandPeer(), server: new HandPeer() });
    expect(open).toThrow(LocalError);
    expect(open).toThrow(/TOO_MANY_SESSIONS.*raise the limit/s);
  });
});
