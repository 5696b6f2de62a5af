/**
 * The network between a proxy and its server, as far as it can go wrong: carries bytes from connection to connection, and cuts them,
 * delays them, or says nothing any more. Knows nothing of what it carries.
 */

import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { once } from 'node:events';

/** What becomes of the bytes from the server: how many of them pass, and then this. */
type Cut = 'reset' | 'end';

export class Relay {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #target: number;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#carry(client));
  }

  static async open(target: number): Promise<Relay> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Relay(server, target);
  }

  /** When so many bytes more have come from the server over one connection, that connection is cut. */
  cutAfter(bytes: number, cut: Cut): void {
    for (const pair of this.#pairs) pair.cutAfter(bytes, cut);
  }

  /** Nothing passes in either direction, and nobody is told, over the connections that there are. */
  fallSilent(): void {
    for (const pair of this.#pairs) pair.pause();
  }

  /** What was held back passes. */
  speak(): void {
    for (const pair of this.#pairs) pair.resume();
  }

  /** From now on, the bytes from the server pass one at a time. */
  trickle(gapMs: number): void {
    for (const pair of this.#pairs) pair.trickle(gapMs);
  }

  close(): void {
    for (const pair of this.#pairs) pair.reset();
    this.#server.close();
  }

  #carry(client: Socket): void {
    const pair = new Pair(client, connect(this.#target, '127.0.0.1'));
    this.#pairs.add(pair);
    client.on('close', () => this.#pairs.delete(pair));
  }
}

class Pair {
  readonly #client: Socket;
  readonly #server: Socket;
  #left = Infinity;
  #cut: Cut = 'end';
  #gapMs = 0;
  #trickling: Promise<void> = Promise.resolve();

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
    client.on('error', () => {}).on('close', () => server.destroy());
    server.on('error', () => {}).on('close', () => void this.#trickling.then(() => client.destroySoon()));
    client.pipe(server);
    server.on('data', (bytes: Buffer) => this.#pass(bytes));
  }

  cutAfter(bytes: number, cut: Cut): void {
    this.#left = bytes;
    this.#cut = cut;
  }

  pause(): void {
    this.#client.unpipe(this.#server).pause();
    this.#server.pause();
  }

  resume(): void {
    this.#client.pipe(this.#server);
    this.#server.resume();
  }

  trickle(gapMs: number): void {
    this.#gapMs = gapMs;
  }

  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  #pass(bytes: Buffer): void {
    if (this.#gapMs > 0) {
      this.#trickling = this.#trickling.then(async () => this.#passSlowly(bytes));
      return;
    }
    const passing = bytes.subarray(0, this.#left);
    this.#left -= passing.length;
    if (this.#left > 0) {
      this.#client.write(passing);
      return;
    }
    // What was written before has left us before the connection is cut.
    this.#client.write(passing, () => (this.#cut === 'reset' ? this.reset() : this.#client.end()));
    this.#server.destroy();
  }

  async #passSlowly(bytes: Buffer): Promise<void> {
    for (const byte of bytes) {
      this.#client.write(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, this.#gapMs));
    }
  }
}
