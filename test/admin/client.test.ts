import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askAdmin } from '../../src/admin/client.ts';
import { administered, token } from './administered-runtime.ts';

async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a process that is asked', () => {
  test('answers', async () => {
    const { listener, open } = await administered();
    open();
    const { origin } = listener;
    expect(await askAdmin({ origin, token }, 'GET', '/sessions')).toMatchObject({
      kind: 'answered',
      body: { total: 1 },
    });
    expect(await askAdmin({ origin, token }, 'DELETE', '/sessions/session-1')).toEqual({
      kind: 'answered',
      body: null,
    });
  });

  test('refuses, and says why', async () => {
    const { listener } = await administered();
    expect(await askAdmin({ origin: listener.origin, token: 'x' }, 'GET', '/sessions')).toMatchObject({
      kind: 'refused',
      code: 'UNAUTHORIZED',
    });
  });

  test('is gone', async () => {
    const { listener } = await administered();
    await listener.close();
    expect(await askAdmin({ origin: listener.origin, token }, 'GET', '/sessions')).toMatchObject({
      kind: 'unreachable',
      isGone: true,
    });
  });

  test.each([
    [200, '<html>', 'what answers there is no admin listener of ninelives'],
    [502, '{}', 'it answered with HTTP 502'],
    [404, 'null', 'it answered with HTTP 404'],
  ])('is something else, that answers %i %s', async (status, body, message) => {
    const origin = await answering(status, body);
    expect(await askAdmin({ origin, token }, 'GET', '/')).toEqual({ kind: 'unreachable', message, isGone: false });
  });
});
