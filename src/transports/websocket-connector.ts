/**
 * Reaches a server over WebSocket, with one connection for each life that the upstream chart grants it. Translates between
 * the connection and the runtime's port; decides nothing.
 */

import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

import type { TimerHandle, UpstreamConnector, UpstreamEvents, UpstreamLink } from '../ports.ts';
import type { Departure } from '../session/upstream.ts';
import { type Credentials, wantsAuthorization } from './http-authorizing-agent.ts';
import { failureText } from './http-failure.ts';
import { shownUrl } from './http-target.ts';
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
  /** What to say in `Authorization`, in place of what `headers` say; asked before each connection, and about a refusal of it. */
  readonly credentials?: Credentials;
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
  readonly #shown: string;
  readonly #events: UpstreamEvents;
  /** Once it was there it is away when it is not reached, and not missing. */
  readonly #server: { isReached: boolean };
  /** None until it is known what to say of ourselves. */
  #socket: WebSocket | undefined;
  #openTimer: TimerHandle = undefined;
  #link: WebSocketLink | undefined;
  #error: Error | undefined;
  #isGivenUp = false;

  constructor(options: WebSocketConnectorOptions, events: UpstreamEvents, server: { isReached: boolean }) {
    this.#server = server;
    this.#options = options;
    this.#shown = shownUrl(new URL(options.url));
    this.#events = events;
    const said = options.credentials?.authorization();
    if (said instanceof Promise) void said.then((later) => this.#dial(later, true));
    else this.#dial(said, true);
  }

  /** @param mayTryAgain with something else to say, should the server not believe this. */
  #dial(said: string | undefined, mayTryAgain: boolean): void {
    if (this.#isGivenUp) return;
    const { clock, url, headers = {}, tls = {}, openTimeoutMs = defaultOpenTimeoutMs, credentials } = this.#options;
    const authorization = said === undefined ? {} : { Authorization: said };
    const socket = new WebSocket(url, [subprotocol], {
      ...socketOptions(this.#options),
      ...tls,
      headers: { ...headers, ...authorization },
    });
    this.#socket = socket;
    this.#openTimer = clock.setTimeout(() => {
      this.#error = new Error(`The connection was not open after ${openTimeoutMs} ms`);
      socket.terminate();
    }, openTimeoutMs);
    socket.once('upgrade', (response) => socket.once('open', () => this.#opened(socket, response.socket)));
    socket.on('error', (error) => {
      if (this.#socket === socket) this.#error ??= error;
    });
    socket.once('close', (code, reason) => {
      const isPresent = this.#socket === socket;
      if (isPresent && this.#link === undefined) this.#lost({ code, reason: reason.toString(), error: this.#error });
    });
    if (credentials === undefined || !mayTryAgain) return;
    socket.once('unexpected-response', (_request, response) => {
      const challenge = response.headers['www-authenticate'];
      if (wantsAuthorization(response.statusCode ?? 0, challenge)) {
        void this.#reconsider(socket, said, challenge, credentials);
      } else {
        this.#error = new Error(`Unexpected server response: ${response.statusCode}`);
        socket.terminate();
      }
    });
  }

  /** A user who is asked takes as long as it takes: no connection waits meanwhile. */
  async #reconsider(
    refused: WebSocket,
    said: string | undefined,
    challenge: string | undefined,
    credentials: Credentials,
  ): Promise<void> {
    this.#options.clock.clearTimeout(this.#openTimer);
    this.#socket = undefined;
    refused.terminate();
    const hasOther = await credentials.refused(said, challenge, true);
    const next = hasOther ? await credentials.authorization() : undefined;
    if (this.#isGivenUp) return;
    if (next !== undefined) {
      this.#dial(next, false);
      return;
    }
    // Whoever comes again is refused again, and its user asked again: nobody does.
    this.#server.isReached = false;
    this.#lost({ code: 1006, reason: '', error: new Error('The server wants a login') });
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
    const wasGivenUp = this.#isGivenUp;
    this.#isGivenUp = true;
    if (this.#link !== undefined) this.#link.close(reason);
    else if (this.#socket !== undefined) this.#socket.terminate();
    else if (!wasGivenUp) queueMicrotask(() => this.#lost({ code: 1006, reason, error: undefined }));
  }

  #opened(socket: WebSocket, stream: Duplex): void {
    const events = this.#events;
    this.#server.isReached = true;
    this.#options.clock.clearTimeout(this.#openTimer);
    const link = new WebSocketLink(socket, stream, this.#options);
    this.#link = link;
    events.ready();
    link.start({
      message: (bytes) => events.message(bytes),
      unreadable: (fault, bytes) => events.unreadable(fault, bytes),
      drained: () => events.drained(),
      leaving: (error) => events.leaving(departure('connection-lost', failureText(error, this.#shown))),
      closed: (end) => this.#lost(end),
    });
  }

  #lost(end: WebSocketEnd): void {
    const hasOpened = this.#link !== undefined;
    this.#options.clock.clearTimeout(this.#openTimer);
    this.#options.onEnded?.(end, hasOpened);
    this.#events.lost(
      departure(this.#server.isReached ? 'connection-lost' : 'unreachable', endText(end, this.#shown, hasOpened)),
    );
  }
}

function departure(reason: Departure['reason'], detail: string): Departure {
  return { reason, exitCode: null, signal: null, lastStderr: [], detail };
}

/** @param where the server, as it may be shown. */
function endText({ code, reason, error }: WebSocketEnd, where: string, hasOpened: boolean): string {
  if (error !== undefined) return failureText(error, where);
  if (!hasOpened) return `The connection to ${where} was given up`;
  return code === 1006
    ? `${where} broke the connection`
    : `${where} closed the connection (${[code, reason].filter((part) => part !== '').join(' ')})`;
}
