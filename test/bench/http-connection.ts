/** Connections to one HTTP server that are kept and used again: a client that costs little, so that it is not what is measured. */

import { type Socket, connect } from 'node:net';
import { type ReplyHead, ReplyReader } from './http-reply.ts';

export interface Reply extends ReplyHead {
  /** Empty when somebody else was given the data. */
  readonly body: string;
}

/** Sees a reply as it comes, in place of one who waits for all of it. */
export interface ReplyWatcher {
  readonly onHead?: (head: ReplyHead) => void;
  readonly onData?: (data: Buffer) => void;
}

interface Waiting extends ReplyWatcher {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export class HttpConnection {
  readonly #socket: Socket;
  readonly #reader: ReplyReader;
  #waiting: Waiting | undefined;
  #head: ReplyHead | undefined;
  #data: Buffer[] = [];

  constructor({ hostname, port }: URL) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#reader = new ReplyReader({
      onHead: (head) => {
        this.#head = head;
        this.#waiting?.onHead?.(head);
      },
      onData: (data) => (this.#waiting?.onData === undefined ? this.#data.push(data) : this.#waiting.onData(data)),
      onEnd: () => this.#answered(),
    });
    this.#socket.on('data', (chunk: Buffer) => this.#reader.push(chunk));
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => {
      if (!this.#reader.end()) this.#failed(new Error('The connection ended in the middle of a reply'));
      else if (this.#waiting !== undefined) this.#failed(new Error('The connection ended without a reply'));
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** Resolves with the whole reply. One request at a time. */
  async send(request: string, watcher: ReplyWatcher = {}): Promise<Reply> {
    return new Promise<Reply>((resolve, reject) => {
      this.#waiting = { ...watcher, resolve, reject };
      this.#socket.write(request);
    });
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection as a client does that is killed. What was asked stays unanswered. */
  reset(): void {
    this.#waiting = undefined;
    if (!this.#socket.destroyed) this.#socket.resetAndDestroy();
  }

  #answered(): void {
    const waiting = this.#waiting;
    const data = this.#data;
    this.#waiting = undefined;
    this.#data = [];
    const body = data.length === 1 ? data[0]!.toString() : Buffer.concat(data).toString();
    waiting?.resolve({ ...this.#head!, body });
  }

  #failed(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}

/** Connections to one server, for requests of whatever session. */
export class HttpPool {
  readonly #url: URL;
  #idle: HttpConnection[] = [];
  readonly #all = new Set<HttpConnection>();

  constructor(url: URL) {
    this.#url = url;
  }

  async send(request: string): Promise<Reply> {
    const connection = this.#taken();
    const reply = await connection.send(request);
    this.#idle.push(connection);
    return reply;
  }

  /** A connection of the caller's own, which does not come back. */
  open(): HttpConnection {
    const connection = new HttpConnection(this.#url);
    this.#all.add(connection);
    return connection;
  }

  /** Resets a connection of the pool, or all of them. */
  reset(connection?: HttpConnection): void {
    for (const one of connection === undefined ? [...this.#all] : [connection]) {
      one.reset();
      this.#all.delete(one);
    }
    this.#idle = this.#idle.filter((one) => one.isOpen);
  }

  #taken(): HttpConnection {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isOpen) return idle;
      this.#all.delete(idle);
    }
    return this.open();
  }
}
