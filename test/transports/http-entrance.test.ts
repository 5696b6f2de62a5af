import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { initialize, request } from '../../src/testing/messages.ts';
import type { Identified, Identify } from '../../src/transports/http-front-options.ts';
import { RawConnection, closeStages, openStage } from './http-stage.ts';

afterEach(closeStages);

describe('the door', () => {
  test.each([
    [{ Host: 'evil.example.com' }],
    [{ Origin: 'http://evil.example.com' }],
    [{ Host: 'evil.example.com', Origin: 'http://evil.example.com' }],
    [{ Origin: 'null' }],
  ])('P20 keeps out a request with %j, once and again', async (headers) => {
    const stage = await openStage();
    const client = await stage.opened();
    for (const reply of [await client.posts(initialize(1), headers), await client.posts(request(1, 'ping'), headers)]) {
      expect(reply.status).toBe(403);
      await reply.text();
    }
    expect((await client.posts(request(1, 'ping'))).status).toBe(200);
    expect(stage.servers.length).toBe(1);
  });

  test('P20 keeps out a request that is for two hosts, and one that is for none', async () => {
    const stage = await openStage();
    for (const hosts of ['Host: localhost\r\nHost: localhost\r\n', '']) {
      const connection = new RawConnection(stage.front.port);
      connection.writes(`GET /mcp HTTP/1.0\r\n${hosts}\r\n`);
      expect(await connection.all()).toContain('HTTP/1.1 403');
    }
  });

  test('says why, as a JSON-RPC error', async () => {
    const stage = await openStage();
    const reply = await stage.client().posts(initialize(1), { Host: 'evil.example.com' });
    expect([reply.status, await reply.json()]).toMatchObject([
      403,
      { id: null, error: { data: { reason: expect.stringContaining('evil.example.com') as string } } },
    ]);
  });

  test('lets in whoever speaks of this machine', async () => {
    const stage = await openStage();
    const { port } = stage.front;
    for (const headers of [{ Host: `localhost:${port}`, Origin: `http://localhost:${port}` }, { Host: '[::1]' }]) {
      expect((await stage.client().posts(initialize(1), headers)).status).toBe(200);
    }
  });
});

describe('beside the path of MCP', () => {
  test('is whether the process runs, and whether it should be sent traffic', async () => {
    let why: string | undefined = 'no server\nis there';
    const stage = await openStage({ unreadiness: () => why });
    const client = stage.client({ Host: '10.0.0.1:7400' });
    const ask = async (path: string): Promise<unknown> => {
      const reply = await client.sends({ method: 'GET', path });
      return [reply.status, await reply.text()];
    };
    expect([await ask('/healthz'), await ask('/readyz')]).toEqual([
      [200, 'ok\n'],
      [503, 'no server is there\n'],
    ]);
    why = undefined;
    expect(await ask('/readyz')).toEqual([200, 'ok\n']);
    expect((await client.sends({ path: '/readyz' })).status).toBe(405);
    stage.front.drain();
    expect(await ask('/readyz')).toEqual([503, 'draining\n']);
  });

  test('is nothing else', async () => {
    const stage = await openStage({ path: '/here' });
    const statuses = async (paths: readonly string[]): Promise<readonly number[]> =>
      Promise.all(paths.map(async (path) => (await stage.client().sends({ path, body: initialize(0) })).status));
    expect(await statuses(['/', '/mcp', '/here/', '/herer', '//here', '/HERE', '/healthz/x'])).toEqual(
      Array(7).fill(404),
    );
    expect(await statuses(['/here', '/here?a=b', '/here?'])).toEqual([200, 200, 200]);
  });
});

test('whatever goes wrong on our side is answered, and harms nobody else', async () => {
  const stage = await openStage({
    unreadiness: () => {
      throw new Error('an embedder is broken');
    },
  });
  const client = stage.client();
  const reply = await client.sends({ method: 'GET', path: '/readyz' });
  expect([reply.status, await reply.json()]).toMatchObject([500, { id: null, error: { data: { part: 'front' } } }]);
  stage.log.says('error', 'a request could not be served');
  expect((await client.posts(initialize(0))).status).toBe(200);
});

