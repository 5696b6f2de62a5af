import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { HttpAgent, HttpLane } from '../../src/transports/http-agent.ts';
import { failureText } from '../../src/transports/http-failure.ts';
import { HttpResponse } from '../../src/transports/http-response.ts';
import { type Asked, openAgent, startServer } from './http-talk.ts';

const pem = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url)), 'utf8');

/** Starts the server on a free port of this machine, and ends it with the test. */
async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('secureConnection', (socket: Socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends a GET and resolves with the status and body, or with the error. */
async function get(agent: HttpAgent, url: string, lane: HttpLane = 'calls'): Promise<string | Error> {
  const { origin, pathname } = new URL(url);
  return new Promise((resolve) => {
    const response = new HttpResponse(
      { messageBytesMax: 1000 },
      {
        head: () => {},
        ended: ({ status }, body) => resolve(`${status} ${Buffer.from(body as Uint8Array).toString()}`),
        failed: resolve,
      },
      false,
      new Set(),
    );
    agent.send(lane, { origin, path: pathname, method: 'GET', headers: [], body: null }, response);
  });
}

describe('connections for calls', () => {
  test('are shared, limited, and used again', async () => {
    const asked: Asked[] = [];
    const server = await startServer((one) => void asked.push(one));
    const agent = await openAgent({ connectionsMax: 2 });
    const answers = [1, 2, 3].map(async () => get(agent, server.url));
    await expect.poll(() => asked).toHaveLength(2);
    expect(server.connections).toBe(2);
    asked[0]?.text('a', 200, 'text/plain');
    expect(await Promise.race(answers)).toBe('200 a');
    await expect.poll(() => asked).toHaveLength(3);
    for (const one of asked.slice(1)) one.text('b', 200, 'text/plain');
    await Promise.all(answers);
    expect(server.connections).toBe(2);
  });

  test.each(['notes', 'streams'] as const)('that are all taken keep no %s from leaving', async (lane) => {
    const asked: Asked[] = [];
    const server = await startServer((one) => void asked.push(one));
    const agent = await openAgent({ connectionsMax: 1 });
    void get(agent, server.url);
    await expect.poll(() => asked).toHaveLength(1);
    const answer = get(agent, server.url, lane);
    await expect.poll(() => asked).toHaveLength(2);
    asked[1]?.text('taken', 200, 'text/plain');
    expect(await answer).toBe('200 taken');
  });

  test('end with their agent, and so do their requests', async () => {
    const server = await startServer(() => {});
    const agent = await openAgent();
    const answer = get(agent, server.url);
    await expect.poll(() => server.open).toBe(1);
    await agent.close();
    expect(await answer).toBeInstanceOf(Error);
    await expect.poll(() => server.connections).toBe(0);
  });
});

describe('a server over TLS', () => {
  const listen = async (): Promise<number> =>
    listening(
      createHttpsServer({ key: pem('server-key'), cert: pem('server') }, (_request, response) =>
        response.end('secret'),
      ),
    );

  test('is trusted when its authority is', async () => {
    const url = `https://localhost:${await listen()}/`;
    expect(await get(await openAgent({ ca: pem('ca') }), url)).toBe('200 secret');
  });

  test('is not trusted otherwise, and that is said in words', async () => {
    const port = await listen();
    const untrusted = await get(await openAgent(), `https://localhost:${port}/`);
    expect(failureText(untrusted as Error, 'it')).toMatch(/^The certificate of it is not signed by anybody/);
    const misnamed = await get(await openAgent({ ca: pem('ca') }), `https://127.0.0.1:${port}/`);
    expect(failureText(misnamed as Error, 'it')).toMatch(/^The certificate of it is for another name/);
  });

  test('that speaks none says so in its own way, and we in ours', async () => {
    const port = await listening(createHttpServer((_request, response) => response.end()));
    const error = await get(await openAgent(), `https://localhost:${port}/`);
    expect(failureText(error as Error, 'it')).toMatch(/^it does not speak TLS/);
  });
});

test('a server that speaks no HTTP is not understood', async () => {
  const port = await listening(createServer((socket) => socket.end('SSH-2.0-x\r\n')));
  const error = await get(await openAgent(), `http://127.0.0.1:${port}/`);
  expect(failureText(error as Error, 'it')).toMatch(/^it does not speak HTTP as we do/);
});

describe('a proxy in the environment', () => {
  /** Takes tunnels to anywhere, all of which lead to this port, and says where they were to lead. */
  async function startProxy(port: number): Promise<{ readonly url: string; readonly tunnels: readonly string[] }> {
    const tunnels: string[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket: Socket) => {
      tunnels.push(`${request.url} for ${request.headers['proxy-authorization'] ?? 'anybody'}`);
      socket.on('error', () => {});
      const onwards = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onwards.pipe(socket).pipe(onwards);
      });
    });
    return { url: `http://u:p@127.0.0.1:${await listening(proxy)}`, tunnels };
  }

  test('is used for servers elsewhere', async () => {
    const server = await startServer((one) => one.text('through', 200, 'text/plain'));
    const proxy = await startProxy(server.port);
    const agent = await openAgent({ env: { HTTP_PROXY: proxy.url } });
    expect(await get(agent, 'http://mcp.example/x')).toBe('200 through');
    expect(proxy.tunnels).toEqual([`mcp.example:80 for Basic ${Buffer.from('u:p').toString('base64')}`]);
    expect(server.asked[0]?.header('host')).toBe('mcp.example');
  });

  test('is used for servers over TLS, which it cannot look into', async () => {
    const port = await listening(
      createHttpsServer({ key: pem('server-key'), cert: pem('server') }, (_request, response) =>
        response.end('secret'),
      ),
    );
    const proxy = await startProxy(port);
    const env = { https_proxy: proxy.url, HTTPS_PROXY: 'http://not.this.one' };
    const agent = await openAgent({ env, ca: pem('ca') });
    const error = await get(agent, 'https://mcp.example/x');
    expect(failureText(error as Error, 'it')).toMatch(/^The certificate of it is for another name/);
    expect(proxy.tunnels).toHaveLength(1);
  });

  test('is not used for servers on this machine, nor for those that need none', async () => {
    const server = await startServer((one) => one.text('straight', 200, 'text/plain'));
    const proxy = await startProxy(1);
    const agent = await openAgent({ env: { http_proxy: proxy.url, no_proxy: 'no.such.host.invalid' } });
    expect(await get(agent, server.url)).toBe('200 straight');
    expect(await get(agent, `http://localhost:${server.port}/`)).toBe('200 straight');
    expect(await get(agent, 'http://no.such.host.invalid/')).toMatchObject({ code: 'ENOTFOUND' });
    expect(proxy.tunnels).toEqual([]);
  });
});
