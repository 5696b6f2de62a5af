/**
 * The connections of an HTTP server, so that it can part with them: each as soon as its client has taken what was said to it.
 * Node's own way to close a server cuts off whoever is still taking the end of an answer.
 */

import { Server, type Socket } from 'node:net';

import type { Clock } from '../ports.ts';

/** How long clients have to take the end of what was said to them. */
const farewellMs = 1000;

export class Connections {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    const track = (socket: Socket): void => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    };
    server.on('connection', track);
    // Over TLS answers are written to a socket of its own, which knows what is still to be sent.
    server.on('secureConnection', track);
  }

  /** Takes no further ones. Resolves when all there are have been closed: soon. */
  async close(clock: Clock): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      Server.prototype.close.call(this.#server, () => resolve());
    });
    for (const socket of this.#sockets) socket.destroySoon();
    const farewell = clock.setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, farewellMs);
    await closed;
    clock.clearTimeout(farewell);
    // It listens no more; what else it does, such as looking for clients that are slow to say what they want, ends with this.
    this.#server.close();
  }
}
