/** Servers as they are in the world: made with the official SDKs, and the official server that has everything. */

import { randomUUID } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Server as SdkServer } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListRootsResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import { describe, expect, onTestFinished, test } from 'vitest';

import { cancelled, initialize, progress, request, result } from '../../src/testing/messages.ts';
import { httpUpstream } from '../../src/transports/http-detect.ts';
import { type HttpTalk, modernCall, talkWith } from './http-talk.ts';

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

async function listening(serve: Serve): Promise<string> {
  const http = createServer((incoming, response) => void serve(incoming, response));
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
}

/** A server of the SDK, version 1, whose one tool does as its name says: echoes, shows progress, asks for roots, or waits. */
function sdkServer(given: { waits: number; cancelled: number }): SdkServer {
  const server = new SdkServer({ name: 'sdk', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, _meta } }, extra) => {
    const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });
    switch (name) {
      case 'progress':
        for (const step of [1, 2, 3]) {
          const params = { progressToken: _meta!.progressToken!, progress: step };
          await extra.sendNotification({ method: 'notifications/progress', params });
        }
        return said('done');
      case 'roots': {
        const { roots } = await extra.sendRequest({ method: 'roots/list' }, ListRootsResultSchema);
        return said(roots.map(({ uri }) => uri).join());
      }
      case 'wait':
        given.waits += 1;
        return new Promise((_resolve, reject) => {
          extra.signal.addEventListener('abort', () => {
            given.cancelled += 1;
            reject(new Error('cancelled'));
          });
        });
      default:
        return said(name);
    }
  });
  return server;
}

/** Sessions of the SDK, version 1, over streamable HTTP; `forgets` makes it as if it had been started anew. */
async function sessionsOfSdk(enableJsonResponse: boolean) {
  const given = { waits: 0, cancelled: 0 };
  let sessions = new Map<string, StreamableHTTPServerTransport>();
  const url = await listening(async (incoming, response) => {
    const id = incoming.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (known !== undefined) return known.handleRequest(incoming, response);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse,
      onsessioninitialized: (name) => void sessions.set(name, transport),
    });
    await sdkServer(given).connect(transport);
    return transport.handleRequest(incoming, response);
  });
  return { url, given, sessions: () => sessions.size, forgets: () => (sessions = new Map()) };
}

const called = (id: number, text: string): object => result(id, { content: [{ type: 'text', text }] });

async function handshake({ client }: HttpTalk): Promise<void> {
  const hello = initialize(0);
  client.sends({ ...hello, params: { ...(hello['params'] as object), capabilities: { roots: {} } } });
  expect(await client.hears()).toMatchObject({ id: 0, result: { protocolVersion: '2025-11-25' } });
  client.notifies('notifications/initialized');
}

describe.each([
  ['events', false],
  ['JSON', true],
])('a server of the SDK, version 1, that answers with %s', (_kind, isJson) => {
  test('R20 is talked to, and left without a session', async () => {
    const { url, sessions } = await sessionsOfSdk(isJson);
    const talk = await talkWith(url, { kind: httpUpstream });
    const { client, session, serverStopped } = talk;
    await handshake(talk);
    client.asks(1, 'tools/call', { name: 'hello' });
    expect(await client.hears()).toEqual(called(1, 'hello'));
    expect(sessions()).toBe(1);
    session.close();
    await serverStopped;
  });

  test('P3 that has forgotten its sessions is told the handshake again', async () => {
    const { url, forgets } = await sessionsOfSdk(isJson);
    const talk = await talkWith(url);
    const { client, clock } = talk;
    await handshake(talk);
    client.asks(1, 'tools/call', { name: 'before' });
    await client.hears();
    forgets();
    client.asks(2, 'tools/call', { name: 'after' });
    await expect
      .poll(() => {
        clock.advance(50);
        return client.heard.at(-1);
      })
      .toEqual(called(2, 'after'));
  });

  test('R9 is told what is cancelled', async () => {
    const { url, given } = await sessionsOfSdk(isJson);
    const talk = await talkWith(url);
    const { client, connector } = talk;
    await handshake(talk);
    client.asks(1, 'tools/call', { name: 'wait' });
    await expect.poll(() => given.waits).toBe(1);
    client.sends(cancelled(1));
    await expect.poll(() => given.cancelled).toBe(1);
    client.asks(2, 'tools/call', { name: 'next' });
    expect(await client.hears()).toEqual(called(2, 'next'));
    // The stream of the server itself, which this kind of server has, is the only one left.
    await expect.poll(() => connector.openRequests).toBe(1);
  });
});

