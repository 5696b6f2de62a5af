/**
 * The HTTP front on a real socket, with the real runtime behind it, on a virtual clock, and a server that lives in this process
 * and says what the test lets it say. Clients are Node's own, or raw sockets. Tests wait for what happens and never for time.
 */

import { EventEmitter, once } from 'node:events';
import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  createServer,
  request as httpRequest,
} from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';

import { type EventSourceMessage, createParser } from 'eventsource-parser';

import type { UpstreamConnector, UpstreamEvents, UpstreamLink } from '../../src/ports.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import type { Runtime, RuntimeOptions, RuntimeSession } from '../../src/runtime/api.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { type Message, initialize, initializeResult, notification, result } from '../../src/testing/messages.ts';
import { Script } from '../../src/testing/script.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { type DoorOptions, doorPolicy } from '../../src/transports/door.ts';
import { type HttpFront, openHttpFront } from '../../src/transports/http-front.ts';
import type { HttpFrontOptions, SessionAsked } from '../../src/transports/http-front-options.ts';
import { NodeRequest } from '../../src/transports/http-node-request.ts';
import { NodeResponse } from '../../src/transports/http-node-response.ts';

export type StageOptions = Partial<Omit<HttpFrontOptions, 'sessions' | 'door' | 'clock' | 'log'>> & {
  readonly door?: Partial<DoorOptions>;
  readonly runtime?: Partial<Omit<RuntimeOptions, 'clock' | 'log' | 'ids'>>;
  /** What servers do with what they hear; the usual unless told otherwise. */
  readonly server?: (message: Message, server: TestServer) => void;
  /** A server of another kind, which is not started again. */
  readonly connector?: UpstreamConnector;
  /** Session ids, one after the other; `s1`, `s2`, … unless told otherwise. */
  readonly ids?: readonly string[];
};

/** How stages open their fronts: on a server of Node's own, unless a test file says otherwise, for all of its tests. */
let openFront: (options: HttpFrontOptions) => Promise<HttpFront> = openHttpFront;

export function openFrontsWith(other: typeof openFront): void {
  openFront = other;
}

const open = new Set<Stage>();

/** For `afterEach`. */
export async function closeStages(): Promise<void> {
  await Promise.all([...open].map(async (stage) => stage.close()));
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const stage = new Stage(options);
  await stage.listen();
  open.add(stage);
  return stage;
}

