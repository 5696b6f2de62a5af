/**
 * A client and a server around the runtime: the client is a script in memory, the server a real one on HTTP that answers as
 * the test says, request by request. Time stands still unless the test lets it pass.
 */

import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';

import type { ExchangeLink, UpstreamConnector } from '../../src/ports.ts';
import { readMessage } from '../../src/protocol/read.ts';
import type { ClientPeer, OpenOptions, Runtime, RuntimeSession } from '../../src/runtime/api.ts';
import type { Observation } from '../../src/runtime/observation.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import type { Exchange } from '../../src/session/pending.ts';
import {
  type Message,
  initialize,
  initializeResult,
  notification,
  request,
  result,
} from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { type HttpAgent, type HttpAgentOptions, openHttpAgent } from '../../src/transports/http-agent.ts';
import { type HttpConnector, type HttpConnectorOptions, httpConnector } from '../../src/transports/http-connector.ts';

/** A request as a server of a test sees it, and its ways to answer. */
export class Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;

  constructor(incoming: IncomingMessage, response: ServerResponse, body: string) {
    this.request = incoming;
    this.response = response;
    this.body = body;
  }

  get method(): string {
    return this.request.method ?? '';
  }

  get message(): Message {
    return JSON.parse(this.body) as Message;
  }

  /** The JSON-RPC method that is posted, or the HTTP method of what is not. */
  get what(): string {
    if (this.method !== 'POST') return this.method;
    const { method } = this.message;
    return typeof method === 'string' ? method : 'response';
  }

  get id(): string | number {
    return this.message['id'] as string | number;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): void {
    this.text(typeof body === 'string' ? body : JSON.stringify(body), status, 'application/json', headers);
  }

  text(body: string, status: number, type: string, headers: Readonly<Record<string, string>> = {}): void {
    this.response.writeHead(status, { 'content-type': type, ...headers });
    this.response.end(body);
  }

  empty(status = 202, headers: Readonly<Record<string, string>> = {}): void {
    this.response.writeHead(status, headers);
    this.response.end();
  }

  /** Begins an event stream. */
  stream(headers: Readonly<Record<string, string>> = {}): EventStream {
    this.response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    this.response.flushHeaders();
    return new EventStream(this.response);
  }

  /** Answers the handshake of 2025-11-25, with JSON and without a session unless told. */
  welcome(headers: Readonly<Record<string, string>> = {}): void {
    this.json(result(this.id, initializeResult()), 200, headers);
  }

  cut(): void {
    this.response.socket?.resetAndDestroy();
  }
}

export class EventStream {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** @param id of the event. */
  says(message: Message | '', id?: string): this {
    const data = message === '' ? '' : JSON.stringify(message);
    this.#response.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`);
    return this;
  }

  /** An event that is no message. */
  tells(event: string, data: string): this {
    this.#response.write(`event: ${event}\ndata: ${data}\n\n`);
    return this;
  }

  writes(text: string | Uint8Array): this {
    this.#response.write(text);
    return this;
  }

  ends(): void {
    this.#response.end();
  }

  cut(): void {
    this.#response.socket?.resetAndDestroy();
  }
}

export type Answer = (asked: Asked) => void;

export interface TestServer {
  readonly port: number;
  readonly url: string;
  /** Every request it has seen, in order. */
  readonly asked: readonly Asked[];
  /** What it was asked, one word for each request. */
  readonly log: readonly string[];
  answers: Answer;
  /** Requests whose response is still open. */
  readonly open: number;
  readonly connections: number;
  /** Nobody listens any more, and all connections are cut. */
  stops(): Promise<void>;
  listensAgain(): Promise<void>;
}

export async function startServer(answers: Answer): Promise<TestServer> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let open = 0;
  const listener: RequestListener = (message, response) => {
    const chunks: Buffer[] = [];
    open += 1;
    response.on('close', () => {
      open -= 1;
    });
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const one = new Asked(message, response, Buffer.concat(chunks).toString());
      asked.push(one);
      server.answers(one);
    });
  };
  const http = createServer({ keepAliveTimeout: 60_000 }, listener);
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = async (port: number): Promise<void> =>
    new Promise((resolve) => {
      http.listen(port, '127.0.0.1', resolve);
    });
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      http.close(() => resolve());
    });
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = http.address() as AddressInfo;
  const server: TestServer = {
    port,
    url: `http://127.0.0.1:${port}/mcp`,
    asked,
    get log() {
      return asked.map(({ what }) => what);
    },
    answers,
    get open() {
      return open;
    },
    get connections() {
      return sockets.size;
    },
    stops: stop,
    listensAgain: async () => listen(port),
  };
  onTestFinished(async () => {
    if (http.listening) await stop();
  });
  return server;
}

/** An agent that knows no proxies, whatever the environment says. */
export async function openAgent(options: HttpAgentOptions = {}): Promise<HttpAgent> {
  const agent = await openHttpAgent({ env: {}, ...options });
  onTestFinished(async () => agent.close());
  return agent;
}

/** The client: what it heard, and a promise of what it will. */
export class TestClient {
  readonly heard: Message[] = [];
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  session: ClientPeer | undefined;
  isFull = false;

