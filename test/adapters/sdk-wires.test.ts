/** Sessions around the SDKs' transports that have a wire: streamable HTTP, and the pipes of a child process. */

import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { Client, StreamableHTTPClientTransport as HttpClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioClientV2 } from '@modelcontextprotocol/client/stdio';
import { StdioClientTransport as StdioClientV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpClientV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioServerTransport as StdioServerV1 } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport as HttpServerV1 } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { WebStandardStreamableHTTPServerTransport as HttpServerV2 } from '@modelcontextprotocol/server';
import { StdioServerTransport as StdioServerV2 } from '@modelcontextprotocol/server/stdio';
import { afterEach, describe, expect, test } from 'vitest';
import type { SdkTransport } from '../../src/adapters/sdk-shape.ts';
import { createRuntime, nodeListener, wrapTransport } from '../../src/index.ts';
import { type SdkKind, newClient, newServer } from './sdk-kinds.ts';

const runtime = createRuntime({ ids: { sessionId: () => crypto.randomUUID() }, checksInvariants: true });
const listening: Server[] = [];
afterEach(() => {
  for (const server of listening.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const noSession = { sessionIdGenerator: () => crypto.randomUUID() };

/** A server behind its transport for HTTP, with a session between the two, where asked. */
async function serve(kind: SdkKind, isWrapped: boolean) {
  const web = new HttpServerV2(noSession);
  const node = new HttpServerV1(noSession);
  const transport = kind === 'v1' ? node : web;
  const server = newServer(kind);
  await server.connect(isWrapped ? wrapTransport(transport, { runtime, peer: 'client' }) : transport);
  const http =
    kind === 'v1'
      ? createServer((request, response) => void node.handleRequest(request, response))
      : createServer(nodeListener({ fetch: (request) => web.handleRequest(request) }));
  listening.push(http);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { server, url: new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`) };
}

const httpClient = (kind: SdkKind, url: URL): SdkTransport =>
  kind === 'v1' ? new HttpClientV1(url) : new HttpClientV2(url);

describe.each(['v1', 'v2'] as const)('streamable HTTP of SDK %s', (kind) => {
  test.each(['client', 'server', 'both'] as const)('with a session on: %s', async (side) => {
    const { server, url } = await serve(kind, side !== 'client');
    const client = newClient(kind);
    const transport = httpClient(kind, url);
    await client.connect(side === 'server' ? transport : wrapTransport(transport, { runtime, peer: 'server' }));
    const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
    expect(await Promise.all(texts.map((text) => client.call('echo', { text })))).toEqual(texts);
    const heard: number[] = [];
    await client.call('work', {}, { onprogress: ({ progress }) => void heard.push(progress) });
    expect(heard).toEqual([1, 2, 3]);
    expect(await client.call('sample')).toContain('a word');
    const giveUp = new AbortController();
    const call = client.call('hang', {}, { signal: giveUp.signal });
    await server.saw('hang');
    giveUp.abort('enough');
    await expect(call).rejects.toThrow('enough');
    await server.saw('aborted hang');
    expect([...runtime.sessions()].map(({ pending }) => pending.length)).toEqual(side === 'both' ? [0, 0] : [0]);
    await client.close();
    await server.close();
    expect([...runtime.sessions()]).toEqual([]);
  });

  test('a request that cannot be sent is rejected with what the transport says', async () => {
    const { server, url } = await serve(kind, false);
    const client = newClient(kind);
    await client.connect(wrapTransport(httpClient(kind, url), { runtime, peer: 'server' }));
    for (const http of listening.splice(0)) {
      http.closeAllConnections();
      http.close();
    }
    await expect(client.call('echo', { text: 'a' })).rejects.toThrow('fetch failed');
    expect([...runtime.sessions()][0]).toMatchObject({ pending: [] });
    await client.close();
    await server.close();
  });
});

const childOf = { command: process.execPath, args: ['test/fixtures/sdk-v2-server.mjs'] };

describe.each([
  ['v1', () => new StdioClientV1(childOf)],
  ['v2', () => new StdioClientV2(childOf)],
] as const)('a child process of SDK %s', (kind, spawn) => {
  test('with a session before it is called, and P5 its death is told', async () => {
    const client = newClient(kind);
    const transport = spawn();
    await client.connect(wrapTransport(transport, { runtime, peer: 'server' }));
    expect(await client.call('add', { a: 1, b: 2 })).toBe('3');
    const call = client.call('patience').catch((error: unknown) => error);
    process.kill(transport.pid!, 'SIGKILL');
    expect(await call).toMatchObject({ data: { code: 'UPSTREAM_LOST' } });
    expect([...runtime.sessions()]).toEqual([]);
  });
});

test('a client of SDK v2 that asks first which revisions its server speaks gets the newest', async () => {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(wrapTransport(new StdioClientV2(childOf), { runtime, peer: 'server' }));
  const { content } = await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } });
  expect([client.getNegotiatedProtocolVersion(), content]).toMatchObject(['2026-07-28', [{ text: '3' }]]);
  expect([...runtime.sessions()]).toMatchObject([{ status: 'active', pending: [] }]);
  await client.close();
  expect([...runtime.sessions()]).toEqual([]);
});

describe.each([
  ['v1', StdioServerV1],
  ['v2', StdioServerV2],
] as const)('a server on standard input and output of SDK %s', (kind, Transport) => {
  test('with a session before it answers what it is sent', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const server = newServer(kind);
    await server.connect(wrapTransport(new Transport(input, output), { runtime, peer: 'client' }));
    const lines: string[] = [];
    const answered = new Promise<void>((resolve) => {
      output.on('data', (chunk: Buffer) => {
        lines.push(...chunk.toString().trimEnd().split('\n'));
        if (lines.length === 2) resolve();
      });
    });
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'hang' } });
    input.write(`${call}\n${ping}\n`);
    await server.saw('hang');
    await server.close();
    await answered;
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { id: 1, error: { code: -32600 } },
      { id: 1, error: { data: { code: 'UPSTREAM_LOST' } } },
    ]);
    expect([...runtime.sessions()]).toEqual([]);
  });
});
