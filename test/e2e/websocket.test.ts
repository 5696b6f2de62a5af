/**
 * Clients over WebSocket in front of real servers: the runtime between the front, or the connector, and a child process. What
 * the command will put together is put together here by hand.
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { WebSocketClientTransport } from '@modelcontextprotocol/sdk/client/websocket.js';
import { ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import type { UpstreamConnector } from '../../src/ports.ts';
import type { Runtime, RuntimeSession } from '../../src/runtime/api.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { withRoomForAFrame } from '../../src/session/limits.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { type ChildConnector, childConnector } from '../../src/transports/child-connector.ts';
import { doorPolicy } from '../../src/transports/door.ts';
import { webSocketConnector } from '../../src/transports/websocket-connector.ts';
import { handshakeLimits, openWebSocketFront } from '../../src/transports/websocket-front.ts';
import { type Message, scripted } from './program.ts';
import { survivors } from './survivors.ts';

const clock = systemClock();
const limits = withRoomForAFrame();
const { frameBytesMax } = limits;
const mebibyte = 1024 * 1024;

interface Proxy {
  readonly url: string;
  readonly runtime: Runtime;
  readonly sessions: RuntimeSession[];
  /** Why each session ended, in order. */
  readonly ends: EndReason[];
  /** The process of each server that was started. */
  readonly pids: number[];
  /** Resolves when as many sessions have ended. */
  readonly ended: (sessions: number) => Promise<void>;
}

interface ProxyOptions {
  /** Where each session's server comes from; a scripted child process when nothing is said. */
  readonly server?: () => UpstreamConnector;
  readonly restarts?: boolean;
}