export class Stage {
  readonly clock = new VirtualClock();
  readonly log = new CollectingLog(new Script(), false);
  readonly runtime: Runtime;
  /** The servers of the sessions, in the order in which these were opened. */
  readonly servers: TestServer[] = [];
  readonly asked: SessionAsked[] = [];
  /** Why sessions ended, in order. */
  readonly ended: EndReason[] = [];
  front!: HttpFront;
  readonly #options: StageOptions;
  readonly #sessions: RuntimeSession[] = [];
  readonly #clients = new Set<Client>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(options: StageOptions) {
    this.#options = options;
    let sessions = 0;
    this.runtime = createRuntime({
      checksInvariants: true,
      limits: options.sessionLimits ?? {},
      ...options.runtime,
      ids: {
        sessionId: () => {
          sessions++;
          return options.ids?.[sessions - 1] ?? `s${sessions}`;
        },
      },
      clock: this.clock,
      log: this.log,
    });
  }

  async listen(): Promise<void> {
    const { door, runtime: _runtime, server, connector: other, ids: _ids, ...options } = this.#options;
    this.front = await openFront({
      host: '127.0.0.1',
      port: 0,
      ...options,
      door: doorPolicy({ listenHost: '127.0.0.1', ...door }),
      clock: this.clock,
      log: this.log,
      sessions: {
        open: (asked) => {
          this.asked.push(asked);
          const { client, visitor } = asked;
          const { principal, route } = visitor;
          const connector = new TestServer(server ?? usual);
          const opened = this.runtime.open({
            transportType: 'http',
            client,
            server: other ?? connector,
            ...(other === undefined ? {} : { restart: neverRestart }),
            ...(principal === undefined ? {} : { principal }),
            ...(route === undefined ? {} : { route }),
            onEnded: (reason) => {
              this.ended.push(reason);
              this.#changes.emit('change');
            },
          });
          if ('session' in opened) {
            this.servers.push(connector);
            this.#sessions.push(opened.session);
            this.#changes.emit('change');
          }
          return opened;
        },
      },
    });
  }

  get session(): RuntimeSession {
    return this.#sessions.at(-1)!;
  }

  get server(): TestServer {
    return this.servers.at(-1)!;
  }

  client(headers: Readonly<Record<string, string>> = {}): Client {
    const client = new Client(this.front.port, headers);
    this.#clients.add(client);
    return client;
  }

  /** A client of a session that has shaken hands. */
  async opened(headers: Readonly<Record<string, string>> = {}): Promise<Client> {
    const client = this.client(headers);
    await client.shakesHands();
    return client;
  }

  /** The newest server, as soon as there are so many. */
  async untilServer(number = 1): Promise<TestServer> {
    while (this.servers.length < number) await once(this.#changes, 'change');
    return this.server;
  }

  /** Waits until something is so that changes when sessions end. */
  async untilEnded(sessions: number): Promise<void> {
    while (this.ended.length < sessions) await once(this.#changes, 'change');
  }

  async close(): Promise<void> {
    open.delete(this);
    for (const client of this.#clients) client.leaves();
    const [stopped, closed] = [this.runtime.stop(), this.front.close()];
    this.clock.advance(60_000);
    await Promise.all([stopped, closed]);
    if (this.clock.errors.length > 0) throw this.clock.errors[0];
    const [line] = this.log.lines('error');
    if (line !== undefined) throw new Error(`The log has an error: ${line.text} ${JSON.stringify(line.fields)}`);
  }
}

/** Answers the handshake and pings, echoes calls of `echo`, and leaves every other request to the test. */
export function usual(message: Message, server: TestServer): void {
  const { id, method } = message;
  if (typeof id !== 'number' && typeof id !== 'string') return;
  if (method === 'initialize') {
    const { protocolVersion } = message['params'] as { readonly protocolVersion: string };
    server.says(result(id, initializeResult(protocolVersion)));
  } else if (method === 'ping') server.says(result(id));
  else if (method === 'echo') server.says(result(id, message['params'] ?? {}));
}

export class TestServer implements UpstreamConnector {
  readonly heard: Message[] = [];
  isPaused = false;
  isFull = false;
  isClosed = false;
  readonly #act: (message: Message, server: TestServer) => void;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #events: UpstreamEvents | undefined;

  constructor(act: (message: Message, server: TestServer) => void) {
    this.#act = act;
  }

  connect(events: UpstreamEvents): UpstreamLink {
    this.#events = events;
    queueMicrotask(() => events.ready());
    return {
      write: (parts) => {
        const message = JSON.parse(decodeText(Buffer.concat(parts))) as Message;
        this.heard.push(message);
        this.#changes.emit('change');
        // A server answers in a turn of its own.
        setImmediate(() => this.#act(message, this));
        return !this.isFull;
      },
      pause: (isPaused) => {
        this.isPaused = isPaused;
        this.#changes.emit('change');
      },
      close: () => {
        this.isClosed = true;
        this.#changes.emit('change');
        this.#events = undefined;
        queueMicrotask(() => events.lost({ reason: 'exited', exitCode: 0, signal: null, lastStderr: [] }));
      },
      closeInput: () => {},
    };
  }

  says(message: Message): void {
    this.#events?.message(encodeText(JSON.stringify(message)));
  }

  drained(): void {
    this.isFull = false;
    this.#events?.drained();
  }

  dies(): void {
    const events = this.#events;
    this.#events = undefined;
    events?.lost({ reason: 'exited', exitCode: 1, signal: null, lastStderr: ['last words'] });
  }

  /** The first request or notification of this method that was heard and not taken yet. */
  async hears(method: string): Promise<Message & { readonly id: number }> {
    const isWanted = (message: Message): boolean => message['method'] === method;
    return this.takes(isWanted) as Promise<Message & { readonly id: number }>;
  }

  async takes(isWanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const at = this.heard.findIndex(isWanted);
      if (at !== -1) return this.heard.splice(at, 1)[0]!;
      await once(this.#changes, 'change');
    }
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await once(this.#changes, 'change');
  }
}

/** What SDK clients say that they take. */
export const both = 'application/json, text/event-stream';

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: object | string | Uint8Array;
}

export class Client {
  readonly port: number;
  /** Said with each request. */
  headers: Record<string, string | readonly string[] | undefined>;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(port: number, headers: Readonly<Record<string, string>>) {
    this.port = port;
    this.headers = { ...headers };
  }

  /** Resolves when the headers of the answer are there. A test that ends before it may leave it alone. */
  sends(sent: Sent): Promise<Reply> {
    const reply = this.#send(sent);
    reply.catch(() => {});
    return reply;
  }

  async #send({ method = 'POST', path = '/mcp', headers = {}, body }: Sent): Promise<Reply> {
    const said = { Accept: both, 'Content-Type': 'application/json', ...this.headers, ...headers };
    const kept = Object.fromEntries(
      Object.entries(said).filter(([, value]) => value !== undefined),
    ) as IncomingHttpHeaders;
    const request = httpRequest({
      port: this.port,
      host: '127.0.0.1',
      path,
      method,
      headers: kept,
      agent: this.#agent,
    });
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.end(text);
    const [message] = await answered;
    return new Reply(message);
  }

  posts(body: Sent['body'], headers: Sent['headers'] = {}): Promise<Reply> {
    return this.sends(body === undefined ? { headers } : { headers, body });
  }

  /** Opens a stream by itself, or comes back to one. */
  listens(lastEventId?: string): Promise<Reply> {
    const headers = { Accept: 'text/event-stream', 'Content-Type': undefined, 'Last-Event-ID': lastEventId };
    return this.sends({ method: 'GET', headers });
  }

  deletes(): Promise<Reply> {
    return this.sends({ method: 'DELETE' });
  }

  /** Begins a session, whose id it says from then on. */
  async shakesHands(protocolVersion = '2025-11-25'): Promise<Reply> {
    const reply = await this.posts(initialize(0, protocolVersion));
    this.headers['Mcp-Session-Id'] = reply.header('mcp-session-id');
    this.headers['MCP-Protocol-Version'] = protocolVersion;
    await reply.text();
    await (await this.posts(notification('notifications/initialized'))).text();
    return reply;
  }

  leaves(): void {
    this.#agent.destroy();
  }
}

export class Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly message: IncomingMessage;
  /** Comments of a stream so far. */
  readonly comments: string[] = [];
  /** What the client is told about when to come back. */
  retryMs: number | undefined;
  readonly #events: EventSourceMessage[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #isOver = false;
  #isReading = false;

  constructor(message: IncomingMessage) {
    this.message = message;
    this.status = message.statusCode ?? 0;
    this.headers = message.headers;
    message.on('error', () => {});
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  async text(): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.message) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  }

  async json(): Promise<Message> {
    return JSON.parse(await this.text()) as Message;
  }

  /** The next event of the stream; undefined when it has ended. */
  async event(): Promise<EventSourceMessage | undefined> {
    this.#read();
    while (this.#events.length === 0 && !this.#isOver) await once(this.#changes, 'change');
    return this.#events.shift();
  }

  /** The message in the next event that has one. */
  async next(): Promise<Message | undefined> {
    let event = await this.event();
    while (event?.data === '') event = await this.event();
    return event === undefined ? undefined : (JSON.parse(event.data) as Message);
  }

  /** The rest of the stream, to its end. */
  async all(): Promise<readonly Message[]> {
    const messages: Message[] = [];
    for (let message = await this.next(); message !== undefined; message = await this.next()) messages.push(message);
    return messages;
  }

  async comment(): Promise<string> {
    this.#read();
    while (this.comments.length === 0) await once(this.#changes, 'change');
    return this.comments.shift()!;
  }

  /** The connection is cut. */
  breaks(): void {
    this.message.destroy();
  }

  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    const parser = createParser({
      onEvent: (event) => this.#events.push(event),
      onComment: (comment) => this.comments.push(comment),
      onRetry: (ms) => {
        this.retryMs = ms;
      },
    });
    this.message.setEncoding('utf8').on('data', (chunk: string) => {
      parser.feed(chunk);
      this.#changes.emit('change');
    });
    this.message.resume().on('close', () => {
      this.#isOver = true;
      this.#changes.emit('change');
    });
  }
}

/** A stream of the client's own, as soon as the front has noticed that the one before is gone. */
export async function listensAgain(client: Client): Promise<Reply> {
  for (;;) {
    const reply = await client.listens();
    if (reply.status === 200) return reply;
    await reply.text();
  }
}

const bare = new Set<Server<typeof NodeRequest, typeof NodeResponse>>();

/** For `afterEach`. */
export function closeBareServers(): void {
  for (const server of bare) {
    server.closeAllConnections();
    server.close();
  }
  bare.clear();
}

/** A server that does nothing with its requests but hand them to the test, and a connection to it. */
export async function bareServer(): Promise<{
  readonly connection: RawConnection;
  readonly next: () => Promise<readonly [NodeRequest, NodeResponse]>;
}> {
  const server = createServer({ IncomingMessage: NodeRequest, ServerResponse: NodeResponse });
  bare.add(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const connection = new RawConnection((server.address() as AddressInfo).port);
  return { connection, next: async () => once(server, 'request') as Promise<[NodeRequest, NodeResponse]> };
}

/** A connection on which a test writes what it likes. */
export class RawConnection {
  readonly socket: Socket;
  #text = '';

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text += chunk;
    });
    this.socket.on('error', () => {});
  }

  writes(text: string): void {
    this.socket.write(text);
  }

  /** All that came until the other side closed. */
  async all(): Promise<string> {
    if (!this.socket.destroyed) await once(this.socket, 'close');
    return this.#text;
  }

  /** What came, as soon as it is what is awaited. */
  async until(isWanted: (text: string) => boolean): Promise<string> {
    while (!isWanted(this.#text)) {
      if (this.socket.destroyed) throw new Error(`The connection closed after ${JSON.stringify(this.#text)}`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
    return this.#text;
  }
}
