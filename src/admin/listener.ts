/**
 * The admin listener: HTTP on an address of this machine, for whoever shows the token. Decides who may ask and how much; what is
 * answered stands in api.ts. No cookies and no CORS: a page of somebody else can neither send the token nor read an answer.
 */

import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';

import type { Clock, Log } from '../ports.ts';
import { type DoorPolicy, doorPolicy } from '../transports/door.ts';
import type { Administered } from './administered.ts';
import { Allowance } from './allowance.ts';
import { answer, answerText, refuse } from './answers.ts';
import { operationFor } from './api.ts';
import { type Hub, isOfHub, wireBehind } from './hub.ts';
import { PageFiles, isOfPage } from './page-files.ts';
import type { Problem } from './problems.ts';
import { jsonIn, notJson, textOf } from './request-body.ts';
import { TokenCheck, bearerIn } from './token.ts';
import { type UpgradePath, refuseUpgrade, tokenShownIn, upgradeFor } from './upgrades.ts';

export interface AdminListenerOptions {
  /** An address of this machine alone: `127.0.0.1`, `::1`, `localhost`. The port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Nothing where it is the page of other processes alone. */
  readonly administered?: Administered;
  /** Where more is spoken than requests and answers. */
  readonly upgrades?: readonly UpgradePath[];
  /** Where the page of all processes is served, too. */
  readonly hub?: Hub;
  /** The page; the one that the build has made, if it is not said. */
  readonly page?: PageFiles;
  /** Metrics may be read without a token. */
  readonly areMetricsOpen?: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<AdminLimits>;
}

export interface AdminLimits {
  readonly connectionsMax: number;
  /** Of all headers of a request together. */
  readonly headerBytesMax: number;
  readonly bodyBytesMax: number;
  /** Requests with the token. */
  readonly requestsPerSecond: number;
  /** Requests without it, or with a wrong one. */
  readonly strangersPerSecond: number;
  /** Looks at the metrics without a token, where those are open: each goes through all sessions. */
  readonly scrapesPerSecond: number;
  /** Files of the page, which bring no token. */
  readonly pageFilesPerSecond: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
}

export const defaultAdminLimits: AdminLimits = {
  // A page keeps one to the hub and one to each process, and more than one page may be open.
  connectionsMax: 256,
  headerBytesMax: 16 * 1024,
  // A message that goes on in the place of another may be as large as any, and stands in a few more characters.
  bodyBytesMax: 11 * 1024 * 1024,
  requestsPerSecond: 500,
  strangersPerSecond: 20,
  scrapesPerSecond: 10,
  pageFilesPerSecond: 100,
  headersMs: 5_000,
  requestMs: 10_000,
  keepAliveMs: 5_000,
};

export interface AdminListener {
  readonly port: number;
  /** `http://HOST:PORT`. */
  readonly origin: string;
  /** Listens no more and ends what is open. */
  close(): Promise<void>;
}

/** Listens. Rejects with the error of the socket when that cannot be. */
export async function openAdminListener(options: AdminListenerOptions): Promise<AdminListener> {
  const listener = new Listener(options);
  await listener.listen(options.host, options.port);
  return listener;
}

class Listener implements AdminListener {
  readonly #server: Server;
  readonly #host: string;
  readonly #door: DoorPolicy;
  readonly #token: TokenCheck;
  readonly #administered: Administered | undefined;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #bodyBytesMax: number;
  readonly #requests: Allowance;
  readonly #strangers: Allowance;
  readonly #scrapes: Allowance;
  readonly #upgrades: readonly UpgradePath[];
  readonly #hub: Hub | undefined;
  readonly #areMetricsOpen: boolean;
  readonly #page: PageFiles;
  readonly #pageFiles: Allowance;
  /** Connections that speak something else by now: the server does not count them among its own any more. */
  readonly #upgraded = new Set<Duplex>();

