/**
 * A fetch-style handler as a listener of Node's HTTP server, for whatever is built on that: express, fastify, or nothing. Turns
 * requests and responses into those of the Fetch standard and back. Knows nothing of what they say.
 */

import { LocalError } from '../local-error.ts';
import type { FetchHandler, FetchVisitor } from './fetch-handler.ts';

/** What is needed of Node's `IncomingMessage`, and of what frameworks make of it. */
export interface ListenerRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The whole path, where a framework shortens `url` to what its own routes have left. */
  readonly originalUrl?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly readableEnded: boolean;
  /** What a body parser has made of the body. */
  readonly body?: unknown;
  on(event: string, listener: (detail: Uint8Array) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
}

/** What is needed of Node's `ServerResponse`. */
export interface ListenerResponse {
  statusCode: number;
  readonly headersSent: boolean;
  readonly writableFinished: boolean;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number): unknown;
  /** On HTTP/2 there is none: headers leave as they are written. */
  flushHeaders?(): void;
  write(bytes: Uint8Array): boolean;
  end(): unknown;
  destroy(): unknown;
  on(event: string, listener: () => void): unknown;
}

/** Who sends a request, and who is told of failures. */
export interface NodeListenerOptions<Incoming> {
  /** Says who sends a request: what the framework around has found out. Everybody is the same nobody unless told otherwise. */
  readonly from?: (request: Incoming) => FetchVisitor | undefined;
  /** Told of what the listener answered with 500: a handler that failed, or was handed a request whose body is gone. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The listener.
 *
 * ```ts
 * export const app = createServer(nodeListener(handler));
 * ```
 *
 * A body that somebody has read already is taken from the third argument, as the official SDK takes it, or from
 * `request.body`: bytes and text as they are, anything else as its JSON, in which numbers may have lost digits.
 */
export function nodeListener<Incoming extends ListenerRequest>(
  handler: Pick<FetchHandler, 'fetch'>,
  options: NodeListenerOptions<Incoming> = {},
): (request: Incoming, response: ListenerResponse, body?: unknown) => void {
  return (request, response, body) => {
    serve(handler, request, response, body, options).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else {
        response.statusCode = 500;
        response.end();
      }
      tell(options.onError, error);
    });
  };
}

/** Whoever asked to be told may fail, and harms nobody. */
function tell(onError: ((error: unknown) => void) | undefined, error: unknown): void {
  try {
    onError?.(error);
  } catch {
    return;
  }
}

async function serve<Incoming extends ListenerRequest>(
  handler: Pick<FetchHandler, 'fetch'>,
  request: Incoming,
  response: ListenerResponse,
  body: unknown,
  { from }: NodeListenerOptions<Incoming>,
): Promise<void> {
  const departure = new Departure(response);
  const asked = requestOf(request, body, departure.signal);
  if (asked === undefined) {
    response.statusCode = 400;
    response.end();
    return;
  }
  await send(await handler.fetch(asked, from?.(request)), response, departure);
}

// --- the request ------------------------------------------------------------------------------------------------------------

/** For a host that cannot be: a request that names none is for nobody. */
const noHost = 'host.invalid';

/** How much of a body that nobody wants is read to its end all the same. */
const discardedBytesMax = 64 * 1024 * 1024;

/** Undefined: the Fetch standard has no such request. */
function requestOf(request: ListenerRequest, given: unknown, signal: AbortSignal): Request | undefined {
  const { method = 'GET' } = request;
  const parsed = method === 'POST' ? bodyRead(request, given) : undefined;
  const headers = headersOf(request.rawHeaders, parsed);
  const url = urlOf(headers.get('host') ?? noHost, request.originalUrl ?? request.url ?? '/');
  if (url === undefined) return undefined;
  try {
    if (method !== 'POST') return new Request(url, { method, headers, signal });
    const body = parsed ?? new ReadableStream(new IncomingBody(request), { highWaterMark: 0 });
    return new Request(url, { method, headers, signal, body, duplex: 'half' });
  } catch {
    return undefined;
  }
}

