/**
 * Reaches a server over WebSocket, with one connection for each life that the upstream chart grants it. Translates between
 * the connection and the runtime's port; decides nothing.
 */

import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

import type { TimerHandle, UpstreamConnector, UpstreamEvents, UpstreamLink } from '../ports.ts';
import type { Departure } from '../session/upstream.ts';
import {
  socketOptions,
  subprotocol,
  type WebSocketEnd,
  WebSocketLink,
  type WebSocketTuning,
} from './websocket-link.ts';

/** As `node:tls` takes them. */
export interface WebSocketTls {
  /** Certificates, in PEM, of the authorities that are trusted in place of the usual ones. */
  readonly ca?: string | Buffer | (string | Buffer)[];
}

export interface WebSocketConnectorOptions extends WebSocketTuning {
  /** `ws://` or `wss://`. */
  readonly url: string;
  /** Sent with the request for the upgrade, such as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: WebSocketTls;
  /** From dialling to the open connection, all together. Default 10 s. */
  readonly openTimeoutMs?: number;
  /** How each connection ended, before the runtime is told. `hasOpened`: it had been one. */
  readonly onEnded?: (end: WebSocketEnd, hasOpened: boolean) => void;
}

const defaultOpenTimeoutMs = 10_000;

/** What is wrong with the address or a header, as a sentence; undefined when they can be dialled. */
export function webSocketProblem({
  url,
  headers = {},
}: Pick<WebSocketConnectorOptions, 'url' | 'headers'>): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['ws:', 'wss:'].includes(parsed.protocol)) return `${url} is no ws:// or wss:// URL`;
  if (parsed.hash !== '') return `${url} has a fragment (#), which no server is told`;
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      return `${name} is no header that can be sent`;
    }
  }
  return undefined;
}

/** @throws TypeError with the sentence of `webSocketProblem`. */
export function webSocketConnector(options: WebSocketConnectorOptions): UpstreamConnector {
  const problem = webSocketProblem(options);
  if (problem !== undefined) throw new TypeError(problem);
  const server = { isReached: false };
  return { connect: (events) => new Dialled(options, events, server) };
}

class Dialled implements UpstreamLink {
  readonly #options: WebSocketConnectorOptions;
  readonly #events: UpstreamEvents;
  readonly #socket: WebSocket;
  readonly #openTimer: TimerHandle;
  /** Once it was there it is away when it is not reached, and not missing. */
  readonly #server: { isReached: boolean };
  #link: WebSocketLink | undefined;
  #error: Error | undefined;

  constructor(options: WebSocketConnectorOptions, events: UpstreamEvents, server: { isReached: boolean }) {
    this.#server = server;
    this.#options = options;
    this.#events = events;
    const { clock, url, headers = {}, tls = {}, openTimeoutMs = defaultOpenTimeoutMs } = options;
    const socket = new WebSocket(url, [subprotocol], { ...socketOptions(options), ...tls, headers: { ...headers } });
    this.#socket = socket;
    this.#openTimer = clock.setTimeout(() => {
      this.#error = new Error(`The connection was not open after ${openTimeoutMs} ms`);
      socket.terminate();
    }, openTimeoutMs);
    socket.once('upgrade', (response) => socket.once('open', () => this.#opened(response.socket)));
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.once('close', (code, reason) => {
      if (this.#link === undefined) this.#lost({ code, reason: reason.toString(), error: this.#error });
    });
  }

  write(message: readonly Uint8Array[]): boolean {
    return this.#link?.write(message) ?? true;
  }

  pause(paused: boolean): void {
    this.#link?.pause(paused);
  }

  /**
   * A WebSocket has no half that ends alone: whoever says that it is over is not answered any more. What is under way may
   * finish; then the session closes the connection.
   */
  closeInput(): void {}

  close(reason: string): void {
    if (this.#link === undefined) this.#socket.terminate();
    else this.#link.close(reason);
  }

  #opened(stream: Duplex): void {
    const events = this.#events;
    this.#server.isReached = true;
    this.#options.clock.clearTimeout(this.#openTimer);
    const link = new WebSocketLink(this.#socket, stream, this.#options);
    this.#link = link;
    events.ready();
    link.start({
      message: (bytes) => events.message(bytes),
      unreadable: (fault, bytes) => events.unreadable(fault, bytes),
      drained: () => events.drained(),
      leaving: () => events.leaving(departure('connection-lost')),
      closed: (end) => this.#lost(end),
    });
  }

  #lost(end: WebSocketEnd): void {
    const hasOpened = this.#link !== undefined;
    this.#options.clock.clearTimeout(this.#openTimer);
    this.#options.onEnded?.(end, hasOpened);
    this.#events.lost(departure(this.#server.isReached ? 'connection-lost' : 'unreachable'));
  }
}

function departure(reason: Departure['reason']): Departure {
  return { reason, exitCode: null, signal: null, lastStderr: [] };
}
