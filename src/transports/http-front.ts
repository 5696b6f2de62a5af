/**
 * The front of streamable HTTP: listens, lets in whom the door lets in, and leads each request to where it belongs. Knows HTTP;
 * what MCP makes of a request is decided behind it.
 */

import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { type Server, type ServerOptions, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { refusal } from '../errors.ts';
import type { Clock, Log } from '../ports.ts';
import { defaultReadLimits } from '../protocol/read.ts';
import { defaultLimits } from '../session/limits.ts';
import type { DoorPolicy } from './door.ts';
import { FixedDelay } from './fixed-delay.ts';
import { FrontResponse, answerText, failed, refuse } from './http-answers.ts';
import { Connections } from './http-connections.ts';
import { answerPreflight } from './http-cors.ts';
import { HttpEndpoint } from './http-endpoint.ts';
import {
  type HttpFrontOptions,
  type HttpLimits,
  type HttpTimes,
  type HttpVisitor,
  defaultHttpLimits,
  defaultHttpTimes,
} from './http-front-options.ts';
import { Pipelines } from './http-pipelines.ts';
import { ReplayBudget } from './http-replay.ts';
import { FrontRequest } from './http-request.ts';
import { refuseConnection } from './http-strangers.ts';

export interface HttpFront {
  readonly port: number;
  /** Where clients find MCP. */
  readonly url: string;
  /** Answers from now on are the last of their connections. Whether new sessions are opened is the runtime's to say. */
  drain(): void;
  /** Listens no more, and closes every connection as soon as its client has taken what was said to it, or soon. */
  close(): Promise<void>;
}

const defaultPath = '/mcp';

const nobody: HttpVisitor = { principal: undefined, route: undefined, key: '' };

/** Connections that wait to be taken. */
const backlog = 4096;

/** Listens. Rejects with the error of the socket when that cannot be: the address is taken, or not ours. */
export async function openHttpFront(options: HttpFrontOptions): Promise<HttpFront> {
  const front = new Front(options);
  await front.listen(options.host, options.port);
  return front;
}

class Front implements HttpFront {
  readonly #server: Server<typeof FrontRequest, typeof FrontResponse>;
  readonly #path: string;
  readonly #pathWithQuery: string;
  readonly #host: string;
  readonly #scheme: string;
  readonly #door: DoorPolicy;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #endpoint: HttpEndpoint;
  readonly #identify: (request: FrontRequest) => HttpVisitor;
  readonly #allowsPages: boolean;
  readonly #unreadiness: () => string | undefined;
  readonly #delays: readonly FixedDelay[];
  readonly #pipelines: Pipelines;
  readonly #connections: Connections;
  /** A host that the door has let in: clients say the same one each time. */
  #knownHost: string | undefined = undefined;
  #isDraining = false;

  constructor(options: HttpFrontOptions) {
    const { clock, log, tls } = options;
    const limits: HttpLimits = { ...defaultHttpLimits, ...options.limits };
    const times: HttpTimes = { ...defaultHttpTimes, ...options.times };
    const sessionLimits = { ...defaultLimits, ...options.sessionLimits };
    this.#path = options.path ?? defaultPath;
    this.#pathWithQuery = `${this.#path}?`;
    this.#host = options.host;
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#door = options.door;
    this.#clock = clock;
    this.#log = log;
    this.#identify = options.identify ?? (() => nobody);
    this.#allowsPages = options.allowsPages === true;
    this.#unreadiness = options.unreadiness ?? (() => undefined);
    this.#pipelines = new Pipelines(limits.pipelinedMax);
    const heartbeats = new FixedDelay(clock, times.heartbeatMs / 2);
    const quiet = new FixedDelay(clock, times.streamAfterMs);
    const grace = new FixedDelay(clock, times.standaloneGraceMs);
    const remembering = new FixedDelay(clock, times.resumableMs);
    this.#delays = [heartbeats, quiet, grace, remembering];
    this.#endpoint = new HttpEndpoint({
      sessions: options.sessions,
      passesSessionless: options.sessionless === 'pass',
      bodyBytesMax: sessionLimits.frameBytesMax,
      readLimits: { ...defaultReadLimits, isUtf8, ...options.readLimits },
      log,
      surroundings: {
        heartbeats,
        quiet,
        grace,
        remembering,
        patienceMs: times.patienceMs,
        retryMs: times.retryMs,
        replay: { ...limits, budget: new ReplayBudget(limits.replayTotalBytesMax) },
        bufferPauseBytes: sessionLimits.bufferPauseBytes,
        bufferBytesMax: sessionLimits.bufferBytesMax,
      },
    });
    const serving: ServerOptions<typeof FrontRequest, typeof FrontResponse> = {
      IncomingMessage: FrontRequest,
      ServerResponse: FrontResponse,
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: times.headersMs,
      requestTimeout: times.requestMs,
      keepAliveTimeout: times.keepAliveMs,
      connectionsCheckingInterval: Math.max(50, Math.min(times.headersMs, times.requestMs) / 4),
    };
    this.#server = tls === undefined ? createServer(serving) : createTlsServer({ ...serving, ...tls });
    this.#connections = new Connections(this.#server);
    this.#server.maxConnections = limits.connectionsMax;
    this.#server.on('request', (request, response) => this.#serve(request, response));
    this.#server.on('checkContinue', (request, response) => {
      request.expectsContinue = true;
      this.#serve(request, response);
    });
    this.#server.on('clientError', (error, socket) => refuseConnection(socket, error));
    this.#server.on('connect', (_request, socket) => refuseConnection(socket));
  }

  async listen(host: string, port: number): Promise<void> {
    const listening = once(this.#server, 'listening');
    this.#server.listen({ host, port, backlog });
    await listening;
    this.#server.on('error', (error) => this.#log.error({ error }, 'the front cannot take connections'));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `${this.#scheme}://${host}:${this.port}${this.#path}`;
  }

  drain(): void {
    this.#isDraining = true;
  }

  async close(): Promise<void> {
    this.#isDraining = true;
    this.#endpoint.close();
    // What is said by this is written in the course of the turn.
    await nextTurn();
    await this.#connections.close(this.#clock);
    for (const delay of this.#delays) delay.stop();
  }

  /** Whatever goes wrong on our side is answered, and harms nobody else. */
  #serve(request: FrontRequest, response: FrontResponse): void {
    try {
      this.#lead(request, response);
    } catch (error) {
      this.#log.error({ error }, 'a request could not be served');
      failed(response);
    }
  }

  #lead(request: FrontRequest, response: FrontResponse): void {
    // The connection was closed on our side: who sent this is told by that, and may send it again (RFC 9112, section 9.6).
    if (!request.socket.writable) return;
    request.readHeaders();
    response.endsConnection = this.#isDraining;
    if (response.socket === null && !this.#pipelines.admits(request.socket, response)) {
      response.endsConnection = true;
      refuse(response, refusal('TOO_MANY_REQUESTS', { scope: 'connection', limit: this.#pipelines.max }));
      return;
    }
    const { url = '' } = request;
    const isHere = url === this.#path || url.startsWith(this.#pathWithQuery);
    if (!isHere && this.#isProbe(url, request, response)) return;
    if (!this.#lets(request, response)) return;
    if (!isHere) answerText(response, 404, `Nothing is here; MCP is served at ${this.#path}`);
    else if (request.method === 'OPTIONS' && response.pageOrigin !== undefined) answerPreflight(request, response);
    else this.#endpoint.serve(request, response, this.#identify(request));
  }

  /** What runs us asks by whatever name it has for us, and learns nothing but whether we run. */
  #isProbe(url: string, { method }: FrontRequest, response: FrontResponse): boolean {
    if (url !== '/healthz' && url !== '/readyz') return false;
    const headers = ['Cache-Control', 'no-store'];
    if (method !== 'GET' && method !== 'HEAD') {
      answerText(response, 405, 'Method not allowed', [...headers, 'Allow', 'GET, HEAD']);
      return true;
    }
    const unreadiness = this.#isDraining ? 'draining' : this.#unreadiness();
    const why = url === '/healthz' ? undefined : unreadiness?.replaceAll(/\s+/g, ' ');
    answerText(response, why === undefined ? 200 : 503, why ?? 'ok', headers);
    return true;
  }

  #lets({ hosts, origins }: FrontRequest, response: FrontResponse): boolean {
    if (origins === undefined && hosts !== undefined && hosts === this.#knownHost) return true;
    const refused = this.#door.check({ host: hosts, origin: origins });
    if (refused !== undefined) {
      this.#log.debug({ reason: refused.reason }, 'a request was turned away at the door');
      refuse(response, refusal('INVALID_REQUEST', { reason: refused.reason }), { status: refused.status });
      return false;
    }
    if (typeof hosts === 'string') this.#knownHost = hosts;
    if (this.#allowsPages && typeof origins === 'string') response.pageOrigin = origins;
    return true;
  }
}
