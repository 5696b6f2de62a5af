/** A server for tests of the page's connection: answers paths with what it is told, and is spoken to over WebSockets. */

import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { SocketLike } from '../../../../src/inspector/page/connection/live-socket.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export class Served {
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #met: WebSocket[] = [];
  readonly #texts: string[] = [];
  #wake: () => void = () => {};
  /** What is asked for, with the token that was shown. */
  readonly asked: string[] = [];
  answer: (method: string, path: string, text: string) => Answer = () => ({ status: 404 });

  constructor() {
    this.#server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.asked.push(`${method} ${url} ${headers.authorization}`);
        const { status, body } = this.answer(method, url, text);
        response.writeHead(status).end(body === undefined ? undefined : JSON.stringify(body));
        this.#wake();
      });
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (met) => {
        this.#met.push(met);
        met.on('message', (data: Buffer) => {
          this.#texts.push(data.toString());
          this.#wake();
        });
        this.#wake();
      });
    });
  }

  static async open(): Promise<Served> {
    const served = new Served();
    served.#server.listen(0, '127.0.0.1');
    await once(served.#server, 'listening');
    return served;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  connect(path = '/'): SocketLike {
    return new WebSocket(new URL(path, this.origin.replace('http', 'ws')));
  }

  /** The next WebSocket that is opened. */
  async meets(): Promise<WebSocket> {
    return this.#next(() => this.#met.shift());
  }

  /** The next text on any WebSocket. */
  async hears(): Promise<string> {
    return this.#next(() => this.#texts.shift());
  }

  async isAskedFor(asked: string): Promise<void> {
    await this.#next(() => this.asked.find((line) => line.startsWith(asked)));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #next<T>(take: () => T | undefined): Promise<T> {
    for (;;) {
      const taken = take();
      if (taken !== undefined) return taken;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** What was told, one by one, to whoever waits for the next. */
export class Told<T> {
  readonly #items: T[] = [];
  #wake: () => void = () => {};

  readonly tell = (item: T): void => {
    this.#items.push(item);
    this.#wake();
  };

  async next(): Promise<T> {
    while (this.#items.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#items.shift()!;
  }
}