describe('a server of the SDK, version 1', () => {
  test('R13 P9 shows progress and asks in the middle of a call', async () => {
    const { url } = await sessionsOfSdk(false);
    const talk = await talkWith(url);
    const { client } = talk;
    await handshake(talk);
    client.asks(1, 'tools/call', { name: 'progress', _meta: { progressToken: 'p' } });
    expect([await client.hears(), await client.hears(), await client.hears()]).toEqual(
      [1, 2, 3].map((step) => progress('p', step)),
    );
    expect(await client.hears()).toEqual(called(1, 'done'));
    client.asks(2, 'tools/call', { name: 'roots' });
    const question = await client.hears();
    expect(question).toMatchObject({ method: 'roots/list' });
    client.sends(result(question['id'] as number, { roots: [{ uri: 'file:///a' }] }));
    expect(await client.hears()).toEqual(called(2, 'file:///a'));
  });

  test('of the older transport is found out, and talked to', async () => {
    const sessions = new Map<string, SSEServerTransport>();
    const url = await listening(async (incoming, response) => {
      const to = new URL(incoming.url ?? '', 'http://h');
      if (incoming.method === 'GET') {
        const transport = new SSEServerTransport('/messages', response);
        sessions.set(transport.sessionId, transport);
        await sdkServer({ waits: 0, cancelled: 0 }).connect(transport);
      } else if (to.pathname === '/messages') {
        await sessions.get(to.searchParams.get('sessionId') ?? '')?.handlePostMessage(incoming, response);
      } else response.writeHead(404).end('Cannot POST /mcp');
    });
    const talk = await talkWith(url, { kind: httpUpstream });
    const { client } = talk;
    await handshake(talk);
    client.asks(1, 'tools/call', { name: 'progress', _meta: { progressToken: 'p' } });
    for (const step of [1, 2, 3]) expect(await client.hears()).toEqual(progress('p', step));
    expect(await client.hears()).toEqual(called(1, 'done'));
    client.asks(2, 'tools/call', { name: 'roots' });
    const question = await client.hears();
    client.sends(result(question['id'] as number, { roots: [{ uri: 'file:///a' }] }));
    expect(await client.hears()).toEqual(called(2, 'file:///a'));
  });
});

describe('a server of the SDK, version 2', () => {
  const served = async (): Promise<string> => {
    const handler = createMcpHandler(() => {
      const server = new McpServer({ name: 'v2', version: '1' }, { capabilities: { tools: {} } });
      server.registerTool('hello', {}, () => ({ content: [{ type: 'text', text: 'hello' }] }));
      return server;
    });
    return listening(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const headers = new Headers(Object.entries(incoming.headers) as [string, string][]);
      const isPost = incoming.method === 'POST';
      const answer = await handler.fetch(
        new Request(`http://${incoming.headers.host}${incoming.url}`, {
          method: incoming.method ?? 'GET',
          headers,
          ...(isPost ? { body: Buffer.concat(chunks) } : {}),
        }),
      );
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      for await (const chunk of answer.body ?? []) response.write(chunk);
      response.end();
    });
  };

  test('needs no session for a client with a handshake', async () => {
    const talk = await talkWith(await served(), { kind: httpUpstream });
    const { client, serverStopped, session } = talk;
    await handshake(talk);
    client.asks(1, 'tools/call', { name: 'hello' });
    expect(await client.hears()).toMatchObject(called(1, 'hello'));
    session.close();
    await serverStopped;
  });

  test('is talked to in the modern era', async () => {
    const { client } = await talkWith(await served(), { kind: httpUpstream });
    client.sends(modernCall(1, {}, 'hello'));
    expect(await client.hears()).toMatchObject({
      id: 1,
      result: { resultType: 'complete', content: [{ text: 'hello' }] },
    });
    client.sends({ ...modernCall(2, {}, 'hello'), method: 'no/such' });
    expect(await client.hears()).toMatchObject({ id: 2, error: { code: -32601 } });
  });
});

describe('server-everything', () => {
  async function freePort(): Promise<number> {
    const server = createTcpServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => {
      server.close(resolve);
    });
    return port;
  }

  async function started(mode: 'streamableHttp' | 'sse', port: number): Promise<ChildProcess> {
    const child = spawn(
      process.execPath,
      ['node_modules/@modelcontextprotocol/server-everything/dist/index.js', mode],
      { env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('port')) resolve();
      });
    });
    return child;
  }

  const echo = (id: number) => request(id, 'tools/call', { name: 'echo', arguments: { message: `m${id}` } });

  test('P3 P5 that is killed and started again serves the same client', async () => {
    const port = await freePort();
    const first = await started('streamableHttp', port);
    const talk = await talkWith(`http://127.0.0.1:${port}/mcp`, { kind: httpUpstream });
    const { client, clock } = talk;
    await handshake(talk);
    client.sends(echo(1));
    await expect.poll(() => client.heard).toContainEqual(called(1, 'Echo: m1'));
    first.kill('SIGKILL');
    await new Promise((resolve) => {
      first.once('exit', resolve);
    });
    client.sends(echo(2));
    await expect.poll(() => talk.session.snapshot().state).toBe('active.recovering');
    await started('streamableHttp', port);
    await expect
      .poll(() => {
        clock.advance(100);
        return client.heard;
      })
      .toContainEqual(called(2, 'Echo: m2'));
  }, 30_000);

  test('of the older transport is talked to', async () => {
    const port = await freePort();
    await started('sse', port);
    const talk = await talkWith(`http://127.0.0.1:${port}/sse`, { kind: httpUpstream });
    const { client } = talk;
    await handshake(talk);
    client.sends(echo(1));
    await expect.poll(() => client.heard).toContainEqual(called(1, 'Echo: m1'));
  }, 30_000);
});
