/** The client of `forward ws`: a connection is a session. */

import { once } from 'node:events';
import { WebSocket } from 'ws';

import type { Message } from '../e2e/program.ts';
import { type Answer, type Client, type RequestId, handshake, newId, text } from './client.ts';
import { Ear } from './ear.ts';

export class WebSocketClient implements Client {
  readonly socket: WebSocket;
  /** The code and reason with which the connection ended. */
  end: string | undefined;
  readonly #ear = new Ear();

  constructor(url: string) {
    this.socket = new WebSocket(url, 'mcp', { maxPayload: 0 });
    this.socket.on('message', (data) => this.#ear.hear(JSON.parse((data as Buffer).toString()) as Message));
    this.socket.on('error', () => {});
    this.socket.on('close', (code, reason) => {
      this.end = `${code} ${reason.toString()}`.trim();
      this.#ear.changed();
    });
  }

  heard(): readonly Message[] {
    return this.#ear.messages;
  }

  async until<T>(find: () => T | undefined, what = 'what was awaited'): Promise<T> {
    return this.#ear.until(() => {
      const found = find();
      if (found === undefined && this.end !== undefined) throw new Error(`The connection ended without ${what}`);
      return found;
    });
  }

  send(message: object): void {
    this.socket.send(text(message));
  }

  async askBytes(parts: readonly (string | Uint8Array)[], id: RequestId | null): Promise<Answer> {
    const before = this.heard().length;
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      this.socket.send(part, { fin: isLast, binary: false });
      if (isLast) break;
      // The answer to a ping between two parts says that the first was read.
      this.socket.ping();
      await once(this.socket, 'pong');
    }
    const isOurs = (message: Message): boolean => message.method === undefined && (message.id ?? null) === id;
    try {
      return { message: await this.until(() => this.heard().slice(before).find(isOurs)) };
    } catch {
      return { isOver: true };
    }
  }

  async opened(): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
  }

  async begin(): Promise<Answer> {
    await this.opened();
    const id = newId();
    const answer = await this.askBytes([text(handshake(id))], id);
    this.send({ method: 'notifications/initialized' });
    return answer;
  }

  async ended(): Promise<string> {
    return this.#ear.until(() => this.end);
  }

  async leave(): Promise<void> {
    this.socket.close();
    await this.ended();
  }

  vanish(): void {
    this.socket.terminate();
  }
}

export async function beginWebSocket(url: string): Promise<WebSocketClient> {
  const client = new WebSocketClient(url);
  await client.begin();
  return client;
}
