/**
 * A client of streamable HTTP that does what it is told: every message is a POST of its own, whatever ids are in flight already. Of
 * the transport it does what a client has to: it keeps the session's id, opens the stream for what is nobody's answer, and asks
 * again for an answer whose stream was ended early. What is said is told as it comes.
 */

import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { SseReader } from '../../protocol/sse-read.ts';
import { decodeText, encodeText } from '../../protocol/text.ts';
import { systemCode } from '../../reasons.ts';
import type { WireMessage } from '../play/history.ts';
import type { ConnectionEvents, Delivery, TargetConnection } from '../play/target.ts';
import { hear, isMessage } from './hearing.ts';
import { cancelledBy, isRequest, isResponse, statelessHeaders } from './http-messages.ts';
import { Outflow } from './outflow.ts';
import type { Quiet } from './quiet.ts';

export interface HttpConnectionOptions {
  readonly url: URL;
  /** With every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isStateless: boolean;
  readonly quiet: Quiet;
  readonly events: ConnectionEvents;
}

const eventBytesMax = 64 * 1024 * 1024;
/** How often an answer is asked for again whose stream has ended without it. */
const resumptionsMax = 3;
const retryMsDefault = 100;
const retryMsMax = 5000;

/** A POST, from its sending to the end of its answer. */
interface Exchange {
  readonly message: WireMessage;
  readonly number: number;
  request: ClientRequest | undefined;
  isAnswered: boolean;
  isOver: boolean;
  status: number;
  lastEventId: string | undefined;
  retryMs: number;
}

export class HttpConnection implements TargetConnection {
  readonly #options: HttpConnectionOptions;
  readonly #agent: Agent;
  readonly #open = new Set<Exchange>();
  readonly #bodies = new Set<IncomingMessage>();
  #session: string | undefined;
  #revision: string | undefined;
  #stream: ClientRequest | undefined;
  #isReading = true;
  #isOver = false;

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#agent =
      options.url.protocol === 'https:' ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  }

