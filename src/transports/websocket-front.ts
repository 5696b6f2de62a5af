/**
 * Clients over WebSocket: takes the upgrades that an HTTP server is asked for on one path, and hands over each connection as
 * a link. Who may come in is asked of the caller; what the messages are, and what a session is, it does not know.
 */

import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';

import { decodeText } from '../protocol/text.ts';
import { encodeRefusal } from '../session/tell.ts';
import type { Crowding } from './http-crowding.ts';
import { socketOptions, subprotocol, WebSocketLink, type WebSocketTuning } from './websocket-link.ts';

/** What a client is told that may not come in. */
export interface UpgradeRefusal {
  /** HTTP status. */
  readonly status: number;
  readonly body: string;
  /** Besides `Content-Type` (plain text unless it is said here) and those that end the connection. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The server as far as it is needed here. */
export interface UpgradeSource {
  on(event: 'upgrade', listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
  off(event: 'upgrade', listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
}

export interface WebSocketFrontOptions extends WebSocketTuning {
  /** Of `node:http` or `node:https`, made with `handshakeLimits`. It is the caller's to close. */
  readonly server: UpgradeSource;
  /** The path of the URL without its query; upgrades on any other are answered with 404. Without one `admit` says what is where. */
  readonly path?: string;
  /** The limit of connections that the server keeps to: asked about every upgrade before anybody else is. */
  readonly crowding?: Crowding;
  /** For a client that was refused to take its answer. Default 5 s. */
  readonly refusalTimeoutMs?: number;
  /** Asked first about every upgrade on the path. Undefined: it may come in, if it speaks WebSocket and MCP. */
  readonly admit: (request: IncomingMessage) => UpgradeRefusal | undefined | Promise<UpgradeRefusal | undefined>;
  /** A connection is open. It is read from `link.start` on, which may be called later. */
  readonly onConnection: (link: WebSocketLink, request: IncomingMessage) => void;
}

export interface WebSocketFront {
  /** How many connections are open, those that are being closed included. */
  readonly connections: number;
  /** Takes no more upgrades; what is open stays. */
  close(): void;
  /** Resolves after `close`, when no connection is left. A link that was closed takes no longer than `closeTimeoutMs`. */
  readonly empty: Promise<void>;
  /** Cuts every connection now, for a process that has to exit. */
  terminate(): void;
}

/**
 * Options for `createServer` of `node:http` that bound what a client may cost before it is let in: the bytes of its headers,
 * and the time until they are there, which also ends connections that say nothing at all.
 */
export function handshakeLimits({ headerBytesMax = 16_384, handshakeTimeoutMs = 10_000 } = {}) {
  return {
    maxHeaderSize: headerBytesMax,
    headersTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: Math.max(1, Math.floor(handshakeTimeoutMs / 4)),
  } as const;
}

const defaultRefusalTimeoutMs = 5_000;

export function openWebSocketFront(options: WebSocketFrontOptions): WebSocketFront {
  const { server } = options;
  const sockets = new WebSocketServer({
    ...socketOptions(options),
    noServer: true,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refusal = refusalOf(request, options);
    if (refusal instanceof Promise) void goOnLater(request, socket, head, refusal);
    else goOn(request, socket, head, refusal);
  };
  const goOn = (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    refusal = protocolRefusal(request.headers['sec-websocket-protocol']),
  ): void => {
    if (refusal !== undefined) {
      refuse(request, refusal, options);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      options.onConnection(new WebSocketLink(opened, socket, options), request);
    });
  };
  /** Meanwhile its connection may end, which is nobody's error. */
  const goOnLater = async (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    asked: Promise<UpgradeRefusal | undefined>,
  ): Promise<void> => {
    const gone = (): void => void socket.destroy();
    socket.on('error', gone);
    const refusal = await asked.catch((): UpgradeRefusal => ({ status: 500, body: 'This went wrong on our side\n' }));
    socket.off('error', gone);
    if (!socket.destroyed) goOn(request, socket, head, refusal);
  };
  server.on('upgrade', upgrade);
  const empty = new Promise<void>((resolve) => {
    sockets.once('close', resolve);
  });
  return {
    get connections() {
      return sockets.clients.size;
    },
    close: () => {
      server.off('upgrade', upgrade);
      sockets.close();
    },
    empty,
    terminate: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

function refusalOf(
  request: IncomingMessage,
  { path, admit, crowding }: WebSocketFrontOptions,
): ReturnType<WebSocketFrontOptions['admit']> {
  const crowded = crowding?.refusalOn(request.socket);
  if (crowded !== undefined) {
    const body = decodeText(encodeRefusal(undefined, crowded));
    return { status: 503, body, headers: { 'Content-Type': 'application/json', 'Retry-After': '1' } };
  }
  if (path !== undefined && pathOf(request.url) !== path) {
    return { status: 404, body: `There is nothing here: MCP over WebSocket is spoken at ${path}\n` };
  }
  return admit(request);
}

function pathOf(url = ''): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** A client that offers nothing speaks MCP as well as any other; one that offers something else does not. */
function protocolRefusal(offered: string | undefined): UpgradeRefusal | undefined {
  if (offered === undefined || offered.split(',').some((name) => name.trim() === subprotocol)) return undefined;
  return { status: 400, body: `The subprotocol spoken here is ${subprotocol}, and it was not offered\n` };
}

/** The server has let go of the socket: it is ended here, once the client has had time to read why. */
function refuse(request: IncomingMessage, refusal: UpgradeRefusal, { clock, ...options }: WebSocketFrontOptions): void {
  const { socket } = request;
  const { status, body, headers } = refusal;
  const { refusalTimeoutMs = defaultRefusalTimeoutMs } = options;
  const timer = clock.setTimeout(() => socket.destroy(), refusalTimeoutMs);
  socket.on('close', () => clock.clearTimeout(timer));
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  response.end(body, () => socket.end());
  // Closing with something unread would take the answer back.
  socket.resume();
}
