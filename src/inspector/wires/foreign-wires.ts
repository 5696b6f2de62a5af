/**
 * The way in for the inspectors of others: WebSocket connections that speak one of the foreign wires. Nothing is done unless
 * somebody is connected, and then a few times a second. Who may come in is decided before; what is said is the viewer's part.
 */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

import type { Clock } from '../../ports.ts';
import { statelyWire } from './stately.ts';
import type { Wire } from './wire.ts';
import type { WireSource } from './wire-source.ts';
import { WireViewer, type WireViewerLimits } from './wire-viewer.ts';
import { xstateInspectWire } from './xstate-inspect.ts';

export interface ForeignWiresOptions {
  readonly source: WireSource;
  readonly clock: Clock;
  readonly limits?: Partial<ForeignWireLimits>;
}

export interface ForeignWireLimits extends WireViewerLimits {
  readonly viewersMax: number;
  /** Between one turn of telling and the next. */
  readonly turnMs: number;
  /** A viewer has next to nothing to say. */
  readonly heardBytesMax: number;
  readonly heardPerTurnMax: number;
}

export const defaultForeignWireLimits: ForeignWireLimits = {
  viewersMax: 8,
  turnMs: 100,
  heardBytesMax: 64 * 1024,
  heardPerTurnMax: 20,
  sessionsMax: 200,
  eventsPerTurnMax: 50,
  unreadBytesMax: 4 * 1024 * 1024,
  behindMsMax: 30_000,
};

/** Where each wire is spoken. */
export const foreignWires: Readonly<Record<string, Wire>> = {
  '/inspect/wire/stately': statelyWire,
  '/inspect/wire/xstate': xstateInspectWire,
};

interface Connection {
  readonly socket: WebSocket;
  readonly viewer: WireViewer;
  heard: number;
}

export class ForeignWires {
  readonly #source: WireSource;
  readonly #clock: Clock;
  readonly #limits: ForeignWireLimits;
  readonly #server: WebSocketServer;
  readonly #connections = new Set<Connection>();
  #isTurnDue = false;
  /** Not to be told of the last end any more; undefined while nobody looks. */
  #unwatch: (() => void) | undefined;

  constructor({ source, clock, limits }: ForeignWiresOptions) {
    this.#source = source;
    this.#clock = clock;
    this.#limits = { ...defaultForeignWireLimits, ...limits };
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: this.#limits.heardBytesMax,
    });
  }

  /** How many look. */
  get viewers(): number {
    return this.#connections.size;
  }

  /** Takes an upgrade on one of the paths of `foreignWires`, from somebody who may look. `?session=` names one session alone. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://here');
    const wire = foreignWires[pathname];
    if (wire === undefined || this.#connections.size >= this.#limits.viewersMax) {
      socket.on('error', () => socket.destroy());
      socket.end(
        `HTTP/1.1 ${wire === undefined ? '404 Not Found' : '503 Service Unavailable'}\r\nConnection: close\r\n\r\n`,
      );
      return;
    }
    const sessionId = searchParams.get('session');
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      this.#connect(opened, wire, sessionId === null ? {} : { sessionId });
    });
  }

  /** Ends every connection. */
  close(): void {
    for (const { socket } of this.#connections) socket.terminate();
  }

  #connect(socket: WebSocket, wire: Wire, narrowed: { readonly sessionId?: string }): void {
    const viewer = new WireViewer({
      ...narrowed,
      wire,
      source: this.#source,
      clock: this.#clock,
      limits: this.#limits,
      write: (text) => socket.send(text),
      unreadBytes: () => socket.bufferedAmount,
    });
    const connection: Connection = { socket, viewer, heard: 0 };
    this.#connections.add(connection);
    socket.on('message', (data, isBinary) => {
      connection.heard += 1;
      if (connection.heard > this.#limits.heardPerTurnMax) socket.terminate();
      else if (!isBinary) viewer.hear((data as Buffer).toString());
    });
    // What breaks the rules of WebSocket closes the connection.
    socket.on('error', () => {});
    socket.on('close', () => this.#forget(connection));
    // What ends with its last session does not wait for the next turn.
    this.#unwatch ??= this.#source.onLastEnd(() => queueMicrotask(() => this.#tell()));
    this.#scheduleTurn();
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #turn(): void {
    this.#isTurnDue = false;
    for (const connection of this.#connections) connection.heard = 0;
    this.#tell();
    this.#scheduleTurn();
  }

  #tell(): void {
    for (const { socket, viewer } of this.#connections) {
      if (socket.readyState === socket.OPEN && !viewer.turn()) socket.terminate();
    }
  }

  #scheduleTurn(): void {
    if (this.#isTurnDue || this.#connections.size === 0) return;
    this.#isTurnDue = true;
    this.#clock.setTimeout(() => this.#turn(), this.#limits.turnMs);
  }
}
