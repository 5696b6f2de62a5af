import { afterEach, describe, expect, test } from 'vitest';
import { initialize, request } from '../../src/testing/messages.ts';
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