/** A host that is none is turned away by whoever reads the header. */
function urlOf(host: string, path: string): URL | undefined {
  const [url, elsewhere] = [`http://${host}${path}`, `http://${noHost}${path}`];
  if (URL.canParse(url)) return new URL(url);
  return URL.canParse(elsewhere) ? new URL(elsewhere) : undefined;
}

/** The body where somebody has read it. @throws LocalError BODY_TAKEN when nobody says what it was. */
function bodyRead(request: ListenerRequest, given: unknown): Uint8Array | string | undefined {
  // Express calls its handlers with a function that goes on to the next.
  const isGiven = given !== undefined && typeof given !== 'function';
  if (!isGiven && !request.readableEnded) return undefined;
  const body = isGiven ? given : request.body;
  if (body === undefined) throw new LocalError('BODY_TAKEN', 'The body of the request was read by somebody else.');
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
}

/** Headers that were true of the body as it was sent. */
const aboutTheBody: ReadonlySet<string> = new Set(['content-length', 'content-encoding', 'transfer-encoding']);

function headersOf(raw: readonly string[], parsed: Uint8Array | string | undefined): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [raw[at]!, raw[at + 1]!];
    // On HTTP/2 a request is for whom this says; the others with a colon are no headers.
    if (name === ':authority') headers.set('host', value);
    else if (name.startsWith(':')) continue;
    else if (parsed === undefined || !aboutTheBody.has(name.toLowerCase())) headers.append(name, value);
  }
  return headers;
}

/** Begins to read when somebody reads the stream: Node gets rid of a body that nobody touches. */
class IncomingBody {
  readonly #request: ListenerRequest;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined = undefined;
  #isListening = false;
  #discardedBytes = 0;

  constructor(request: ListenerRequest) {
    this.#request = request;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
  }

  pull(): void {
    this.#listen();
    this.#request.resume();
  }

  /** What nobody wants is read all the same, so that its sender gets to read why. */
  cancel(): void {
    this.#controller = undefined;
    this.#listen();
    this.#request.resume();
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    const request = this.#request;
    request.on('data', (chunk) => this.#take(chunk));
    request.on('end', () => {
      this.#controller?.close();
      this.#controller = undefined;
    });
    const broke = (): void => {
      this.#controller?.error(new Error('The body broke off'));
      this.#controller = undefined;
    };
    request.on('error', broke);
    request.on('close', broke);
  }

  #take(chunk: Uint8Array): void {
    if (this.#controller === undefined) {
      this.#discardedBytes += chunk.length;
      if (this.#discardedBytes > discardedBytesMax) this.#request.destroy();
      return;
    }
    this.#controller.enqueue(chunk);
    this.#request.pause();
  }
}

// --- the response -----------------------------------------------------------------------------------------------------------

/** Notices that a client is gone, and wakes whoever waits for it to take more. */
class Departure {
  readonly #controller = new AbortController();
  #wake: (() => void) | undefined = undefined;
  /** Stops reading what nobody gets. */
  onGone: (() => void) | undefined = undefined;

  constructor(response: ListenerResponse) {
    response.on('close', () => {
      if (!response.writableFinished) {
        this.#controller.abort();
        this.onGone?.();
      }
      this.#wake?.();
    });
    response.on('drain', () => this.#wake?.());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isGone(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Resolves when the client has taken what was written, or is gone. */
  async drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}

async function send(answer: Response, response: ListenerResponse, departure: Departure): Promise<void> {
  if (departure.isGone) {
    await answer.body?.cancel();
    return;
  }
  answer.headers.forEach((value, name) => response.setHeader(name, value));
  response.writeHead(answer.status);
  const { body } = answer;
  if (body === null) {
    response.end();
    return;
  }
  if (!answer.headers.has('content-length')) response.flushHeaders?.();
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  departure.onGone = () => void reader.cancel().catch(() => {});
  for (;;) {
    const chunk = await nextOf(reader);
    if (departure.isGone) return;
    if (chunk === 'over') {
      response.end();
      return;
    }
    if (chunk === 'cut-off') {
      response.destroy();
      return;
    }
    if (!response.write(chunk)) await departure.drained();
  }
}

async function nextOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | 'over' | 'cut-off'> {
  try {
    const { done, value } = await reader.read();
    return done ? 'over' : value;
  } catch {
    return 'cut-off';
  }
}