/** A proxy on a free port of loopback: each connection is a session with a server of its own. */
async function proxy({ server, restarts = false }: ProxyOptions = {}): Promise<Proxy> {
  const runtime = createRuntime({ ids: { sessionId: randomUUID }, clock, limits, checksInvariants: true });
  const sessions: RuntimeSession[] = [];
  const ends: EndReason[] = [];
  const pids: number[] = [];
  const children: ChildConnector[] = [];
  const news = new EventEmitter();
  const child = (): UpstreamConnector => {
    const [command = '', ...args] = scripted();
    const onSpawned = (pid: number): number => pids.push(pid);
    const connector = childConnector({
      command,
      args,
      clock,
      lineBytesMax: frameBytesMax,
      onSpawned,
      onStderr: () => {},
    });
    children.push(connector);
    return connector;
  };
  const http = createServer(handshakeLimits());
  const door = doorPolicy({ listenHost: '127.0.0.1' });
  const front = openWebSocketFront({
    server: http,
    path: '/mcp',
    clock,
    frameBytesMax,
    admit: ({ headersDistinct }) => {
      const refusal = door.check(headersDistinct);
      return refusal === undefined ? undefined : { status: refusal.status, body: refusal.reason };
    },
    onConnection: (link) => {
      const opened = runtime.open({
        transportType: 'websocket',
        client: link,
        server: (server ?? child)(),
        ...(restarts ? {} : { restart: neverRestart }),
        onEnded: (reason) => {
          ends.push(reason);
          news.emit('end');
        },
      });
      if ('refusal' in opened) {
        link.close(opened.refusal.code, 1013);
        return;
      }
      const { session } = opened;
      sessions.push(session);
      link.start({
        message: (bytes) => session.client.receive(bytes),
        unreadable: (fault, bytes) => session.client.unreadable(fault, bytes),
        drained: () => session.client.drained(),
        leaving: () => {},
        closed: () => session.client.closed(true),
      });
    },
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(async () => {
    await runtime.stop();
    front.terminate();
    http.close();
    for (const connector of children) connector.kill();
    await Promise.all(children.map(async (connector) => connector.stop()));
  });
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
  const ended = async (count: number): Promise<void> => {
    while (ends.length < count) await once(news, 'end');
  };
  return { url, runtime, sessions, ends, pids, ended };
}

/** A client that writes its messages by hand. */
class HandClient {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  /** Code and reason, when the connection is over. */
  end: string | undefined;
  readonly #news = new EventEmitter().setMaxListeners(0);

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, 'mcp', { headers, maxPayload: 0 });
    onTestFinished(() => this.socket.terminate());
    this.socket.on('message', (data, isBinary) => {
      if (isBinary) throw new Error('A binary frame came');
      this.messages.push(JSON.parse((data as Buffer).toString()) as Message);
      this.#news.emit('news');
    });
    this.socket.on('error', () => {});
    this.socket.on('close', (code, reason) => {
      this.end = `${code} ${reason.toString()}`.trim();
      this.#news.emit('news');
    });
  }

  async until(what: () => boolean): Promise<void> {
    while (!what()) await once(this.#news, 'news');
  }

  send(message: object): void {
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  async answer(id: string | number | null): Promise<Message> {
    const find = () => this.messages.find((message) => message.id === id && message.method === undefined);
    await this.until(() => find() !== undefined || this.end !== undefined);
    const found = find();
    if (found === undefined) throw new Error(`The connection ended (${this.end}) without an answer to ${id}`);
    return found;
  }

  call(id: string | number, name: string, args: object = {}, meta: object = {}): void {
    this.send({ id, method: 'tools/call', params: { name, arguments: args, _meta: meta } });
  }

  /** Calls a tool, and gives the text of its answer. */
  async text(id: string | number, name: string, args: object = {}): Promise<string> {
    this.call(id, name, args);
    const { result, error } = await this.answer(id);
    if (error !== undefined) throw new Error(JSON.stringify(error));
    return (result as { readonly content: readonly [{ readonly text: string }] }).content[0].text;
  }

  async initialize(id: string | number = 'initialize'): Promise<void> {
    await once(this.socket, 'open');
    const clientInfo = { name: 'by hand', version: '1' };
    this.send({
      id,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo },
    });
    await this.answer(id);
    this.send({ method: 'notifications/initialized' });
  }
}

async function connected(url: string): Promise<HandClient> {
  const client = new HandClient(url);
  await client.initialize();
  return client;
}

describe('a client over WebSocket', () => {
  test('talks with a server on its pipes, in both directions', async () => {
    const { url, sessions } = await proxy();
    const client = await connected(url);
    expect(await client.text(0, 'echo', { text: 'ä\n😀' })).toBe('ä\n😀');

    client.call(1, 'ask', { method: 'roots/list' });
    await client.until(() => client.messages.some(({ method }) => method === 'roots/list'));
    const question = client.messages.find(({ method }) => method === 'roots/list')!;
    client.send({ id: question.id, result: { roots: [{ uri: 'file:///tmp' }] } });
    expect(JSON.stringify(await client.answer(1))).toContain('file:///tmp');

    client.messages.length = 0;
    client.call(2, 'progress', { count: 3, gapMs: 1 }, { progressToken: 'token' });
    await client.answer(2);
    expect(client.messages.map(({ method }) => method ?? 'answer')).toEqual([
      ...Array.from({ length: 3 }, () => 'notifications/progress'),
      'answer',
    ]);
    expect(sessions[0]!.snapshot()).toMatchObject({ transportType: 'websocket', status: 'active', pending: [] });
  });

  test('moves messages of nearly ten mebibytes both ways, and is refused one that is longer', async () => {
    const { url } = await proxy();
    const client = await connected(url);
    const text = 'x'.repeat(frameBytesMax - 500);
    expect(await client.text(1, 'echo', { text })).toBe(text);
    client.call(2, 'echo', { text: 'x'.repeat(frameBytesMax) });
    expect(await client.answer(2)).toMatchObject({ error: { code: 4130, data: { limitBytes: frameBytesMax } } });
    client.call(3, 'big', { bytes: frameBytesMax });
    expect(await client.answer(3)).toMatchObject({ error: { code: 4130 } });
    expect(await client.text(4, 'echo', { text: 'still here' })).toBe('still here');
  });

  test('P4 has its own server and its own answers, though another uses the same ids', async () => {
    const { url, pids } = await proxy();
    const clients = await Promise.all([connected(url), connected(url)]);
    const answers = await Promise.all(
      clients.flatMap(async (client, who) =>
        Promise.all([1, '1', 2].map(async (id) => client.text(id, 'echo', { text: `${who} ${JSON.stringify(id)}` }))),
      ),
    );
    expect(answers).toEqual([
      ['0 1', '0 "1"', '0 2'],
      ['1 1', '1 "1"', '1 2'],
    ]);
    expect(new Set(pids).size).toBe(2);
  });

  test('is answered to what is no JSON, and goes on', async () => {
    const { url, sessions } = await proxy();
    const client = await connected(url);
    for (const garbage of ['', 'hello', '{"jsonrpc":"2.0","id":1', '[]', '{"jsonrpc":"2.0"}'])
      client.socket.send(garbage);
    await client.until(() => client.messages.filter(({ error }) => error !== undefined).length === 5);
    const codes = client.messages.flatMap(({ id, error }) => (error === undefined ? [] : [[id, error.code]]));
    expect(codes).toEqual([
      [null, -32700],
      [null, -32700],
      [null, -32700],
      [null, -32600],
      [null, -32600],
    ]);
    expect(await client.text(2, 'echo', { text: 'still here' })).toBe('still here');
    expect(sessions[0]!.snapshot().counts).toMatchObject({ malformedFromClient: 5 });
  });

  test('is told what was wrong with a binary frame, and its session ends', async () => {
    const { url, ended, ends, pids } = await proxy();
    const client = await connected(url);
    client.socket.send(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}'));
    await client.until(() => client.end !== undefined);
    expect(client.messages.at(-1)).toMatchObject({ id: null, error: { code: -32600 } });
    expect(client.end).toBe('1003 MCP is spoken in text frames, and this one was binary.');
    await ended(1);
    expect(ends).toEqual(['client-gone']);
    await expect.poll(() => survivors(pids[0]!)).toEqual([]);
  });

  test('P13 that breaks off leaves neither its requests nor its server behind', async () => {
    const { url, ended, ends, runtime, pids } = await proxy();
    const [client, other] = await Promise.all([connected(url), connected(url)]);
    for (let id = 0; id < 10; id += 1) client.call(id, 'never');
    await client.text('last', 'echo');
    client.socket.terminate();
    await ended(1);
    expect(ends).toEqual(['client-gone']);
    expect(runtime.totals().pending).toEqual({ ordinary: 0, reserved: 0, listen: 0, question: 0 });
    expect(runtime.totals().counts).toMatchObject({ 'outcome.client-gone': 10 });
    await expect.poll(() => pids.filter((pid) => survivors(pid).length > 0).length, { timeout: 5000 }).toBe(1);
    expect(await other.text(1, 'echo', { text: 'not disturbed' })).toBe('not disturbed');
  });

  test('P5 is told at once that its server died', async () => {
    const { url } = await proxy();
    const client = await connected(url);
    client.call(1, 'never');
    client.call(2, 'die', { code: 3 });
    for (const id of [1, 2]) {
      const data = { code: 'UPSTREAM_LOST', exitCode: 3 };
      expect(await client.answer(id)).toMatchObject({ error: { code: 5020, data } });
    }
    await client.until(() => client.end !== undefined);
    expect(client.end).toBe('1000 upstream-exhausted');
  });

  test('P16 that does not read is not written to any further, and then finds everything in order', async () => {
    const { url, sessions } = await proxy();
    const client = await connected(url);
    client.messages.length = 0;
    client.socket.pause();
    const count = 640;
    client.call(1, 'notify', { count, bytes: 100_000 });
    const framesSoFar = (): number => sessions[0]!.snapshot().frames;
    await stillness(framesSoFar);
    // What the session took lies in its box, below its limit, in the socket and in the kernels; the rest is still the server's.
    expect(framesSoFar()).toBeLessThan(count / 2);
    client.socket.resume();
    await client.answer(1);
    expect(client.messages).toHaveLength(count + 1);
    expect(client.messages.slice(0, count).every(({ method }) => method === 'notifications/message')).toBe(true);
  });

  test('P16 whose server does not read cannot get rid of what it says', async () => {
    const { url, sessions, pids } = await proxy();
    const client = await connected(url);
    client.call(1, 'stall');
    const count = 50;
    const params = 'x'.repeat(mebibyte);
    for (let sent = 0; sent < count; sent += 1) client.send({ method: 'notifications/filler', params });
    await stillness(() => sessions[0]!.snapshot().frames);
    expect(client.socket.bufferedAmount).toBeGreaterThan((count / 2) * mebibyte);
    process.kill(pids[0]!, 'SIGUSR1');
    await client.text(2, 'echo');
    // Handshake, stalling call, what filled the pipes, and the last call with its answer.
    expect(sessions[0]!.snapshot().frames).toBe(3 + 1 + count + 2);
  });

  test('P20 that is sent by a page of somebody else is not let in', async () => {
    const { url, runtime } = await proxy();
    const client = new HandClient(url, { Origin: 'http://evil.example' });
    const [, response] = (await once(client.socket, 'unexpected-response')) as [
      unknown,
      { readonly statusCode: number },
    ];
    expect(response.statusCode).toBe(403);
    expect(runtime.totals().sessionsOpened).toBe(0);
    await connected(url);
  });
});

describe('a server over WebSocket', () => {
  /** Somebody else's server: answers with what it was asked, and does what the method says. */
  async function answering() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 0 });
    const heard: Message[] = [];
    server.on('connection', (socket) => {
      const say = (message: object): void => socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
      socket.on('message', (data) => {
        const message = JSON.parse((data as Buffer).toString()) as Message;
        heard.push(message);
        const { id, method, params } = message;
        if (method === 'initialize') {
          const serverInfo = { name: 'over websocket', version: '1' };
          say({ id, result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo } });
        } else if (method === 'break') socket.terminate();
        else if (method === 'leave') socket.close(1012, 'restart');
        else if (method === 'ask') say({ id: 'asked', method: 'roots/list' });
        else if (id !== undefined && method !== undefined && method !== 'never')
          say({ id, result: { method, params } });
      });
    });
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { heard, server, connector: () => webSocketConnector({ url, clock, frameBytesMax }) };
  }

  test('talks with a client, in both directions, in messages of any size', async () => {
    const { connector, heard } = await answering();
    const { url } = await proxy({ server: connector });
    const client = await connected(url);
    const text = 'x'.repeat(frameBytesMax - 500);
    client.send({ id: 1, method: 'anything', params: { text } });
    expect((await client.answer(1)).result).toEqual({ method: 'anything', params: { text } });
    client.send({ id: 2, method: 'ask' });
    await client.until(() => client.messages.some(({ method }) => method === 'roots/list'));
    client.send({ id: 'asked', result: { roots: [] } });
    client.send({ id: 3, method: 'anything' });
    await client.answer(3);
    expect(heard.map(({ id, method }) => method ?? `answer to ${id}`)).toEqual([
      'initialize',
      'notifications/initialized',
      'anything',
      'ask',
      'answer to asked',
      'anything',
    ]);
  });

  test.each(['break', 'leave'])(
    'P3 P5 that goes away (%s) is dialled again, and the client goes on',
    async (method) => {
      const { connector, heard } = await answering();
      const { url } = await proxy({ server: connector, restarts: true });
      const client = await connected(url);
      client.send({ id: 1, method: 'never' });
      client.send({ id: 2, method });
      for (const id of [1, 2]) {
        expect(await client.answer(id)).toMatchObject({ error: { code: 5020, data: { reason: 'connection-lost' } } });
      }
      client.send({ id: 3, method: 'anything' });
      expect((await client.answer(3)).result).toMatchObject({ method: 'anything' });
      expect(heard.filter((message) => message.method === 'initialize')).toHaveLength(2);
    },
  );

  test('that cannot be reached ends the session of its client', async () => {
    const connector = () => webSocketConnector({ url: 'ws://127.0.0.1:1', clock, frameBytesMax });
    const { url } = await proxy({ server: connector });
    const client = new HandClient(url);
    await client.until(() => client.end !== undefined);
    expect(client.end).toBe('1000 upstream-exhausted');
  });

  test('is left with a closing handshake when the client goes', async () => {
    const { connector, server } = await answering();
    const { url } = await proxy({ server: connector });
    const closed = new Promise((resolve) => {
      server.on('connection', (socket) => socket.on('close', resolve));
    });
    const client = await connected(url);
    client.socket.close();
    expect(await closed).toBe(1000);
    expect(server.clients.size).toBe(0);
  });
});