  /** @param exchange that it comes in, where the client has such. */
  sends(message: Message, exchange?: Exchange): void {
    const bytes = Buffer.from(JSON.stringify(message));
    if (exchange === undefined) this.session?.receive(bytes);
    else this.session?.receiveRead(readMessage(bytes), bytes.length, exchange);
  }

  asks(id: string | number, method: string, params?: object): void {
    this.sends(request(id, method, params));
  }

  notifies(method: string, params?: object): void {
    this.sends(notification(method, params));
  }

  /** The next message that it has not been asked about. */
  async hears(): Promise<Message> {
    while (this.heard.length === this.#taken) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.heard[this.#taken++]!;
  }

  write(parts: readonly Uint8Array[]): boolean {
    this.heard.push(JSON.parse(Buffer.concat(parts).toString()) as Message);
    for (const resolve of this.#waiting.splice(0)) resolve();
    return !this.isFull;
  }

  get exchanges(): ExchangeLink {
    return {
      deliver: (message) => {
        this.write(message);
        return 'accepted';
      },
      settled: () => {},
      pause: () => {},
      close: () => {},
    };
  }

  readonly paused: boolean[] = [];
  pause(isPaused: boolean): void {
    this.paused.push(isPaused);
  }

  close(): void {}
}

export interface HttpTalk {
  readonly client: TestClient;
  readonly session: RuntimeSession;
  readonly runtime: Runtime;
  readonly clock: VirtualClock;
  readonly connector: HttpConnector;
  readonly endedWith: readonly EndReason[];
  readonly observations: readonly Observation[];
  /** Resolves when the connection to the server is over for good. */
  readonly serverStopped: Promise<void>;
  /** Plays the handshake to its end. */
  readonly shakeHands: () => Promise<void>;
}

export interface TalkOptions extends Partial<Omit<HttpConnectorOptions, 'url' | 'clock'>> {
  /** Of another kind than streamable HTTP. */
  readonly kind?: (options: HttpConnectorOptions) => UpstreamConnector;
  /** The client itself is on HTTP. */
  readonly hasExchanges?: boolean;
  readonly agentOptions?: HttpAgentOptions;
  readonly open?: Partial<OpenOptions>;
}

export async function talkWith(url: string, options: TalkOptions = {}): Promise<HttpTalk> {
  const {
    agentOptions,
    hasExchanges = false,
    kind,
    open = {},
    agent = await openAgent(agentOptions),
    ...rest
  } = options;
  const clock = new VirtualClock();
  const connectorOptions = { frameBytesMax: 1024 * 1024, ...rest, url, agent, clock };
  const connector = httpConnector(connectorOptions);
  let sessions = 0;
  const runtime = createRuntime({
    ids: { sessionId: () => `s${++sessions}` },
    checksInvariants: true,
    clock,
    limits: { frameBytesMax: 1024 * 1024 },
  });
  const observations: Observation[] = [];
  runtime.observe((observation) => observations.push(observation));
  const client = new TestClient();
  const endedWith: EndReason[] = [];
  let stopped: () => void = () => {};
  const serverStopped = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const opened = runtime.open({
    transportType: 'in-memory',
    ...open,
    client: hasExchanges ? client.exchanges : client,
    server: kind?.(connectorOptions) ?? connector,
    onEnded: (reason) => endedWith.push(reason),
    onServerStopped: stopped,
  });
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  const { session } = opened;
  client.session = session.client;
  onTestFinished(async () => {
    const done = runtime.stop();
    clock.advance(10_000);
    await done;
    clock.advance(10_000);
  });
  return {
    client,
    session,
    runtime,
    clock,
    connector,
    endedWith,
    observations,
    serverStopped,
    shakeHands: async () => {
      client.sends(initialize(0));
      await client.hears();
      client.notifies('notifications/initialized');
    },
  };
}

/** A server with a session, whose answers to calls are up to the test. */
export function sessionful(answerCall: (asked: Asked) => void, sessionId: () => string = () => 'session-1') {
  return (asked: Asked): void => {
    switch (asked.what) {
      case 'initialize':
        return asked.welcome({ 'mcp-session-id': sessionId() });
      case 'notifications/initialized':
        return asked.empty();
      case 'GET':
        return asked.empty(405);
      case 'DELETE':
        return asked.empty(200);
      default:
        return answerCall(asked);
    }
  };
}

/** An error in our own name: its code and all that it says about why. */
export function ownError(id: number | string, code: number, data: object): object {
  return { jsonrpc: '2.0', id, error: { code, message: expect.any(String), data } };
}

/** Lets time pass, a little at a time, until the client has heard so many messages. */
export async function untilHeard({ client, clock }: HttpTalk, messages: number): Promise<void> {
  await expect
    .poll(() => {
      clock.advance(50);
      return client.heard.length;
    })
    .toBe(messages);
}

/** A call as a client of 2026-07-28 makes it. */
export function modernCall(id: number, meta: object = {}, name = 'wörld'): Message {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    ...meta,
  };
  return request(id, 'tools/call', { name, arguments: {}, _meta });
}
