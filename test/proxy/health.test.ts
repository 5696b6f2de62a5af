import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { answerHealth } from '../../src/proxy/health.ts';
import { listenOn, urlOf } from '../../src/proxy/listening.ts';

test('P5 says that it is up, and whether it should be sent traffic', async () => {
  const server = createServer((request, response) => answerHealth(request, response, () => state.why));
  const state: { why?: string } = {};
  onTestFinished(() => void server.close());
  const base = urlOf('http', await listenOn(server, { host: '127.0.0.1', port: 0, path: '' }), '');
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`${base}${path}`, { method });
    return [response.status, await response.text()];
  };
  expect([await ask('/healthz'), await ask('/readyz?now')]).toEqual([
    [200, 'ok\n'],
    [200, 'ok\n'],
  ]);
  state.why = 'the server exited with code 3';
  expect([await ask('/healthz'), await ask('/readyz')]).toEqual([
    [200, 'ok\n'],
    [503, 'the server exited with code 3\n'],
  ]);
  expect([await ask('/'), await ask('/healthz', 'POST'), (await ask('/readyz', 'HEAD'))[0]]).toEqual([
    [404, 'Not found\n'],
    [405, 'Method not allowed\n'],
    503,
  ]);
});