  send(message: WireMessage, number: number, delivery: Delivery = {}): void {
    if (this.#isOver || delivery.isDropped === true) return;
    const { isStateless } = this.#options;
    const cancelled = isStateless ? cancelledBy(message) : undefined;
    // To close its response is how a request is cancelled where there are no sessions (2026-07-28, basic/utilities/cancellation).
    if (cancelled !== undefined) {
      for (const exchange of this.#open) if (exchange.message.id === cancelled) this.#drop(exchange);
      return;
    }
    this.#post(message, number, delivery);
    if (delivery.isTwice === true) this.#post(message, number, delivery);
  }

  abandon(number: number): void {
    for (const exchange of this.#open) {
      if (exchange.number !== number) continue;
      exchange.isOver = true;
      this.#open.delete(exchange);
      exchange.request?.destroy();
    }
  }

  read(isReading: boolean): void {
    this.#isReading = isReading;
    for (const body of this.#bodies) {
      if (isReading) body.resume();
      else body.pause();
    }
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { isStateless, quiet } = this.#options;
    if (isStateless || this.#session === undefined) return this.#end();
    const done = quiet.begins();
    const over = (): void => {
      done();
      this.#end();
    };
    const request = this.#request('DELETE', {}).on('error', over);
    request.on('response', (response) => response.resume().on('close', over));
    request.end();
  }

  cut(): void {
    this.#isOver = true;
    this.#end();
  }

  #end(): void {
    for (const { request } of this.#open) request?.destroy();
    this.#stream?.destroy();
    this.#agent.destroy();
  }

  #post(message: WireMessage, number: number, delivery: Delivery): void {
    const { quiet } = this.#options;
    const body = encodeText(JSON.stringify(message));
    const exchange: Exchange = {
      message,
      number,
      request: undefined,
      isAnswered: false,
      isOver: false,
      status: 0,
      lastEventId: undefined,
      retryMs: retryMsDefault,
    };
    this.#open.add(exchange);
    const request = this.#request('POST', {
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...statelessHeaders(message),
    });
    exchange.request = request;
    quiet.said();
    request.on('error', (error) => {
      if (exchange.request !== request || exchange.isOver) return;
      this.#over(exchange);
      if (systemCode(error) === 'ECONNREFUSED') this.#lost();
    });
    request.on('response', (response) => {
      quiet.heard();
      const { statusCode = 0 } = response;
      exchange.status = statusCode;
      this.#note(exchange, response);
      if (statusCode === 202 && message.method === 'notifications/initialized') this.#listen();
      this.#read(response, exchange, () => {
        this.#over(exchange);
        if (statusCode === 404 && this.#session !== undefined) this.#lost();
      });
    });
    const outflow = new Outflow((bytes) => void request.write(bytes), quiet);
    const { pieces = 1, delayMs = 0 } = delivery;
    outflow.deliver(body, { pieces, delayMs });
    outflow.afterwards(() => request.end());
  }

  #drop(exchange: Exchange): void {
    exchange.request?.destroy();
    this.#over(exchange);
  }

  #over(exchange: Exchange): void {
    if (exchange.isOver) return;
    exchange.isOver = true;
    this.#open.delete(exchange);
    this.#options.quiet.heard();
    if (!this.#isOver) this.#options.events.exchangeEnded(exchange.number, exchange.status);
  }

  #lost(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end();
    this.#options.events.closed();
  }

  /** What the answer to `initialize` says of the session. */
  #note({ message }: Exchange, { headers, statusCode }: IncomingMessage): void {
    if (message.method !== 'initialize' || statusCode !== 200) return;
    const session = headers['mcp-session-id'];
    if (typeof session === 'string') this.#session = session;
  }

  #read(response: IncomingMessage, exchange: Exchange, ended: () => void): void {
    const { quiet, events } = this.#options;
    const type = response.headers['content-type'] ?? '';
    this.#bodies.add(response);
    if (!this.#isReading) response.pause();
    let isClosed = false;
    const close = (end: () => void): void => {
      if (isClosed) return;
      isClosed = true;
      this.#bodies.delete(response);
      end();
    };
    response.on('error', () => {});
    if (type.startsWith('text/event-stream')) {
      const reader = this.#reader(exchange);
      response.on('data', (chunk: Uint8Array) => {
        quiet.heard();
        reader.push(chunk);
      });
      response.on('close', () => close(() => void this.#resumed(exchange, resumptionsMax).then(ended)));
      return;
    }
    const chunks: Uint8Array[] = [];
    response.on('data', (chunk: Uint8Array) => {
      quiet.heard();
      chunks.push(chunk);
    });
    response.on('close', () =>
      close(() => {
        this.#hearBody(Buffer.concat(chunks), type, exchange, events);
        ended();
      }),
    );
  }

  #hearBody(body: Buffer, type: string, exchange: Exchange, events: ConnectionEvents): void {
    if (this.#isOver || body.length === 0) return;
    const { status, number } = exchange;
    const isRefusal = status < 200 || status > 299;
    if (type.startsWith('application/json') && (!isRefusal || isMessage(parsed(body)))) {
      this.#learn(exchange, body);
      hear(body, events, number);
    } else if (!isRefusal) {
      events.unreadable(
        body.toString('utf8', 0, 200),
        `the body of a response with status ${status}, as ${type === '' ? 'nothing' : type}`,
      );
    }
  }

  #reader(exchange: Exchange | undefined): SseReader {
    const { events } = this.#options;
    return new SseReader(
      { eventBytesMax },
      {
        onEvent: ({ event, data, id, retryMs }) => {
          if (exchange !== undefined && id !== undefined && id !== '') exchange.lastEventId = id;
          if (exchange !== undefined && retryMs !== undefined) exchange.retryMs = Math.min(retryMs, retryMsMax);
          if (this.#isOver || data === undefined || data.length === 0 || event !== '') return;
          if (exchange !== undefined) this.#learn(exchange, data);
          hear(data, events, exchange?.number);
        },
        onOversize: () => events.unreadable('', `an event of more than ${eventBytesMax} bytes`),
      },
    );
  }

  /** The answer itself: which revision was agreed, and that it has come. */
  #learn(exchange: Exchange, bytes: Uint8Array): void {
    const said = parsed(bytes);
    if (!isMessage(said) || !isResponse(said)) return;
    if (said.id === exchange.message.id) exchange.isAnswered = true;
    if (exchange.message.method !== 'initialize') return;
    const { result } = said;
    const revision =
      typeof result === 'object' && result !== null && 'protocolVersion' in result ? result.protocolVersion : undefined;
    if (typeof revision === 'string') this.#revision = revision;
  }

  /** 2025-11-25, basic/transports: a stream that ended before its answer is gone on with, where its events have ids. */
  async #resumed(exchange: Exchange, attempts: number): Promise<void> {
    const { lastEventId, message, isAnswered, isOver, retryMs } = exchange;
    const isWanted = isRequest(message) && !isAnswered && !isOver && !this.#isOver && !this.#options.isStateless;
    if (!isWanted || lastEventId === undefined || attempts === 0) return;
    const done = this.#options.quiet.begins();
    await pause(retryMs);
    await new Promise<void>((resolve) => {
      const request = this.#request('GET', { 'last-event-id': lastEventId }).on('error', () => resolve());
      exchange.request = request;
      request.on('response', (response) => {
        done();
        if (response.statusCode !== 200) {
          response.resume();
          resolve();
          return;
        }
        const reader = this.#reader(exchange);
        this.#bodies.add(response);
        response
          .on('error', () => {})
          .on('data', (chunk: Uint8Array) => {
            this.#options.quiet.heard();
            reader.push(chunk);
            // The stream may stay open for others; its answer is what it was opened for.
            if (exchange.isAnswered) response.destroy();
          });
        response.on('close', () => {
          this.#bodies.delete(response);
          resolve();
        });
      });
      request.end();
    });
    done();
    return this.#resumed(exchange, attempts - 1);
  }

  /** Opens the stream for what the server says by itself. A server that has none says so, and that is that. */
  #listen(): void {
    const { quiet } = this.#options;
    if (this.#options.isStateless || this.#stream !== undefined || this.#isOver) return;
    const done = quiet.begins();
    const request = this.#request('GET', {}).on('error', done).on('close', done);
    this.#stream = request;
    request.on('response', (response) => {
      done();
      response.on('error', () => {});
      if (response.statusCode !== 200) {
        response.resume();
        return;
      }
      const reader = this.#reader(undefined);
      this.#bodies.add(response);
      if (!this.#isReading) response.pause();
      response.on('data', (chunk: Uint8Array) => {
        quiet.heard();
        reader.push(chunk);
      });
      response.on('close', () => this.#bodies.delete(response));
    });
    request.end();
  }

  #request(method: string, headers: Readonly<Record<string, string>>): ClientRequest {
    const { url } = this.#options;
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const accept = method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream';
    return send(url, {
      method,
      agent: this.#agent,
      headers: {
        accept,
        ...(this.#session === undefined ? {} : { 'mcp-session-id': this.#session }),
        ...(this.#revision === undefined ? {} : { 'mcp-protocol-version': this.#revision }),
        ...headers,
        ...this.#options.headers,
      },
    });
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeText(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
