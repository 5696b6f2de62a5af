/**
 * The front of streamable HTTP on a server of Node: listens, and hands each request to the entrance. Knows connections; what
 * HTTP and MCP make of a request is decided behind it.
 */

import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { type Server, type ServerOptions, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { refusal } from '../errors.ts';
import type { Clock, Log } from '../ports.ts';
import { refuse } from './http-answers.ts';
import { type Certificate, renewCertificate } from './tls-certificate.ts';
import { Connections } from './http-connections.ts';
import { Crowding } from './http-crowding.ts';
import { HttpEntrance, nobody } from './http-entrance.ts';
import {
  type HttpFrontOptions,
  type HttpLimits,
  type HttpTimes,
  type Identify,
  defaultHttpLimits,
  defaultHttpTimes,
} from './http-front-options.ts';
import { NodeRequest } from './http-node-request.ts';
import { NodeResponse } from './http-node-response.ts';
import { Pipelines } from './http-pipelines.ts';
import type { UpgradeSource } from './websocket-front.ts';
import { refuseConnection } from './http-strangers.ts';

export interface HttpFront {
  readonly port: number;
  /** Where clients find MCP. */
  readonly url: string;
  /** Another certificate for who connects from now on. Returns what is wrong with it; then the present one stays. */
  renewCertificate(certificate: Certificate): string | undefined;
  /** Answers from now on are the last of their connections. Whether new sessions are opened is the runtime's to say. */
  drain(): void;
  /** Listens no more, and closes every connection as soon as its client has taken what was said to it, or soon. */
  close(): Promise<void>;
}

/** Connections that wait to be taken. */
const backlog = 4096;

/** What is behind the connections: to whom a request goes that was read as far as its headers. */
export interface HttpLobby {
  /** What stands in the URL of the front behind the port. */
  readonly path: string;
  /** Answers are the last of their connections. */
  readonly isDraining: boolean;
  serve(request: NodeRequest, response: NodeResponse): void;
  drain(): void;
  /** Ends whatever is being answered. */
  close(): void;
  /** Every connection is closed. */
  stop(): void;
}

/** What a front is told about its connections alone. */
export type HttpServing = Pick<HttpFrontOptions, 'host' | 'port' | 'tls' | 'clock' | 'log' | 'limits' | 'times'>;

/** Listens. Rejects with the error of the socket when that cannot be: the address is taken, or not ours. */
export async function openHttpFront(options: HttpFrontOptions): Promise<HttpFront> {
  const { front } = await openHttpLobby(options, lobbyOf(options));
  return front;
}

/** As `openHttpFront`, with somebody else behind the connections, who may take upgrades as well. */
export interface OpenLobby {
  readonly front: HttpFront;
  /** For upgrades; it is not to be closed. */
  readonly server: UpgradeSource;
  /** To be asked about each upgrade. */
  readonly crowding: Crowding;
}

export async function openHttpLobby(options: HttpServing, lobby: HttpLobby): Promise<OpenLobby> {
  const front = new Front(options, lobby);
  await front.listen(options.host, options.port);
  return { front, server: front.server, crowding: front.crowding };
}

function lobbyOf(options: HttpFrontOptions): HttpLobby {
  const entrance = new HttpEntrance(options, { isUtf8 });
  const identify: Identify<NodeRequest> = options.identify ?? (() => nobody);
  return {
    path: entrance.path,
    get isDraining() {
      return entrance.isDraining;
    },
    serve: (request, response) => entrance.serve(request, response, identify),
    drain: () => entrance.drain(),
    close: () => entrance.close(),
    stop: () => entrance.stop(),
  };
}

class Front implements HttpFront {
  readonly server: Server<typeof NodeRequest, typeof NodeResponse>;
  readonly #host: string;
  readonly #scheme: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #lobby: HttpLobby;
  readonly #pipelines: Pipelines;
  readonly #connections: Connections;
  readonly crowding: Crowding;

  constructor(options: HttpServing, lobby: HttpLobby) {
    const { clock, log, tls } = options;
    const limits: HttpLimits = { ...defaultHttpLimits, ...options.limits };
    const times: HttpTimes = { ...defaultHttpTimes, ...options.times };
    this.#host = options.host;
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#clock = clock;
    this.#log = log;
    this.#pipelines = new Pipelines(limits.pipelinedMax);
    this.#lobby = lobby;
    const serving: ServerOptions<typeof NodeRequest, typeof NodeResponse> = {
      IncomingMessage: NodeRequest,
      ServerResponse: NodeResponse,
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: times.headersMs,
      requestTimeout: times.requestMs,
      keepAliveTimeout: times.keepAliveMs,
      connectionsCheckingInterval: Math.max(50, Math.min(times.headersMs, times.requestMs) / 4),
    };
    this.server = tls === undefined ? createServer(serving) : createTlsServer({ ...serving, ...tls });
    this.#connections = new Connections(this.server);
    this.crowding = new Crowding(this.server, limits.connectionsMax, clock, log);
    this.server.on('request', (request, response) => this.#serve(request, response));
    this.server.on('checkContinue', (request, response) => {
      request.expectsContinue = true;
      this.#serve(request, response);
    });
    this.server.on('clientError', (error, socket) => refuseConnection(socket, error));
    this.server.on('connect', (_request, socket) => refuseConnection(socket));
  }

  async listen(host: string, port: number): Promise<void> {
    const listening = once(this.server, 'listening');
    this.server.listen({ host, port, backlog });
    await listening;
    this.server.on('error', (error) => this.#log.error({ error }, 'the front cannot take connections'));
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `${this.#scheme}://${host}:${this.port}${this.#lobby.path}`;
  }

  renewCertificate(certificate: Certificate): string | undefined {
    return renewCertificate(this.server, certificate);
  }

  drain(): void {
    this.#lobby.drain();
  }

  async close(): Promise<void> {
    this.#lobby.close();
    // What is said by this is written in the course of the turn.
    await nextTurn();
    await this.#connections.close(this.#clock);
    this.#lobby.stop();
  }

  #serve(request: NodeRequest, response: NodeResponse): void {
    // The connection was closed on our side: who sent this is told by that, and may send it again (RFC 9112, section 9.6).
    if (!request.socket.writable) return;
    request.readHeaders();
    const crowded = this.crowding.refusalOn(request.socket);
    if (crowded !== undefined) {
      response.endsConnection = true;
      refuse(response, crowded);
      return;
    }
    response.endsConnection = this.#lobby.isDraining;
    if (response.socket === null && !this.#pipelines.admits(request.socket, response)) {
      response.endsConnection = true;
      refuse(response, refusal('TOO_MANY_REQUESTS', { scope: 'connection', limit: this.#pipelines.max }));
      return;
    }
    this.#lobby.serve(request, response);
  }
}
