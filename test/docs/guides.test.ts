/** The examples of the guides, each run as its guide says it runs. */
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { type AddressInfo, type Server, Socket } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { Client, InMemoryTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import { LocalError, type PeerAdapter, type PeerReports, createRuntime, openSession } from '../../src/index.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { adapt } from './changing-limits.example.ts';
import { alarm, follow } from './events.example.ts';
import { feed } from './back-pressure.example.ts';
import { clock, runtime as clocked } from './ids-and-clock.example.ts';
import { consoleLog, pinoLog } from './log.example.ts';
import { type Meter, measure } from './metrics.example.ts';
import { connect as connectClient, runtime as clientRuntime } from './sdk-client.example.ts';
import { app, handler, runtime as httpRuntime } from './sdk-http-server.example.ts';
import { app as ownApp, runtime as ownRuntime } from './sdk-own-http.example.ts';
import { runtime as sdkRuntime, serve } from './sdk-server.example.ts';
import { openFor, runtime as signalled, stopEverything } from './signals.example.ts';
import { keepEnded, readEnded } from './store.example.ts';
import { runtime as limited } from './limits.example.ts';
import { runtime as measured, stop as stopMeasuring } from './opentelemetry.example.ts';
import { deliver } from './many-sessions.example.ts';
import { openOrHangUp, openOrRefuse } from './refused.example.ts';
import { childServer } from './restarting-server.example.ts';
import { shutDown } from './shutdown.example.ts';
import { runtime as tcpRuntime, tcpProxy } from './tcp-proxy.example.ts';
import { between } from './web-streams.example.ts';
import { webSocketPeer } from './websocket-adapter.example.ts';

type Message = Readonly<Record<string, unknown>>;

const request = (id: number, method: string, params: object = {}): Message => ({ jsonrpc: '2.0', id, method, params });
const initialize = request(1, 'initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A peer in the hands of a test. */
class HandPeer implements PeerAdapter {
  readonly heard: Message[] = [];
  reports: PeerReports | undefined = undefined;
  closedFor: string | undefined = undefined;
  #waiting: () => void = () => {};
  readonly link = {
    write: (message: readonly Uint8Array[]): boolean => {
      this.heard.push(JSON.parse(message.map((part) => decodeText(part)).join('')) as Message);
      this.#waiting();
      return true;
    },
    pause: (): void => {},
    close: (reason: string): void => {
      this.closedFor = reason;
    },
  };

  start(reports: PeerReports): void {
    this.reports = reports;
  }

  says(message: Message): void {
    this.reports?.message(encodeText(JSON.stringify(message)));
  }

  async hears(): Promise<Message> {
    if (this.heard.length === 0) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    return this.heard.shift()!;
  }
}

/** A server of a few lines: says its process id in each answer, and dies when it is asked to. */
const tinyServer = `
  process.stdin.on('data', (text) => {
    for (const line of String(text).trim().split('\\n')) {
      const { id, method } = JSON.parse(line);
      if (method === 'die') process.exit(3);
      const result = { pid: process.pid, protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 's', version: '1' } };
      if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
    }
  });`;

async function listening(of: Server): Promise<number> {
  await once(of.listen(0, '127.0.0.1'), 'listening');
  return (of.address() as AddressInfo).port;
}

describe('put session laws into your proxy', () => {
  test('the proxy on TCP has a session and a process for each connection, and shuts down', async () => {
    const proxy = tcpProxy(process.execPath, ['-e', tinyServer]);
    const socket = new Socket().connect(await listening(proxy), '127.0.0.1');
    cleanUps.push(() => socket.destroy());
    const answers = createInterface(socket)[Symbol.asyncIterator]();
    const answer = async (): Promise<Message> => JSON.parse(String((await answers.next()).value)) as Message;
    socket.write(`${JSON.stringify(initialize)}\n`);
    expect(await answer()).toMatchObject({ id: 1, result: { protocolVersion: '2025-11-25' } });
    socket.write(`${JSON.stringify(request(2, 'die'))}\n`);
    expect(await answer()).toMatchObject({ id: 2, error: { data: { code: 'UPSTREAM_LOST' } } });
    expect(tcpRuntime.totals().sessionsEnded).toMatchObject({ failed: 1 });

    const other = new Socket().connect((proxy.address() as AddressInfo).port, '127.0.0.1');
    const closed = once(other, 'close');
    other.write(`${JSON.stringify(initialize)}\n`);
    await once(other, 'data');
    await Promise.all([shutDown(tcpRuntime, proxy), closed]);
    expect([...tcpRuntime.sessions()]).toEqual([]);
  });

  test('Web Streams carry a message in each chunk, or on each line', async () => {
    const [toProxy, toClient, fromServer, toServer] = Array.from(
      { length: 4 },
      () => new TransformStream<Uint8Array, Uint8Array>(),
    );
    const client = { readable: toProxy!.readable, writable: toClient!.writable };
    const server = { readable: fromServer!.readable, writable: toServer!.writable };
    const session = between(createRuntime(), client, server);
    const message = JSON.stringify(request(1, 'ping'));
    void toProxy!.writable.getWriter().write(encodeText(message));
    const { value } = await toServer!.readable.getReader().read();
    expect(decodeText(value!)).toBe(`${message}\n`);
    session.close();
  });

  test('the limits are those of the runtime', async () => {
    const peers = { client: new HandPeer(), server: new HandPeer() };
    openSession(limited, peers);
    for (let id = 0; id <= 50; id++) peers.client.says(request(id, 'tools/call'));
    expect(await peers.client.hears()).toMatchObject({ id: 50, error: { data: { code: 'TOO_MANY_REQUESTS' } } });
    await limited.stop();
  });

  test('a session that is refused is an answer with HTTP, and a connection that is closed elsewhere', async () => {
    const runtime = createRuntime({ limits: { sessions: 1 } });
    const first = openOrHangUp(runtime, { client: new HandPeer(), server: new HandPeer() });
    expect(first?.snapshot().state).toBe('initializing');
    const refused = { client: new HandPeer(), server: new HandPeer() };
    expect(openOrHangUp(runtime, refused)).toBeUndefined();
    expect([refused.client.closedFor, refused.server.closedFor]).toEqual([
      expect.stringContaining('TOO_MANY_SESSIONS'),
      expect.stringContaining('TOO_MANY_SESSIONS'),
    ]);

    const { link } = new HandPeer();
    const http = createHttpServer((_, response) => {
      openOrRefuse(runtime, { transportType: 'in-memory', client: link, server: link }, response);
    });
    cleanUps.push(() => http.close());
    const response = await fetch(`http://127.0.0.1:${await listening(http)}/`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    await runtime.stop();
  });

  test('the server that is started again is shaken hands with behind the back of the client', async () => {
    const runtime = createRuntime();
    const client = new HandPeer();
    const over = new Promise((resolve) => {
      openSession(runtime, {
        client,
        server: childServer(process.execPath, ['-e', tinyServer]),
        restart: { restartsMax: 1, withinMs: 60_000, backoffMs: 1 },
        onServerStopped: resolve,
      });
    });
    client.says(initialize);
    const { result } = (await client.hears()) as { readonly result: { readonly pid: number } };
    client.says({ jsonrpc: '2.0', method: 'notifications/initialized' });
    client.says(request(2, 'die'));
    expect(await client.hears()).toMatchObject({ id: 2, error: { data: { code: 'UPSTREAM_LOST', exitCode: 3 } } });
    client.says(request(3, 'ping'));
    const again = (await client.hears()) as { readonly id: number; readonly result: { readonly pid: number } };
    expect(again.id).toBe(3);
    expect(again.result.pid).not.toBe(result.pid);
    await runtime.stop();
    expect(await over).toBeDefined();
  });

  test('a server that cannot be started is lost', async () => {
    const client = new HandPeer();
    const runtime = createRuntime();
    openSession(runtime, {
      client,
      server: childServer('/no/such/server', []),
      restart: { restartsMax: 0, withinMs: 1, backoffMs: 0 },
    });
    client.says(initialize);
    expect(await client.hears()).toMatchObject({ error: { data: { code: 'UPSTREAM_LOST', reason: 'spawn-failed' } } });
    await runtime.stop();
  });

  test('the adapter of one’s own carries messages, waits for a slow reader, and ends', async () => {
    const runtime = createRuntime();
    const server = new HandPeer();
    const front = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    cleanUps.push(() => front.close());
    const opened = once(front, 'connection') as Promise<[WebSocket]>;
    await once(front, 'listening');
    const peer = new WebSocket(`ws://127.0.0.1:${(front.address() as AddressInfo).port}`);
    cleanUps.push(() => peer.terminate());
    const [socket] = await opened;
    const client = webSocketPeer(socket);
    openSession(runtime, { client, server });
    expect(() => client.start(server.reports!)).toThrow(LocalError);
    if (peer.readyState !== peer.OPEN) await once(peer, 'open');
    peer.send(JSON.stringify(request(1, 'ping')));
    expect(await server.hears()).toMatchObject({ id: 1 });

    peer.pause();
    const note = { jsonrpc: '2.0', method: 'notifications/message', params: { text: 'x'.repeat(100_000) } };
    while (socket.bufferedAmount < 65_536) server.says(note);
    server.says({ jsonrpc: '2.0', id: 1, result: {} });
    const received: string[] = [];
    const answered = new Promise<void>((resolve) => {
      peer.on('message', (data: Buffer) => {
        received.push(data.toString());
        if (data.toString().includes('"id":1')) resolve();
      });
    });
    peer.resume();
    await answered;
    expect(received.length).toBeGreaterThan(1);

    const closed = once(peer, 'close');
    await runtime.stop();
    expect(String((await closed)[1])).toBe('closed-by-operator');
  });

  test('a session is found by its id and by whose it is', async () => {
    const runtime = createRuntime();
    const peers = { client: new HandPeer(), server: new HandPeer() };
    const { id } = openSession(runtime, { ...peers, principal: 'ann' });
    const message = encodeText(JSON.stringify(request(1, 'ping')));
    expect(deliver(runtime, id, 'bob', message)).toBeUndefined();
    expect(deliver(runtime, id, 'ann', message)).toBeUndefined();
    expect(peers.server.heard).toMatchObject([{ id: 1 }]);
    await runtime.stop();
  });
});

describe('hooks', () => {
  const peers = () => ({ client: new HandPeer(), server: new HandPeer() });

  test('ids are one’s own, and an hour passes at once on a clock that is', async () => {
    const pair = peers();
    expect(openSession(clocked, pair).id).toMatch(/^node-7\./);
    pair.client.says(request(1, 'tools/call'));
    clock.advance(59_999);
    expect(pair.client.heard).toEqual([]);
    clock.advance(2000);
    expect(pair.client.heard).toMatchObject([{ id: 1, error: { data: { code: 'REQUEST_TIMEOUT' } } }]);
    await clocked.stop();
  });

  test('a log gets fields and words, traces only when they are wanted', async () => {
    const lines: Message[] = [];
    const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Message) };
    const talk = (log: ReturnType<typeof pinoLog>): unknown => {
      const pair = peers();
      openSession(createRuntime({ log }), pair);
      pair.server.says({ jsonrpc: '2.0', id: 9, result: {} });
      return pair.server.reports?.closed();
    };
    talk(pinoLog(pino({ level: 'warn' }, stream)));
    const warned = lines.length;
    talk(pinoLog(pino({ level: 'trace' }, stream)));
    expect(lines.length).toBeGreaterThan(2 * warned);
    expect(lines.at(-1)).toMatchObject({ session: expect.any(String), msg: expect.any(String) });
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    const log = consoleLog({ info: say, warn: say, error: say });
    createRuntime({ log }).observe(() => {});
    log.warn({}, 'a warning');
    expect(said).toEqual(['a warning']);
  });

  test('metrics count outcomes and ends, and read gauges when somebody asks', async () => {
    const told: unknown[] = [];
    const gauges: (() => void)[] = [];
    const meter: Meter = {
      createCounter: (name) => ({ add: (value, of) => void told.push([name, value, of]) }),
      createHistogram: (name) => ({ record: (_, of) => void told.push([name, of]) }),
      createObservableGauge: (name) => ({
        addCallback: (read) =>
          void gauges.push(() => read({ observe: (value, of) => void (value > 0 && told.push([name, value, of])) })),
      }),
    };
    const runtime = createRuntime();
    const stop = measure(runtime, meter);
    const pair = peers();
    openSession(runtime, pair);
    pair.client.says(request(1, 'ping'));
    pair.client.says(request(2, 'tools/call'));
    for (const read of gauges) read();
    pair.server.says({ jsonrpc: '2.0', id: 1, result: {} });
    await runtime.stop();
    stop();
    expect(told).toEqual([
      ['mcp.sessions.open', 1, { state: 'initializing' }],
      ['mcp.requests.waiting', 1, { budget: 'ordinary' }],
      ['mcp.requests.waiting', 1, { budget: 'reserved' }],
      ['mcp.requests', 1, { outcome: 'result', direction: 'client-to-server' }],
      ['mcp.request.duration', { outcome: 'result' }],
      ['mcp.requests', 1, { outcome: 'refused', direction: 'client-to-server' }],
      ['mcp.request.duration', { outcome: 'refused' }],
      ['mcp.sessions.ended', 1, { reason: 'closed-by-operator', status: 'completed' }],
    ]);
  });

  test('a store keeps what sessions were in the end, and not all of them', async () => {
    const store = new Map<string, string>();
    const runtime = createRuntime();
    const stop = keepEnded(runtime, store, 2);
    const ids = [1, 2, 3].map(() => {
      const session = openSession(runtime, peers());
      session.close();
      return session.id;
    });
    stop();
    openSession(runtime, peers()).close();
    expect([...store.keys()]).toEqual(ids.slice(1));
    expect(readEnded(store, ids[2]!)).toMatchObject({ state: 'closed', endReason: 'closed-by-operator' });
    expect(readEnded(store, ids[0]!)).toBeUndefined();
    store.set('a', '{"version":0}');
    expect(() => readEnded(store, 'a')).toThrow(expect.objectContaining({ code: 'INVALID_SNAPSHOT' }));
  });

  test('events are read by a loop, and heard by a listener', async () => {
    const runtime = createRuntime();
    const over = new AbortController();
    const [lines, calls]: [string[], string[]] = [[], []];
    const following = follow(runtime, over.signal, async (line) => void lines.push(line));
    const alarmed = alarm(runtime, (id) => calls.push(id));
    const [well, badly] = [openSession(runtime, peers()), openSession(runtime, peers())];
    well.close();
    badly.server.closed();
    for (let count = 0; count < 60; count++) openSession(runtime, peers()).close();
    over.abort();
    await following;
    alarmed.stop();
    expect(calls).toEqual([badly.id]);
    expect(lines[0]).toMatch(/^\d+ observations were lost$/);
    expect(lines.at(-1)).toMatch(/ ended: closed-by-operator$/);
  });

  test('what cannot be paused is read no faster than the session takes it', async () => {
    const runtime = createRuntime({ limits: { bufferPauseBytes: 1000 } });
    const { client, server } = peers();
    server.link.write = () => false;
    const session = openSession(runtime, { client, server });
    let asked = 0;
    const source = (async function* () {
      for (; asked < 20; asked++) yield encodeText(JSON.stringify({ jsonrpc: '2.0', method: `x/${'y'.repeat(500)}` }));
    })();
    const feeding = feed(session, source);
    for (let turns = 0; turns < 50; turns++) await Promise.resolve();
    expect(asked).toBeLessThan(6);
    server.link.write = () => true;
    session.server.drained();
    await feeding;
    expect([asked, session.snapshot().frames]).toEqual([20, 20]);
    await runtime.stop();
  });

  test('a session ends with the signal of its caller, and all with that of the runtime', () => {
    const caller = new AbortController();
    const [first, second] = [openFor(caller.signal, peers()), openFor(new AbortController().signal, peers())];
    caller.abort();
    expect([first, second].map((session) => session.snapshot().state)).toEqual(['closed', 'initializing']);
    stopEverything();
    expect(second.snapshot().state).toBe('closed');
    expect([...signalled.sessions()]).toEqual([]);
  });

  test('limits change while sessions are open', async () => {
    const runtime = createRuntime();
    const sessions = Array.from({ length: 101 }, () => openSession(runtime, peers()));
    adapt(runtime, 1);
    expect(sessions[100]?.snapshot().state).toBe('initializing');
    expect(() => openSession(runtime, peers())).toThrow('TOO_MANY_SESSIONS');
    adapt(runtime, Infinity);
    expect(openSession(runtime, peers()).snapshot().state).toBe('initializing');
    await runtime.stop();
  });
});

describe('limits for an existing server of the SDK', () => {
  test('the server that exists is served through a session', async () => {
    const [near, far] = InMemoryTransport.createLinkedPair();
    await serve(far);
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(near);
    expect(await client.callTool({ name: 'build' })).toMatchObject({ content: [{ text: 'built' }] });
    expect(sdkRuntime.totals().counts).toMatchObject({ 'outcome.result': 2 });
    await client.close();
    expect([...sdkRuntime.sessions()]).toEqual([]);
  });

  test('servers behind HTTP are made for each session', async () => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    const url = new URL(`http://127.0.0.1:${await listening(app)}/mcp`);
    await client.connect(new StreamableHTTPClientTransport(url));
    expect(await client.callTool({ name: 'build' })).toMatchObject({ content: [{ text: 'built' }] });
    expect([...httpRuntime.sessions()]).toHaveLength(1);
    await client.close();
    await httpRuntime.stop();
    await handler.close();
    app.close();
  });

  test('the HTTP transport of the SDK is kept, and one session too many takes the place of a quiet one', async () => {
    const url = new URL(`http://127.0.0.1:${await listening(ownApp)}/mcp`);
    const clients = [1, 2, 3, 4].map(() => new Client({ name: 'test', version: '1.0.0' }));
    const [first, second, third, fourth] = clients as [Client, Client, Client, Client];
    for (const client of [first, second, third]) await client.connect(new StreamableHTTPClientTransport(url));
    await second.ping();
    await third.ping();
    expect([...ownRuntime.sessions()]).toHaveLength(2);
    expect(ownRuntime.totals().sessionsEnded).toMatchObject({ completed: 1 });
    await ownRuntime.drain();
    await expect(fourth.connect(new StreamableHTTPClientTransport(url))).rejects.toMatchObject({ status: 503 });
    await Promise.all(clients.map(async (client) => client.close()));
    ownApp.closeAllConnections();
    ownApp.close();
  });

  test('a client reads why its call ended', async () => {
    const [near, far] = InMemoryTransport.createLinkedPair();
    const answers = async ({ id, method }: { readonly id?: number; readonly method: string }): Promise<void> => {
      const serverInfo = { name: 's', version: '1' };
      const result = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo };
      if (method === 'initialize') await far.send({ jsonrpc: '2.0', id: id!, result });
      else if (id !== undefined) await far.close();
    };
    Object.assign(far, { onmessage: answers });
    await far.start();
    const client = await connectClient(near);
    const call = client.callTool({ name: 'hangs' });
    await expect(call).rejects.toMatchObject({ data: { code: 'UPSTREAM_LOST' } });
    expect([...clientRuntime.sessions()]).toEqual([]);
  });
});

describe('a program with OpenTelemetry', () => {
  test('serves as before where nobody exports anything, and can stop measuring', async () => {
    const link = { write: () => true, pause: () => {}, close: () => {} };
    expect(measured.open({ transportType: 'in-memory', client: link, server: link })).toHaveProperty('session');
    stopMeasuring();
    await measured.stop();
    expect([...measured.sessions()]).toEqual([]);
  });
});

describe('docstrings', () => {
  const linesOf = (text: string): readonly string[] =>
    text.split('\n').map((line) => line.replace(/^ *\* ?/, '').trim());
  const filesIn = (folder: string, ending: string): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
  const run = new Set(filesIn('test/docs', '.example.ts').flatMap(linesOf));

  test('show lines of examples that are run', () => {
    const shown = filesIn('src', '.ts').flatMap((text) =>
      [...text.matchAll(/^ *\* ```ts\n([^]*?)\* ```/gm)].flatMap(([, lines = '']) => linesOf(lines)),
    );
    expect(shown.length).toBeGreaterThan(20);
    expect(shown.filter((line) => !run.has(line))).toEqual([]);
  });
});
