/**
 * What every HTTP front has between its carrier and the endpoint: whom the door lets in, what is where, and what becomes of pages
 * and probes. Knows HTTP, and neither sockets nor what MCP makes of a request.
 */

import { refusal } from '../errors.ts';
import type { Log } from '../ports.ts';
import { type ReadLimits, defaultReadLimits } from '../protocol/read.ts';
import { unboundedBuffers } from '../session/buffered-bytes.ts';
import { defaultLimits } from '../session/limits.ts';
import { FixedDelay } from './fixed-delay.ts';
import { answerText, failed, refuse } from './http-answers.ts';
import { answerPreflight } from './http-cors.ts';
import { HttpDoorstep, answerDocument, answerProbe, isReadOnly } from './http-doorstep.ts';
import { HttpEndpoint } from './http-endpoint.ts';
import {
  type CarrierSurroundings,
  type HttpEntranceOptions,
  type HttpLimits,
  type HttpTimes,
  type HttpVisitor,
  type Identified,
  type Identify,
  type TurnedAway,
  defaultHttpLimits,
  defaultHttpTimes,
} from './http-front-options.ts';
import type { FrontRequest, FrontResponse } from './http-messages.ts';
import { ReplayBudget } from './http-replay.ts';

const defaultPath = '/mcp';

/** The path of a front that is asked about nothing but MCP: whoever hands it a request has seen to that. */
const everyPath = '*';

/** Of a front that does not tell its visitors apart. */
export const nobody: HttpVisitor = { principal: undefined, route: undefined, key: '' };

export class HttpEntrance {
  readonly path: string;
  readonly #pathWithQuery: string;
  readonly #doorstep: HttpDoorstep;
  readonly #log: Log;
  readonly #endpoint: HttpEndpoint;
  readonly #documents: HttpEntranceOptions['documents'];
  readonly #unreadiness: () => string | undefined;
  readonly #delays: readonly FixedDelay[];
  #isDraining = false;

  constructor(options: HttpEntranceOptions, readLimits: Partial<ReadLimits>) {
    const { clock, log } = options;
    const limits: HttpLimits = { ...defaultHttpLimits, ...options.limits };
    const times: HttpTimes = { ...defaultHttpTimes, ...options.times };
    const sessionLimits = { ...defaultLimits, ...options.sessionLimits };
    this.path = options.path ?? defaultPath;
    this.#pathWithQuery = `${this.path}?`;
    this.#doorstep = new HttpDoorstep({ door: options.door, allowsPages: options.allowsPages === true, log });
    this.#log = log;
    this.#documents = options.documents;
    this.#unreadiness = options.unreadiness ?? (() => undefined);
    const heartbeats = new FixedDelay(clock, times.heartbeatMs / 2);
    const quiet = new FixedDelay(clock, times.streamAfterMs);
    const grace = new FixedDelay(clock, times.standaloneGraceMs);
    const remembering = new FixedDelay(clock, times.resumableMs);
    this.#delays = [heartbeats, quiet, grace, remembering];
    const buffers = options.buffers ?? unboundedBuffers();
    const { patienceMs } = times;
    const serve: CarrierSurroundings['serve'] = (...asked) => this.#endpoint.serve(...asked);
    const reopen: CarrierSurroundings['reopen'] = (reopening) => this.#endpoint.reopen(reopening);
    const carrier = options.carrier?.({ serve, reopen, clock, log, buffers, patienceMs });
    this.#endpoint = new HttpEndpoint({
      carrier,
      sessions: options.sessions,
      passesSessionless: options.sessionless === 'pass',
      bodyBytesMax: sessionLimits.frameBytesMax,
      readLimits: { ...defaultReadLimits, ...readLimits, ...options.readLimits },
      log,
      surroundings: {
        heartbeats,
        quiet,
        grace,
        remembering,
        patienceMs,
        retryMs: times.retryMs,
        namesRequests: carrier !== undefined,
        replay: { ...limits, budget: new ReplayBudget(limits.replayTotalBytesMax) },
        bufferPauseBytes: sessionLimits.bufferPauseBytes,
        bufferBytesMax: sessionLimits.bufferBytesMax,
        buffers,
      },
    });
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  drain(): void {
    this.#isDraining = true;
  }

  /** Ends whatever is being answered. */
  close(): void {
    this.#isDraining = true;
    this.#endpoint.close();
  }

  /** Nothing falls due any more. */
  stop(): void {
    for (const delay of this.#delays) delay.stop();
  }

  /** Serves one request. Whatever goes wrong on our side is answered, and harms nobody else. */
  serve<Request extends FrontRequest>(request: Request, response: FrontResponse, identify: Identify<Request>): void {
    try {
      if (!this.#admits(request, response)) return;
      const who = identify(request);
      if (who instanceof Promise) void this.#serveLater(request, response, who);
      else this.#serveAs(request, response, who);
    } catch (error) {
      this.#fail(response, error);
    }
  }

  /** Meanwhile its body is not read: the client waits in its own socket. */
  async #serveLater(request: FrontRequest, response: FrontResponse, asked: Promise<Identified>): Promise<void> {
    try {
      const who = await asked;
      if (!response.destroyed) this.#serveAs(request, response, who);
    } catch (error) {
      this.#fail(response, error);
    }
  }

  #serveAs(request: FrontRequest, response: FrontResponse, who: Identified): void {
    if (!('turnedAway' in who)) {
      this.#endpoint.serve(request, response, who);
      return;
    }
    const { status, reason } = who.turnedAway;
    this.#log.debug({ status, reason }, 'a request was turned away at the door');
    turnAway(response, who.turnedAway);
  }

  #fail(response: FrontResponse, error: unknown): void {
    this.#log.error({ error }, 'a request could not be served');
    failed(response);
  }

  /** True: the request is for the endpoint. False: it was answered here. */
  #admits(request: FrontRequest, response: FrontResponse): boolean {
    const { url = '' } = request;
    const isHere = url === this.path || url.startsWith(this.#pathWithQuery) || this.path === everyPath;
    if (!isHere && this.#isProbe(url, request, response)) return false;
    if (!this.#doorstep.lets(request, response)) return false;
    const document = isHere ? undefined : this.#documents?.get(url.split('?', 1)[0] ?? '');
    if (!isHere && document === undefined) answerText(response, 404, `Nothing is here; MCP is served at ${this.path}`);
    else if (request.method === 'OPTIONS' && response.pageOrigin !== undefined) answerPreflight(request, response);
    else if (document === undefined) return true;
    else answerDocument(request, response, document);
    return false;
  }

  /** What runs us asks by whatever name it has for us, and learns nothing but whether we run. */
  #isProbe(url: string, request: FrontRequest, response: FrontResponse): boolean {
    if (url !== '/healthz' && url !== '/readyz') return false;
    const unreadiness = this.#isDraining ? 'draining' : this.#unreadiness();
    if (isReadOnly(request, response)) answerProbe(response, url === '/healthz' ? undefined : unreadiness);
    return true;
  }
}

function turnAway(response: FrontResponse, { status, reason, challenge }: TurnedAway): void {
  const headers = challenge === undefined ? [] : ['WWW-Authenticate', challenge];
  refuse(response, refusal('INVALID_REQUEST', { reason }), { status, headers });
}
