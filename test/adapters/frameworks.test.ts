/**
 * The handler in each framework that the guide shows, and in none: real clients on real sockets, as they are told to use it.
 */

import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import express from 'express';
import fastify from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { createFetchHandler } from '../../src/adapters/fetch-handler.ts';
import { nodeListener } from '../../src/adapters/node-listener.ts';
import type { UpstreamConnector } from '../../src/ports.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { initialize, request, result } from '../../src/testing/messages.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { type HttpAgent, openHttpAgent } from '../../src/transports/http-agent.ts';
import { httpConnector } from '../../src/transports/http-connector.ts';
import { type Service, startService } from '../conformance/service.ts';
import { handlerForOthers } from '../docs/fetch-door.example.ts';
import { expressApp } from '../docs/fetch-express.example.ts';
import { fastifyApp } from '../docs/fetch-fastify.example.ts';
import { honoApp } from '../docs/fetch-hono.example.ts';
import { leave, mcp, runtime } from '../docs/fetch-sdk-server.example.ts';
import { type ClientKind, type SdkClient, clientKinds, connect } from '../e2e/sdk-client.ts';
import { RawConnection, TestServer, both, usual } from '../transports/http-stage.ts';

type Listening = (server: UpstreamConnector) => Promise<Server>;

const listening = async (server: Server): Promise<Server> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
};

const withHandler = (server: UpstreamConnector) =>
  nodeListener(createFetchHandler({ runtime: createRuntime(), server }));

const frameworks: Readonly<Record<string, Listening>> = {
  hono: async (server) => {
    const app = serve({ fetch: honoApp(server).fetch, port: 0, hostname: '127.0.0.1' }) as Server;
    if (!app.listening) await once(app, 'listening');
    return app;
  },
  express: async (server) => listening(createServer(expressApp(server))),
  'express with a body parser': async (server) => {
    const app = express();
    app.use(express.json({ limit: '20mb' }));
    app.all('/mcp', withHandler(server));
    return listening(createServer(app));
  },
  fastify: async (server) => {
    const app = fastifyApp(server);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return app.server;
  },
  'fastify with its body parser': async (server) => {
    const listener = withHandler(server);
    const app = fastify();
    app.all('/mcp', (asked, reply) => {
      reply.hijack();
      listener(asked.raw, reply.raw, asked.body);
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    return app.server;
  },
  'no framework': async (server) => listening(createServer(withHandler(server))),
};

let fixture: Service;
let agent: HttpAgent;
const servers = new Set<Server>();
const clients = new Set<SdkClient>();

beforeAll(async () => {
  agent = await openHttpAgent({ env: {} });
  fixture = await startService([process.execPath, 'dist/test/conformance/fixture/http.js']);
});

afterAll(async () => {
  await fixture.stop();
  await agent.close();
});

afterEach(async () => {
  await Promise.all([...clients].map(async (client) => client.close()));
  clients.clear();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers.clear();
});

async function urlOf(listens: Listening, server: UpstreamConnector): Promise<URL> {
  const listener = await listens(server);
  servers.add(listener);
  return new URL(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/mcp`);
}

/** A server of both eras on HTTP, for one session. */
const overHttp = (): UpstreamConnector => ({
  connect: (events) =>
    httpConnector({ url: fixture.url, agent, clock: systemClock(), frameBytesMax: 1024 * 1024 }).connect(events),
});

async function talks(kind: ClientKind, url: URL): Promise<void> {
  const client = await connect(kind, url, true);
  clients.add(client);
  const progress: unknown[] = [];
  const onprogress = (step: unknown): void => void progress.push(step);
  await client.callTool('test_tool_with_progress', {}, { onprogress });
  expect(progress.slice(0, 2)).toMatchObject([{ progress: 0 }, { progress: 50 }]);
  if (client.era !== 'modern') {
    expect(await client.callTool('test_sampling', { prompt: 'a' })).toMatchObject({
      content: [{ text: expect.stringContaining('something') as string }],
    });
  }
  const said = Array.from({ length: 10 }, async () => client.callTool('test_simple_text'));
  expect(new Set((await Promise.all(said)).map((answer) => JSON.stringify(answer))).size).toBe(1);
  await client.terminate();
}

describe.each(Object.entries(frameworks))('in %s', (_name, listens) => {
  test('clients of both SDKs and both eras call, are shown progress, and are asked something', async () => {
    const url = await urlOf(listens, overHttp());
    expect(await Promise.all(clientKinds.map(async (kind) => talks(kind, url)))).toHaveLength(clientKinds.length);
  });

  test('a call whose server dies is answered at once', async () => {
    const server = new TestServer(usual);
    const url = await urlOf(listens, server);
    const headers = { 'Content-Type': 'application/json', Accept: both };
    const post = async (body: object, more: Record<string, string> = {}): Promise<Response> =>
      fetch(url, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
    const opened = await post(initialize(0));
    const session = { 'Mcp-Session-Id': opened.headers.get('mcp-session-id') ?? '' };
    expect(await opened.json()).toMatchObject({ id: 0, result: {} });
    const large = { text: 'x'.repeat(300_000) };
    expect(await (await post(request(1, 'echo', large), session)).json()).toEqual(result(1, large));
    const call = post(request(2, 'never'), session);
    await server.hears('never');
    server.dies();
    expect((await call).status).toBe(502);
    expect(await (await call).json()).toMatchObject({ id: 2, error: { data: { code: 'UPSTREAM_LOST' } } });
  });

  test('a client that leaves in the middle of its stream is noticed: it may open another', async () => {
    const url = await urlOf(listens, new TestServer(usual));
    const headers = { 'Content-Type': 'application/json', Accept: both };
    const opened = await fetch(url, { method: 'POST', headers, body: JSON.stringify(initialize(0)) });
    const session = { Accept: both, 'Mcp-Session-Id': opened.headers.get('mcp-session-id') ?? '' };
    const leaves = new AbortController();
    expect((await fetch(url, { headers: session, signal: leaves.signal })).status).toBe(200);
    expect((await fetch(url, { headers: session })).status).toBe(409);
    leaves.abort();
    await expect.poll(async () => (await fetch(url, { headers: session })).status).toBe(200);
  });

  test('a request for another host is turned away', async () => {
    const { port } = await urlOf(listens, new TestServer(usual));
    const connection = new RawConnection(Number(port));
    connection.writes('POST /mcp HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\nConnection: close\r\n');
    connection.writes('Content-Type: application/json\r\n\r\n{}');
    expect(await connection.all()).toContain('HTTP/1.1 403');
  });
});

test('a server of the SDK in the same process is behind the handler of the guide, without a socket', async () => {
  const fetchFromHandler = async (url: string | URL, init?: RequestInit): Promise<Response> =>
    mcp.fetch(new Request(url, init));
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { fetch: fetchFromHandler }));
  expect(await client.callTool({ name: 'greet' })).toMatchObject({ content: [{ text: 'Hello' }] });
  await client.close();
  await leave();
  expect([...runtime.sessions()]).toEqual([]);
});

test('the handler of the guide for others is there for the names it says, and their page', async () => {
  const { fetch: ask } = handlerForOthers(new TestServer(usual));
  const statuses = ['https://app.example.com', 'https://other.example.com'].map(async (origin) => {
    const headers = { Origin: origin, Accept: both, 'Content-Type': 'application/json' };
    const body = JSON.stringify(initialize(0));
    return (await ask(new Request('https://mcp.example.com/mcp', { method: 'POST', headers, body }))).status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 403]);
  expect((await ask(new Request('https://evil.example.com/mcp', { method: 'POST', body: '{}' }))).status).toBe(403);
});