  constructor({
    host,
    token,
    administered,
    upgrades = [],
    hub,
    page,
    clock,
    log,
    limits,
    areMetricsOpen = false,
  }: AdminListenerOptions) {
    const all = { ...defaultAdminLimits, ...limits };
    this.#host = isIPv6(host) ? `[${host}]` : host;
    this.#door = doorPolicy({ listenHost: host });
    this.#token = new TokenCheck(token);
    this.#administered = administered;
    this.#upgrades = upgrades;
    this.#hub = hub;
    this.#areMetricsOpen = areMetricsOpen;
    this.#page = page ?? new PageFiles();
    this.#pageFiles = new Allowance(clock, { atOnce: all.pageFilesPerSecond, perSecond: all.pageFilesPerSecond });
    this.#clock = clock;
    this.#log = log;
    this.#bodyBytesMax = all.bodyBytesMax;
    this.#requests = new Allowance(clock, { atOnce: all.requestsPerSecond, perSecond: all.requestsPerSecond });
    this.#scrapes = new Allowance(clock, { atOnce: all.scrapesPerSecond, perSecond: all.scrapesPerSecond });
    this.#strangers = new Allowance(clock, { atOnce: all.strangersPerSecond, perSecond: all.strangersPerSecond });
    this.#server = createServer({
      maxHeaderSize: all.headerBytesMax,
      headersTimeout: all.headersMs,
      requestTimeout: all.requestMs,
      keepAliveTimeout: all.keepAliveMs,
      connectionsCheckingInterval: Math.max(50, all.headersMs / 4),
    });
    this.#server.maxConnections = all.connectionsMax;
    this.#server.on('request', (request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head));
    this.#server.on('connect', (_request, socket) => socket.destroy());
  }

  async listen(host: string, port: number): Promise<void> {
    const listening = once(this.#server, 'listening');
    this.#server.listen({ host, port });
    await listening;
    this.#server.on('error', (error) => this.#log.error({ error }, 'the admin listener cannot take connections'));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get origin(): string {
    return `http://${this.#host}:${this.port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
      // What is being answered is answered within one turn; who has not even asked by then is not waited for.
      setImmediate(() => this.#server.closeAllConnections());
      for (const socket of this.#upgraded) socket.destroy();
    });
  }

  /** Whatever goes wrong on our side is answered, and harms nobody else. */
  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const refused = this.#foreignness(request) ?? (await this.#lead(request, response));
      if (refused !== undefined) refuse(response, refused);
    } catch (error) {
      this.#log.error({ error }, 'an admin request could not be served');
      refuse(response, { problem: 'INTERNAL' });
    }
  }

  /** A peer that speaks something else from here on is asked the same at the door as one that sends a request. */
  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#upgraded.add(socket);
    socket.on('close', () => this.#upgraded.delete(socket)).on('error', () => socket.destroy());
    try {
      const path = upgradeFor(this.#upgrades, request);
      const hub = this.#hubFor(request);
      const refused =
        this.#foreignness(request) ?? this.#intrusion(request, tokenShownIn(request, path ?? wireBehind(request)));
      if (refused !== undefined) refuseUpgrade(socket, refused);
      else if (hub !== undefined) await hub.upgrade(request, socket, head);
      else if (path === undefined) refuseUpgrade(socket, { problem: 'NOT_FOUND' });
      else path.accept(request, socket, head);
    } catch (error) {
      this.#log.error({ error }, 'an upgrade could not be served');
      socket.destroy();
    }
  }

  /** The request is for another host, or of a page of somebody else. */
  #foreignness({ headersDistinct: { host, origin } }: IncomingMessage): Problem | undefined {
    const turnedAway = this.#door.check({ host, origin });
    const isOwnPage = origin === undefined || origin[0] === `http://${host?.[0]}`;
    return turnedAway !== undefined || !isOwnPage ? { problem: 'FOREIGN_HOST' } : undefined;
  }

  /**
   * Who may not come in hears that, and nothing about what is here. The token of a process is for that process; that of the hub is for
   * all of them, and so for this one.
   */
  #intrusion(request: IncomingMessage, shown: string | undefined): Problem | undefined {
    const hasToken =
      this.#hub?.isToken(shown) === true || (this.#hubFor(request) === undefined && this.#token.is(shown));
    if (!hasToken) return { problem: this.#strangers.take() ? 'UNAUTHORIZED' : 'TOO_MANY_REQUESTS' };
    return this.#requests.take() ? undefined : { problem: 'TOO_MANY_REQUESTS' };
  }

  /** The hub, where it is asked, and not this process. */
  #hubFor(request: IncomingMessage): Hub | undefined {
    return isOfHub(request) ? this.#hub : undefined;
  }

  /** Returns why it is not done. */
  async #lead(request: IncomingMessage, response: ServerResponse): Promise<Problem | undefined> {
    // The page brings no token: whoever opens it has it in the part of the address that is never sent.
    if (isOfPage(request)) {
      if (!this.#pageFiles.take()) return { problem: 'TOO_MANY_REQUESTS' };
      if (this.#hub?.receive(request, response) === true) return undefined;
      if (await this.#page.serve(request, response)) return undefined;
    }
    if (this.#areMetricsOpen && isScrape(request)) {
      if (!this.#scrapes.take()) return { problem: 'TOO_MANY_REQUESTS' };
      await this.#answerCall(request, '', response);
      return undefined;
    }
    const { authorization } = request.headersDistinct;
    const refused = this.#intrusion(request, authorization?.length === 1 ? bearerIn(authorization[0]) : undefined);
    if (refused !== undefined) return refused;
    const hub = this.#hubFor(request);
    if (hub !== undefined) await hub.serve(request, response);
    else {
      const text = await textOf(request, this.#bodyBytesMax);
      if (text === undefined) return { problem: 'BODY_TOO_LARGE' };
      await this.#answerCall(request, text, response);
    }
    return undefined;
  }

  async #answerCall({ url = '', method = '' }: IncomingMessage, text: string, response: ServerResponse): Promise<void> {
    if (!URL.canParse(url, here)) {
      refuse(response, { problem: 'NOT_FOUND' });
      return;
    }
    const { pathname, searchParams } = new URL(url, here);
    if (this.#administered === undefined) {
      refuse(response, {
        problem: 'NOT_FOUND',
        message: 'Here is the page of other processes: GET /processes lists them',
      });
      return;
    }
    if (pathname === '/openapi.json' && method === 'GET') {
      await answerDocument(response, this.#administered);
      return;
    }
    if (pathname === '/metrics' && method === 'GET' && this.#administered.metrics !== undefined) {
      const { type, text: metrics } = await this.#administered.metrics();
      answerText(response, type, metrics);
      return;
    }
    const found = operationFor(method, pathname);
    if ('operation' in found) {
      const body = jsonIn(text);
      if (body === notJson) refuse(response, { problem: 'BAD_REQUEST', message: 'The body is no JSON' });
      else {
        const call = { params: found.params, query: searchParams, body };
        answer(response, await found.operation.answer(call, this.#administered, this.#clock.now()));
      }
    } else if (found.allows.length === 0) refuse(response, { problem: 'NOT_FOUND' });
    else refuse(response, { problem: 'METHOD_NOT_ALLOWED', allows: found.allows });
  }
}

/** Paths are read by it; nobody is there. */
const here = 'http://here';

async function answerDocument(response: ServerResponse, { facts }: Administered): Promise<void> {
  const { openApiDocument } = await import('./openapi.ts');
  answer(response, { status: 200, body: openApiDocument(facts.version) });
}

function isScrape({ method, url = '' }: IncomingMessage): boolean {
  return method === 'GET' && (url === '/metrics' || url.startsWith('/metrics?'));
}