describe('a visitor who has to prove who it is', () => {
  const alice = { principal: 'alice', route: undefined, key: 'alice', ownHeaders: new Set(['authorization']) };
  const challenge = 'Bearer scope="read"';
  const byHeader: Identify = (asked) =>
    asked.header('authorization') === 'Bearer a'
      ? alice
      : { turnedAway: { status: 401, reason: 'Say who you are', challenge } };

  test('is told what to come with, and reaches no session', async () => {
    const stage = await openStage({ identify: byHeader });
    const reply = await stage.client().posts(initialize(0));
    expect([reply.status, reply.header('www-authenticate'), await reply.json()]).toMatchObject([
      401,
      challenge,
      { id: null, error: { code: -32600, data: { reason: 'Say who you are' } } },
    ]);
    expect(stage.asked).toEqual([]);
    expect((await stage.client().sends({ method: 'GET', path: '/healthz' })).status).toBe(200);
  });

  test('may be asked about for a while, with the same result', async () => {
    const stage = await openStage({ identify: async (asked) => byHeader(asked) });
    const client = await stage.opened({ Authorization: 'Bearer a' });
    expect((await client.posts(request(1, 'ping'))).status).toBe(200);
    expect((await client.posts(request(1, 'ping'), { Authorization: 'Bearer b' })).status).toBe(401);
    expect((await stage.client().posts(initialize(0))).status).toBe(401);
    expect(stage.session.metadata().principal).toBe('alice');
  });

  test('keeps to itself what it proved it with: nothing behind the front sees it', async () => {
    const stage = await openStage({ identify: byHeader });
    await stage.opened({ Authorization: 'Bearer a', 'User-Agent': 'curl' });
    const { exchange } = stage.asked[0]!;
    expect([exchange?.header('authorization'), exchange?.header('user-agent')]).toEqual([undefined, 'curl']);
  });

  test('and leaves meanwhile, opens nothing', async () => {
    let decide = (_who: Identified): void => {};
    const asked = new Promise<void>((resolve) => {
      stageOptions.onAsked = resolve;
    });
    const stage = await openStage({
      identify: async () =>
        new Promise((resolve) => {
          decide = resolve;
          stageOptions.onAsked();
        }),
    });
    const socket = connect(stage.front.port, '127.0.0.1');
    const body = JSON.stringify(initialize(0));
    const length = Buffer.byteLength(body);
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Accept: application/json, text/event-stream\r\nContent-Length: ${length}\r\n\r\n${body}`);
    await asked;
    const closed = once(socket, 'close');
    socket.resetAndDestroy();
    await closed;
    // A request of somebody else that is answered later than the end of this one was seen.
    expect((await stage.client().sends({ method: 'GET', path: '/healthz' })).status).toBe(200);
    decide(alice);
    expect((await stage.client().sends({ method: 'GET', path: '/healthz' })).status).toBe(200);
    expect(stage.asked).toEqual([]);
  });

  test('about whom nothing can be found out is told that this is our fault', async () => {
    const stage = await openStage({ identify: async () => Promise.reject(new Error('no idea')) });
    expect((await stage.client().posts(initialize(0))).status).toBe(500);
    stage.log.says('error', 'a request could not be served');
  });
});

const stageOptions = { onAsked: (): void => {} };

describe('a document beside the path of MCP', () => {
  const documents = new Map([['/.well-known/x', (): string => '{"a":1}']]);

  test('may be read by anybody whom the door lets in, and by nobody else', async () => {
    const stage = await openStage({ documents });
    const reply = await stage.client().sends({ method: 'GET', path: '/.well-known/x?y' });
    expect([reply.status, reply.header('content-type'), await reply.json()]).toEqual([
      200,
      'application/json',
      { a: 1 },
    ]);
    expect((await stage.client().sends({ path: '/.well-known/x' })).status).toBe(405);
    expect((await stage.client().sends({ method: 'GET', path: '/.well-known/y' })).status).toBe(404);
    const strange = await stage
      .client()
      .sends({ method: 'GET', path: '/.well-known/x', headers: { Host: 'evil.example' } });
    expect(strange.status).toBe(403);
  });

  test('may be read by a page that may use the front', async () => {
    const page = 'https://app.example.com';
    const stage = await openStage({ documents, allowsPages: true, door: { allowOrigins: [page] } });
    const asks = async (method: string) =>
      stage.client().sends({
        method,
        path: '/.well-known/x',
        headers: { Origin: page, 'Access-Control-Request-Headers': 'mcp-protocol-version' },
      });
    const [preflight, reply] = [await asks('OPTIONS'), await asks('GET')];
    expect([preflight.status, preflight.header('access-control-allow-headers')]).toEqual([204, 'mcp-protocol-version']);
    expect([reply.status, reply.header('access-control-allow-origin')]).toEqual([200, page]);
  });
});
