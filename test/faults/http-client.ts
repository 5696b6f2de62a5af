/** The client of `forward http`, written by hand so that every header, stream and connection is its own to spoil. */

import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { createParser } from 'eventsource-parser';

import type { Message } from '../e2e/program.ts';
import { type Answer, type Client, type RequestId, handshake, newId, text, told } from './client.ts';
import { Ear } from './ear.ts';

export type Headers = Readonly<Record<string, string | undefined>>;

/** One HTTP request of a client, and what comes back on it. */
export class Exchange {
  status = 0;
  headers: IncomingMessage['headers'] = {};
  /** Of the last event that had one. */
  lastEventId: string | undefined;
  readonly heard: Message[] = [];
  isOver = false;
  body = '';
  response: IncomingMessage | undefined;
  readonly #ear: Ear;

  constructor(ear: Ear) {
    this.#ear = ear;
  }

  takes(response: IncomingMessage): void {
    this.response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
    const parser = createParser({
      onEvent: ({ id, data }) => {
        this.lastEventId = id ?? this.lastEventId;
        if (data !== '') this.#hear(data);
      },
    });
    const pieces: string[] = [];
    response.on('data', (chunk: string) => (isStream ? parser.feed(chunk) : void pieces.push(chunk)));
    response.on('error', () => {});
    response.on('close', () => {
      this.body = pieces.join('');
      if (response.headers['content-type']?.startsWith('application/json') === true) this.#hear(this.body);
      this.ends();
    });
    this.#ear.changed();
  }

  ends(): void {
    this.isOver = true;
    this.#ear.changed();
  }

  /** The first message that answers this id, or an error for whatever was sent. */
  async answer(id: RequestId | null): Promise<Answer> {
    const isOurs = (message: Message): boolean =>
      message.method === undefined &&
      ((message.id ?? null) === id || (message.error !== undefined && (message.id ?? null) === null));
    await this.#ear.until(() => (this.isOver || this.heard.some(isOurs) ? true : undefined));
    const message = this.heard.find(isOurs);
    return { status: this.status, ...(message === undefined ? { isOver: true } : { message }) };
  }

  async head(): Promise<number> {
    return this.#ear.until(() => (this.status > 0 || this.isOver ? this.status : undefined));
  }

  async end(): Promise<void> {
    await this.#ear.until(() => (this.isOver ? true : undefined));
  }

  /** The client gives the response up, and its connection. */
  drop(): void {
    this.response?.destroy();
  }

  #hear(data: string): void {
    try {
      const read = JSON.parse(data) as Message | readonly Message[];
      const messages = Array.isArray(read) ? (read as readonly Message[]) : [read as Message];
      this.heard.push(...messages);
      this.#ear.hear(...messages);
    } catch {
      this.body = data;
    }
  }
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Headers;
  readonly parts?: readonly (string | Uint8Array)[];
}

export class HttpClient implements Client {
  readonly url: string;
  /** Said with each request. */
  headers: Record<string, string | undefined> = {};
  readonly #ear = new Ear();
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.url = url;
  }

  get sessionId(): string {
    return this.headers['Mcp-Session-Id'] ?? '';
  }

  heard(): readonly Message[] {
    return this.#ear.messages;
  }

  async until<T>(find: () => T | undefined): Promise<T> {
    return this.#ear.until(find);
  }

  send(message: object): void {
    this.post(text(message));
  }

  async askBytes(parts: readonly (string | Uint8Array)[], id: RequestId | null): Promise<Answer> {
    return this.exchange({ parts }).answer(id);
  }

  post(body: string, headers: Headers = {}): Exchange {
    return this.exchange({ parts: [body], headers });
  }

  /** Opens the stream that belongs to no request, or comes back to one. */
  listen(headers: Headers = {}): Exchange {
    return this.exchange({
      method: 'GET',
      headers: { Accept: 'text/event-stream', 'Content-Type': undefined, ...headers },
    });
  }

  exchange({ method = 'POST', headers = {}, parts = [] }: Sent): Exchange {
    const exchange = new Exchange(this.#ear);
    const [body = ''] = parts;
    const said = {
      // A body in one piece says its length, as clients do.
      'Content-Length': parts.length > 1 || method !== 'POST' ? undefined : String(Buffer.byteLength(body)),
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...this.headers,
      ...headers,
    };
    const request = httpRequest(this.url, {
      method,
      agent: this.#agent,
      headers: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    });
    request.on('response', (response) => exchange.takes(response));
    request.on('error', () => {
      // A refusal may arrive although the rest of the body could not be written.
      if (exchange.response === undefined) exchange.ends();
    });
    void this.#write(parts, (part) => request.write(part)).then(() => request.end());
    return exchange;
  }

  /** Shakes hands; from then on the session's id goes with every request. */
  async begin(): Promise<Answer> {
    const id = newId();
    const exchange = this.post(text(handshake(id)));
    const answer = await exchange.answer(id);
    this.headers['Mcp-Session-Id'] = exchange.headers['mcp-session-id'] as string | undefined;
    this.headers['MCP-Protocol-Version'] = '2025-11-25';
    await exchange.end();
    await this.post(text({ method: 'notifications/initialized' })).end();
    return answer;
  }

  async delete(): Promise<Exchange> {
    const exchange = this.exchange({ method: 'DELETE', headers: { 'Content-Type': undefined } });
    await exchange.end();
    return exchange;
  }

  async leave(): Promise<void> {
    await this.delete();
    this.vanish();
  }

  vanish(): void {
    this.#agent.destroy();
  }

  /** Between one part and the next there is a whole exchange, so that each is read by itself. */
  async #write(parts: readonly (string | Uint8Array)[], write: (part: string | Uint8Array) => void): Promise<void> {
    for (const [index, part] of parts.entries()) {
      if (index > 0) await this.post(text({ id: newId(), method: 'ping' })).end();
      write(part);
    }
  }
}

/** Resolves when the session has begun. */
export async function beginHttp(url: string): Promise<HttpClient> {
  const client = new HttpClient(url);
  await client.begin();
  return client;
}

/** What a request is told that is answered by one message, whatever its id. */
export async function toldOf(exchange: Exchange): Promise<string> {
  await exchange.end();
  const [message] = exchange.heard;
  return told({ status: exchange.status, ...(message === undefined ? { isOver: true } : { message }) });
}