test('the client of the official SDK is served', async () => {
  const { url, pids } = await proxy();
  const hadWebSocket = 'WebSocket' in globalThis;
  if (!hadWebSocket) Object.assign(globalThis, { WebSocket });
  onTestFinished(() => {
    if (!hadWebSocket) Reflect.deleteProperty(globalThis, 'WebSocket');
  });
  const client = new Client({ name: 'sdk', version: '1' }, { capabilities: { roots: {} } });
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///home' }] }));
  const transport = new WebSocketClientTransport(new URL(url));
  await client.connect(transport);
  expect(client.getServerVersion()).toEqual({ name: 'scripted', version: '1.0.0' });
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('echo');
  const call = async (name: string, args: Record<string, unknown>, onprogress?: () => void) =>
    client.callTool({ name, arguments: args }, undefined, onprogress === undefined ? {} : { onprogress });
  expect(await call('echo', { text: 'hello' })).toEqual({ content: [{ type: 'text', text: 'hello' }] });
  expect(JSON.stringify(await call('ask', { method: 'roots/list' }))).toContain('file:///home');
  // Counted before the client sees them: it drops progress that it reads in one piece with the answer.
  let steps = 0;
  const { onmessage } = transport;
  const counted: typeof onmessage = (message) => {
    if ('method' in message && message.method === 'notifications/progress') steps += 1;
    onmessage?.(message);
  };
  Object.assign(transport, { onmessage: counted });
  await call('progress', { count: 5, gapMs: 5 }, () => {});
  expect(steps).toBe(5);
  await client.close();
  await expect.poll(() => survivors(pids[0]!), { timeout: 5000 }).toEqual([]);
});

/** Waits until a number has stood still for many turns of the event loop: what could flow has flowed. */
async function stillness(read: () => number): Promise<void> {
  let before = Number.NaN;
  for (let still = 0; still < 5000;) {
    await new Promise(setImmediate);
    const now = read();
    still = now === before ? still + 1 : 0;
    before = now;
  }
}
