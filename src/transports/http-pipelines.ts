/**
 * Requests that a client sends ahead on one connection, before the answer to the first (RFC 9112, section 9.3.2). They are served
 * at once and answered in order, so each of them waits for those before it; of so many there is a limit. Node tells nobody when
 * the client of an answer leaves that has not had its turn yet: that is told from here.
 */

import type { Socket } from 'node:net';

import type { NodeResponse } from './http-node-response.ts';

export class Pipelines {
  readonly max: number;
  /** By connection, the answers that wait for their turn. */
  readonly #waiting = new WeakMap<Socket, Set<NodeResponse>>();

  constructor(max: number) {
    this.max = max;
  }

  /** False: this connection has too many under way. */
  admits(socket: Socket, response: NodeResponse): boolean {
    const waiting = this.#of(socket);
    if (waiting.size >= this.max) return false;
    waiting.add(response);
    response.once('socket', () => waiting.delete(response));
    return true;
  }

  #of(socket: Socket): Set<NodeResponse> {
    const known = this.#waiting.get(socket);
    if (known !== undefined) return known;
    const waiting = new Set<NodeResponse>();
    this.#waiting.set(socket, waiting);
    socket.once('close', () => {
      for (const response of waiting) {
        response.destroy();
        response.tellOwner();
      }
    });
    return waiting;
  }
}
