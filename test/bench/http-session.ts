/** A client of one session over streamable HTTP. Holds every answer to its text, as the client over standard streams does. */

import { answerOf, asWritten, callOf, contentOf, handshake, initialized, nextId } from './exchange.ts';
import { HttpPool, type HttpConnection, type Reply, type ReplyWatcher } from './http-connection.ts';
import { messageIn } from './http-reply.ts';
import type { Caller } from './load.ts';

/** Where a session is opened. */
export interface HttpPlace {
  readonly url: string;
  /** Of the process whose processor time counts. */
  readonly pid: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** What follows the `?` of the URL in the request that opens a session, and only there. */
  readonly openingQuery?: string;
  /** The proxy takes messages apart: what it makes of an answer means the same and is written differently. */
  readonly rewrites?: boolean;
}

const accepts = 'Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n';

export class HttpSession implements Caller {
  readonly #place: HttpPlace;
  readonly #pool: HttpPool;
  readonly #url: URL;
  readonly #common: string;
  #stream: HttpConnection | undefined;

  /** @param pool connections that sessions share; without one a session has connections of its own. */
  constructor(place: HttpPlace, pool = new HttpPool(new URL(place.url))) {
    this.#place = place;
    this.#pool = pool;
    this.#url = new URL(place.url);
    const headers = Object.entries(place.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#common = `Host: ${this.#url.host}\r\n${headers.join('')}`;
  }

  get pid(): number {
    return this.#place.pid;
  }

  /** As the server named it; empty before `initialize`. */
  sessionId = '';

  async initialize(): Promise<void> {
    const { openingQuery } = this.#place;
    const path = openingQuery === undefined ? this.#url.pathname : `${this.#url.pathname}?${openingQuery}`;
    const reply = await this.#pool.send(this.#post(handshake, path));
    if (reply.status !== 200 || reply.sessionId === undefined) throw refusalOf(reply);
    this.sessionId = reply.sessionId;
    const accepted = await this.#pool.send(this.#post(initialized));
    if (accepted.status !== 202) throw refusalOf(accepted);
  }

  async ask(line: string, answer: string): Promise<void> {
    const reply = await this.#pool.send(this.#post(line));
    const message = messageIn(reply, reply.body);
    if (message === answer) return;
    if (reply.status !== 200 || this.#place.rewrites !== true || asWritten(message) !== answer) throw refusalOf(reply);
  }

  /** What comes back for a message, whatever it is. */
  async post(line: string): Promise<Reply> {
    return this.#pool.send(this.#post(line));
  }

  /** Sends a message on a connection of its own, on which nothing else will be sent. */
  postAlone(
    line: string,
    watcher: ReplyWatcher = {},
  ): { readonly connection: HttpConnection; readonly reply: Promise<Reply> } {
    const connection = this.#pool.open();
    return { connection, reply: connection.send(this.#post(line), watcher) };
  }

  /** Opens the stream on which the server may speak first. Resolves when it is open; it stays so. */
  async listen(onData: (data: Buffer) => void = () => {}): Promise<HttpConnection> {
    const connection = this.#pool.open();
    this.#stream = connection;
    await new Promise<void>((resolve, reject) => {
      const request = `GET ${this.#url.pathname} HTTP/1.1\r\n${this.#named()}Accept: text/event-stream\r\n\r\n`;
      const onHead = ({ status }: { readonly status: number }): void =>
        status === 200 ? resolve() : reject(new Error(`The stream was refused with ${status}`));
      connection.send(request, { onHead, onData }).catch(reject);
    });
    return connection;
  }

  /** Ends the session as a client should. The status says what became of it. */
  async delete(): Promise<number> {
    const { status } = await this.#pool.send(`DELETE ${this.#url.pathname} HTTP/1.1\r\n${this.#named()}\r\n`);
    return status;
  }

  /** Resets a connection that was opened alone. */
  leave(connection: HttpConnection): void {
    this.#pool.reset(connection);
  }

  /** Leaves as most clients do: without a word. */
  abandon(): void {
    if (this.#stream !== undefined) this.#pool.reset(this.#stream);
  }

  /** As many connections as so many calls at once need, new ones where a server closes what is idle. */
  async ready(concurrency: number): Promise<void> {
    this.#pool.reset();
    const args = contentOf('ready');
    const call = async (id: number): Promise<void> => this.ask(callOf(id, 'echo', args), answerOf(id, args));
    await Promise.all(Array.from({ length: concurrency }, async () => call(nextId())));
  }

  async stop(): Promise<void> {
    this.#pool.reset();
  }

  #named(): string {
    return this.sessionId === ''
      ? this.#common
      : `${this.#common}Mcp-Session-Id: ${this.sessionId}\r\nMCP-Protocol-Version: 2025-11-25\r\n`;
  }

  #post(message: string, path = this.#url.pathname): string {
    const length = Buffer.byteLength(message);
    return `POST ${path} HTTP/1.1\r\n${this.#named()}${accepts}Content-Length: ${length}\r\n\r\n${message}`;
  }
}

function refusalOf({ status, body }: Reply): Error {
  return new Error(`Not what was asked for: ${status} ${body.slice(0, 400)}`);
}
