/**
 * So many connections of a server and no more, and what the others are told. A few above the limit are let in far enough to hear
 * that there is no room; those beyond are closed unheard. Knows connections, not what is said on them; how a refusal is
 * written is decided elsewhere.
 */

import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

import { type Refusal, refusal } from '../errors.ts';
import type { Clock, Log, TimerHandle } from '../ports.ts';
import { retryAfterMs } from '../session/limits.ts';

/** Connections above the limit that may be open at once, each to be answered once and closed. */
export const spareConnectionsMax = 64;

const linesEveryMs = 60_000;

export class Crowding {
  readonly #max: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #known = new Set<Duplex>();
  readonly #spare = new Set<Duplex>();
  /** Refused since the log was told last. */
  #refused = 0;
  #untilNextLine: TimerHandle = undefined;

  /** @param server before it listens. Over TLS a connection counts from the end of its handshake. */
  constructor(server: Server, connectionsMax: number, clock: Clock, log: Log) {
    this.#max = connectionsMax;
    this.#clock = clock;
    this.#log = log;
    server.maxConnections = connectionsMax + spareConnectionsMax;
    const isTls = 'setSecureContext' in server;
    server.on(isTls ? 'secureConnection' : 'connection', (socket: Duplex) => this.#comes(socket));
    server.on('drop', () => this.#countRefused());
    server.on('close', () => clock.clearTimeout(this.#untilNextLine));
  }

  /** Why nothing that is asked on this connection is done, or undefined. Who came too early is let in once there is room. */
  refusalOn(socket: Duplex): Refusal | undefined {
    if (this.#spare.size === 0 || !this.#spare.has(socket)) return undefined;
    if (this.#known.size < this.#max) {
      this.#spare.delete(socket);
      this.#known.add(socket);
      return undefined;
    }
    this.#countRefused();
    return refusal('TOO_MANY_CONNECTIONS', { limit: this.#max, retryAfterMs });
  }

  #comes(socket: Duplex): void {
    const group = this.#known.size < this.#max ? this.#known : this.#spare;
    group.add(socket);
    socket.once('close', () => {
      this.#known.delete(socket);
      this.#spare.delete(socket);
    });
  }

  /** The first at once, the others once a minute, all together. */
  #countRefused(): void {
    this.#refused++;
    if (this.#untilNextLine === undefined) this.#tell();
  }

  #tell(): void {
    const refused = this.#refused;
    this.#refused = 0;
    this.#untilNextLine = undefined;
    if (refused === 0) return;
    this.#untilNextLine = this.#clock.setTimeout(() => this.#tell(), linesEveryMs);
    this.#log.warn({ refused, limit: this.#max }, 'connections were refused: there are as many as there may be');
  }
}
