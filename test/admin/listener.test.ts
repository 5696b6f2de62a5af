import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { initialize } from '../../src/testing/messages.ts';
import { administered, ask, token } from './administered-runtime.ts';

/** Sends these lines as they are, and reads until the listener closes the connection. */
async function raw(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let said = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  await once(socket, 'close');
  return said;
}

const get = (path: string, ...headers: readonly string[]): readonly string[] => [
  `GET ${path} HTTP/1.1`,
  'Connection: close',
  ...headers,
];

describe('who may ask', () => {
  test('nobody without the token learns anything but that', async () => {
    const { listener } = await administered({ limits: { strangersPerSecond: 1000 } });
    const paths = ['/', '/process', '/sessions', '/sessions/x', '/openapi.json', '/metrics', '/healthz', '/no-such'];
    for (const path of paths) {
      for (const headers of [
        { Authorization: '' },
        { Authorization: 'Bearer wrong' },
        { Authorization: 'Basic eDp5' },
      ]) {
        const { status, body } = await ask(listener.origin, path, { headers });
        expect([path, status, body['error']]).toMatchObject([path, 401, { code: 'UNAUTHORIZED' }]);
      }
    }
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])(
    '%s without the token is as much',
    async (method) => {
      const { listener, drains } = await administered();
      const { status, headers } = await ask(listener.origin, '/drain', { method, headers: { Authorization: '' } });
      expect([status, headers.get('access-control-allow-origin'), headers.get('set-cookie')]).toEqual([
        401,
        null,
        null,
      ]);
      expect(drains()).toBe(0);
    },
  );

  test('the token is taken from the header and from nowhere else', async () => {
    const { listener } = await administered();
    const headers = { Authorization: '', Cookie: `token=${token}`, 'X-Token': token };
    expect((await ask(listener.origin, `/process?token=${token}`, { headers })).status).toBe(401);
    expect((await ask(listener.origin, '/process')).status).toBe(200);
  });

  test('two tokens in one request are none', async () => {
    const { listener } = await administered();
    const bearer = `Authorization: Bearer ${token}`;
    expect(await raw(listener.port, get('/process', 'Host: localhost', bearer))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await raw(listener.port, get('/process', 'Host: localhost', bearer, bearer))).toMatch(/^HTTP\/1\.1 401 /);
  });

  test.each([
    ['another host', ['Host: evil.example']],
    ['two hosts', ['Host: localhost', 'Host: evil.example']],
    ['a page of somebody else', ['Host: 127.0.0.1', 'Origin: https://evil.example']],
    ['a page on another port of this machine', ['Host: 127.0.0.1:1', 'Origin: http://127.0.0.1:2']],
    ['a page without origin', ['Host: 127.0.0.1', 'Origin: null']],
  ])('a request of %s is refused, also with the token', async (_who, headers) => {
    const { listener } = await administered();
    const said = await raw(listener.port, get('/process', ...headers, `Authorization: Bearer ${token}`));
    // Node refuses a second Host itself.
    expect(said).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(said).not.toContain('forward http');
  });

  test('its own page may ask, and is loaded without a token', async () => {
    const { listener } = await administered();
    const own = { Origin: listener.origin };
    expect((await ask(listener.origin, '/process', { headers: own })).status).toBe(200);
    const page = await ask(listener.origin, '/inspect/', { headers: { Authorization: '' } });
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
    ]);
    expect((await ask(listener.origin, '/inspect/', { method: 'POST', headers: { Authorization: '' } })).status).toBe(
      401,
    );
  });
});

describe('how much may be asked', () => {
  test('a flood of strangers is told to come later, and keeps nobody from asking who has the token', async () => {
    const { listener } = await administered({ limits: { strangersPerSecond: 1 } });
    const strangers = Array.from({ length: 20 }, async () =>
      ask(listener.origin, '/sessions', { headers: { Authorization: 'Bearer guess' } }),
    );
    const statuses = (await Promise.all(strangers)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect((await ask(listener.origin, '/sessions')).status).toBe(200);
  });

  test('a flood with the token is told to come later', async () => {
    const { listener } = await administered({ limits: { requestsPerSecond: 2 } });
    const asked = Array.from({ length: 10 }, async () => ask(listener.origin, '/process'));
    const refused = (await Promise.all(asked)).filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(5);
    expect([refused[0]?.headers.get('retry-after'), refused[0]?.body['error']]).toMatchObject([
      '1',
      { code: 'TOO_MANY_REQUESTS' },
    ]);
  });

  test('a body or headers that are too large are refused', async () => {
    const { listener } = await administered({ limits: { bodyBytesMax: 100, headerBytesMax: 1000 } });
    const answer = await ask(listener.origin, '/drain', { method: 'POST', body: 'x'.repeat(101) });
    expect([answer.status, answer.body['error']]).toMatchObject([413, { code: 'BODY_TOO_LARGE' }]);
    const long = await raw(listener.port, get('/process', 'Host: localhost', `X: ${'x'.repeat(1000)}`));
    expect(long).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('an upgrade without the token, and any tunnel, is turned away', async () => {
    const { listener } = await administered();
    const upgrade = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket'];
    expect(await raw(listener.port, ['GET /sessions HTTP/1.1', ...upgrade])).toMatch(/^HTTP\/1\.1 401 /);
    expect(await raw(listener.port, ['CONNECT localhost:1 HTTP/1.1', 'Host: localhost'])).toBe('');
  });
});

describe('what is answered', () => {
  test('a path that is not there, and a method that it does not take, are told apart', async () => {
    const { listener } = await administered();
    expect((await ask(listener.origin, '/no-such')).body).toMatchObject({ error: { code: 'NOT_FOUND' } });
    const wrong = await ask(listener.origin, '/drain');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test.each(['//', 'http://['])('%s is no path that is there, and no error of ours', async (target) => {
    const { listener } = await administered();
    const said = await raw(listener.port, get(target, 'Host: localhost', `Authorization: Bearer ${token}`));
    expect(said).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('a session is listed, shown, tagged and closed', async () => {
    const { listener, open } = await administered();
    const session = open();
    session.client.receive(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...initialize('a') })));
    const { body: list } = await ask(listener.origin, '/sessions');
    expect(list).toMatchObject({
      total: 1,
      next: null,
      sessions: [{ id: session.id, state: 'initializing', pending: 1 }],
    });
    const path = `/sessions/${session.id}`;
    expect((await ask(listener.origin, path)).body).toMatchObject({ id: session.id, pending: [{ id: 'a' }] });
    const tagged = await ask(listener.origin, `${path}/tags/${encodeURIComponent('a b/ü')}`, { method: 'PUT' });
    expect(tagged.body).toEqual({ tags: ['a b/ü'] });
    expect(session.snapshot().tags).toEqual(['a b/ü']);
    const untagged = await ask(listener.origin, `${path}/tags/${encodeURIComponent('a b/ü')}`, { method: 'DELETE' });
    expect(untagged.body).toEqual({ tags: [] });
    expect((await ask(listener.origin, path, { method: 'DELETE' })).status).toBe(204);
    expect(session.snapshot().endReason).toBe('closed-by-operator');
    expect((await ask(listener.origin, path)).status).toBe(404);
  });

  test('a drain is begun once for each time that it is asked for', async () => {
    const { listener, drains } = await administered();
    expect(await ask(listener.origin, '/drain', { method: 'POST' })).toMatchObject({
      status: 202,
      body: { state: 'draining' },
    });
    expect(drains()).toBe(1);
  });
});
