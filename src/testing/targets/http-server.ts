/**
 * Our server of streamable HTTP, as a proxy or a client reaches it: in sessions, or statelessly, where every request is a
 * connection of its own. Every request is answered by a stream of events, so that anything can be said before its answer. What is
 * said, and when, the play decides.
 */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeText, encodeText } from '../../protocol/text.ts';
import type { RequestId } from '../../protocol/envelope.ts';
import type { WireMessage } from '../play/history.ts';
import type { ConnectionEvents, Delivery, Stage, TargetConnection } from '../play/target.ts';
import { hear, isMessage } from './hearing.ts';
import { isRequest, isResponse, progressOf, progressTokenOf } from './http-messages.ts';
import { Outflow } from './outflow.ts';
import type { Quiet } from './quiet.ts';

export interface HttpStage {
  readonly url: URL;
  /** Cuts off everything that is open, as a server does that is killed, and knows no session any more. */
  kill(): void;
  close(): Promise<void>;
}

export async function openHttpStage(stage: Stage, quiet: Quiet, isStateless: boolean): Promise<HttpStage> {
  const sessions = new Map<string, Connection>();
  const server = createServer((request, response) => {
    response.on('error', () => {});
    quiet.heard();
    void bodyOf(request).then((body) => {
      if (isStateless) takeAlone(stage, quiet, request, response, body);
      else take(stage, quiet, sessions, request, response, body);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kill = (): void => {
    for (const connection of [...sessions.values()]) connection.gone();
    server.closeAllConnections();
  };
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    kill,
    close: async () => {
      kill();
      await closed(server);
    },
  };
}

const sessionHeader = 'mcp-session-id';

function take(
  stage: Stage,
  quiet: Quiet,
  sessions: Map<string, Connection>,
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array,
): void {
  const id = request.headers[sessionHeader];
  const known = typeof id === 'string' ? sessions.get(id) : undefined;
  const said = request.method === 'POST' ? messagesIn(body) : [];
  const isOpening = said.some(({ method }) => method === 'initialize');
  if (known === undefined && !(isOpening && id === undefined)) {
    refuse(
      response,
      id === undefined ? 400 : 404,
      id === undefined ? 'a session is missing' : 'there is no such session',
    );
    return;
  }
  const connection = known ?? opened(stage, quiet, sessions);
  switch (request.method ?? '') {
    case 'POST':
      connection.posted(response, body, said);
      return;
    case 'GET':
      connection.listened(response);
      return;
    case 'DELETE':
      sessions.delete(connection.id);
      response.writeHead(200).end();
      connection.left();
      return;
    default:
      refuse(response, 405, 'no such method');
  }
}

function opened(stage: Stage, quiet: Quiet, sessions: Map<string, Connection>): Connection {
  const connection = new Connection(randomUUID(), quiet, (closing) => sessions.delete(closing.id), false);
  sessions.set(connection.id, connection);
  connection.events = stage.serve(connection);
  return connection;
}

function takeAlone(
  stage: Stage,
  quiet: Quiet,
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array,
): void {
  if (request.method !== 'POST') return refuse(response, 405, 'there are no sessions here');
  const connection = new Connection('', quiet, () => {}, true);
  connection.events = stage.serve(connection);
  response.once('close', () => connection.left());
  connection.posted(response, body, messagesIn(body));
}

/** A response that waits for the answers to what was posted. */
interface Stream {
  readonly response: ServerResponse;
  readonly outflow: Outflow;
  readonly waiting: { readonly id: RequestId; readonly token: RequestId | undefined }[];
}

class Connection implements TargetConnection {
  readonly id: string;
  events: ConnectionEvents | undefined;
  readonly #quiet: Quiet;
  readonly #forget: (connection: Connection) => void;
  readonly #isAlone: boolean;
  readonly #streams = new Set<Stream>();
  #listening: Stream | undefined;
  /** Said while no stream was open that it could go to. */
  readonly #kept: { readonly message: WireMessage; readonly delivery: Delivery | undefined }[] = [];
  #isOver = false;

  constructor(id: string, quiet: Quiet, forget: (connection: Connection) => void, isAlone: boolean) {
    this.id = id;
    this.#quiet = quiet;
    this.#forget = forget;
    this.#isAlone = isAlone;
  }

  posted(response: ServerResponse, body: Uint8Array, said: readonly WireMessage[]): void {
    const waiting = said.flatMap((message) =>
      isRequest(message) ? [{ id: message.id!, token: progressTokenOf(message) }] : [],
    );
    if (waiting.length === 0) response.writeHead(202).end();
    else this.#open(response, waiting, this.#streams);
    hear(body, this.events!);
  }

  listened(response: ServerResponse): void {
    if (this.#listening !== undefined) return refuse(response, 409, 'the stream is open already');
    this.#listening = this.#open(response, [], undefined);
    response.once('close', () => {
      this.#listening = undefined;
    });
    for (const { message, delivery } of this.#kept.splice(0)) this.#write(this.#listening, message, delivery);
  }

  /** The other side has ended it. */
  left(): void {
    this.#lost((stream) => stream.response.end());
  }

  /** The server was killed: nobody is there any more. */
  gone(): void {
    this.#lost((stream) => stream.response.destroy());
  }

  send(message: WireMessage, _number: number, delivery?: Delivery): void {
    if (this.#isOver) return;
    const stream = this.#streamFor(message, delivery);
    if (stream === undefined) {
      if (!isResponse(message)) this.#kept.push({ message, delivery });
      return;
    }
    this.#write(stream, message, delivery);
    if (!isResponse(message)) return;
    stream.waiting.splice(
      stream.waiting.findIndex(({ id }) => id === message.id),
      1,
    );
    if (stream.waiting.length > 0) return;
    this.#streams.delete(stream);
    stream.outflow.afterwards(() => stream.response.end());
  }

  read(): void {}

  close(): void {
    if (this.#isOver) return;
    this.#finish((stream) => stream.outflow.afterwards(() => stream.response.end()));
  }

  cut(): void {
    if (this.#isOver) return;
    this.#finish((stream) => stream.response.destroy());
  }

  #lost(end: (stream: Stream) => void): void {
    if (this.#isOver) return;
    this.#finish(end);
    this.events!.closed();
  }

  #finish(end: (stream: Stream) => void): void {
    this.#isOver = true;
    this.#forget(this);
    for (const stream of this.#streams) end(stream);
    if (this.#listening !== undefined) end(this.#listening);
  }

  /** 2025-11-25, basic/transports: what belongs to a request goes where its answer goes, the rest to the stream of the GET. */
  #streamFor(message: WireMessage, delivery: Delivery | undefined): Stream | undefined {
    const streams = [...this.#streams];
    if (isResponse(message)) return streams.find(({ waiting }) => waiting.some(({ id }) => id === message.id));
    const token = progressOf(message);
    const about = delivery?.about;
    const own = streams.find(({ waiting }) =>
      waiting.some((one) => (token !== undefined && one.token === token) || (about !== undefined && one.id === about)),
    );
    return own ?? this.#listening ?? (this.#isAlone ? streams[0] : undefined);
  }

  #open(response: ServerResponse, waiting: Stream['waiting'], into: Set<Stream> | undefined): Stream {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      ...(this.#isAlone ? {} : { [sessionHeader]: this.id }),
    });
    response.flushHeaders();
    const outflow = new Outflow((bytes) => {
      if (!response.destroyed && !response.writableEnded) response.write(bytes);
    }, this.#quiet);
    const stream: Stream = { response, outflow, waiting };
    into?.add(stream);
    response.once('close', () => into?.delete(stream));
    return stream;
  }

  #write({ outflow }: Stream, message: WireMessage, delivery: Delivery | undefined): void {
    outflow.deliver(encodeText(`event: message\ndata: ${JSON.stringify(message)}\n\n`), delivery);
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const error = { jsonrpc: '2.0', id: null, error: { code: -32000, message } };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(error));
}

function messagesIn(body: Uint8Array): readonly WireMessage[] {
  try {
    const said: unknown = JSON.parse(decodeText(body));
    return (Array.isArray(said) ? (said as readonly unknown[]) : [said]).filter(isMessage);
  } catch {
    return [];
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
  } catch {
    // Cut off in the middle: what came of it is no message.
  }
  return Buffer.concat(chunks);
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
