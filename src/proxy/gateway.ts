/**
 * The gateway: many named servers behind one front, by route. Holds the routes as the configuration file has them now, and puts a new
 * configuration in their place as a whole or not at all; sessions that are open notice nothing of it. Wiring, and which request
 * belongs to which route.
 */

import type { IncomingMessage } from 'node:http';

import type { GatewayConfig, RouteConfig } from '../config/gateway-config.ts';
import { refusal } from '../errors.ts';
import type { Clock, Log } from '../ports.ts';
import { encodeText } from '../protocol/text.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { RuntimeSession } from '../runtime/api.ts';
import { sessionOfAnybody } from '../runtime/runtime.ts';
import type { TotalsSnapshot } from '../runtime/totals.ts';
import type { Tracer } from '../runtime/tracer.ts';
import { defaultLimits } from '../session/limits.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { type DoorPolicy, doorPolicy } from '../transports/door.ts';
import { answerJson, answerText, refuse } from '../transports/http-answers.ts';
import { answerPreflight } from '../transports/http-cors.ts';
import { type HttpFront, type HttpLobby, openHttpLobby } from '../transports/http-front.ts';
import type { FrontRequest, FrontResponse } from '../transports/http-messages.ts';
import { type WebSocketFront, openWebSocketFront } from '../transports/websocket-front.ts';
import { GatewayRoute } from './gateway-route.ts';
import { sumOfTotals } from './gateway-totals.ts';
import { type GatewayUpstream, openUpstream, upstreamKey } from './gateway-upstream.ts';
import { type Guard, openGuard } from './guard.ts';
import { ListenError, listenProblem } from './listening.ts';
import { waited } from './waited.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStderr: (upstream: string, line: string) => void;
  readonly checksInvariants?: boolean;
  readonly rules?: RuleEngine;
  /** Sees every event of the sessions of every route. */
  readonly tracer?: Tracer;
}

/** What a new configuration changed, by the names of routes and upstreams. */
export interface GatewayChange {
  readonly addedRoutes: readonly string[];
  readonly removedRoutes: readonly string[];
  readonly changedRoutes: readonly string[];
  readonly addedUpstreams: readonly string[];
  readonly removedUpstreams: readonly string[];
  readonly changedUpstreams: readonly string[];
}

export interface Gateway {
  /** Where it listens; the routes are below. */
  readonly url: string;
  readonly routes: readonly RouteConfig[];
  sessions(): Iterable<SessionSnapshot>;
  session(id: string): RuntimeSession | undefined;
  totals(): TotalsSnapshot;
  /**
   * Puts another configuration in the place of the present one. Rejects with a sentence when that cannot be while it runs; then
   * nothing has changed.
   */
  reload(config: GatewayConfig): Promise<GatewayChange>;
  /** Takes no new sessions and no new requests; resolves when what was under way has ended, or at the drain deadline. */
  drain(): Promise<void>;
  /** Ends everything now. Resolves when nothing of it is left. */
  close(): Promise<void>;
  /** Ends whatever runs now, for a process that has to exit at once. */
  kill(): void;
}

/** A configuration that cannot take the place of the one that runs. */
export class ReloadRefused extends Error {
  override readonly name = 'ReloadRefused';
}

/** How long clients on WebSocket have to agree to the end of their connections. */
const farewellMs = 1000;

/** @throws ListenError with a sentence that says what to do. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new RunningGateway(options);
  await gateway.open();
  return gateway;
}

class RunningGateway implements Gateway {
  readonly #options: GatewayOptions;
  #config: GatewayConfig;
  #door: DoorPolicy;
  #upstreams: ReadonlyMap<string, GatewayUpstream> = new Map();
  /** In the order in which they are asked whether a request is theirs. */
  #routes: readonly GatewayRoute[] = [];
  readonly #retiredRoutes = new Set<GatewayRoute>();
  readonly #retiredUpstreams = new Set<GatewayUpstream>();
  /** Of routes that are gone. */
  #pastTotals: readonly TotalsSnapshot[] = [];
  #front: HttpFront | undefined = undefined;
  #sockets: WebSocketFront | undefined = undefined;
  #isDraining = false;
  #reloading: Promise<unknown> = Promise.resolve();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#door = doorOf(options.config);
  }

  async open(): Promise<void> {
    const { clock, log } = this.#options;
    const { host, port, tls } = this.#config.listen;
    await this.#replace(this.#config);
    try {
      const { front, server } = await openHttpLobby(
        { host, port, clock, log, ...(tls === undefined ? {} : { tls }) },
        this.#lobby(),
      );
      this.#front = front;
      const admissions = new WeakMap<IncomingMessage, Admitted>();
      this.#sockets = openWebSocketFront({
        server,
        clock,
        frameBytesMax: frameBytesOf(this.#config.routes),
        admit: (request) => this.#admitUpgrade(request, admissions),
        onConnection: (link, request) => {
          const admitted = admissions.get(request);
          admitted?.route.connect(link, admitted.who);
        },
      });
    } catch (error) {
      await this.close();
      throw error instanceof Error ? new ListenError(listenProblem(error, host, port)) : error;
    }
  }

  get url(): string {
    return this.#front?.url ?? '';
  }

  get routes(): readonly RouteConfig[] {
    return this.#routes.map(({ config }) => config);
  }

  *sessions(): Iterable<SessionSnapshot> {
    for (const route of this.#allRoutes) yield* route.runtime.sessions();
  }

  session(id: string): RuntimeSession | undefined {
    const route = this.#allRoutes.find((each) => each.has(id));
    return route === undefined ? undefined : sessionOfAnybody(route.runtime, id);
  }

  totals(): TotalsSnapshot {
    return sumOfTotals([...this.#allRoutes.map(({ runtime }) => runtime.totals()), ...this.#pastTotals]);
  }

  async reload(config: GatewayConfig): Promise<GatewayChange> {
    // One after the other: each is compared with the one before.
    const reloaded = this.#reloading.then(async () => {
      const problem = this.#isDraining ? 'the gateway is ending' : fixedProblem(this.#config, config);
      if (problem !== undefined) throw new ReloadRefused(problem);
      return this.#replace(config);
    });
    this.#reloading = reloaded.catch(() => {});
    return reloaded;
  }

  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#front?.drain();
    for (const route of this.#allRoutes) route.drain();
    await Promise.all(this.#allRoutes.map(async ({ runtime }) => runtime.drain()));
  }

  async close(): Promise<void> {
    this.#isDraining = true;
    const { clock } = this.#options;
    this.#sockets?.close();
    await Promise.all(this.#allRoutes.map(async (route) => route.close()));
    if (this.#sockets !== undefined) await Promise.race([this.#sockets.empty, waited(farewellMs, clock)]);
    this.#sockets?.terminate();
    await this.#front?.close();
    await Promise.all(
      [...this.#upstreams.values(), ...this.#retiredUpstreams].map(async (upstream) => upstream.stop()),
    );
    await Promise.all([...this.#guards].map(async (guard) => guard.close()));
  }

  kill(): void {
    for (const upstream of [...this.#upstreams.values(), ...this.#retiredUpstreams]) upstream.kill();
  }

  get #allRoutes(): readonly GatewayRoute[] {
    return [...this.#routes, ...this.#retiredRoutes];
  }

  // --- requests ---------------------------------------------------------------------------------------------------------------

  /** What ends sessions ends their exchanges: the front has nothing to do for that. */
  #lobby(): HttpLobby {
    const isDraining = (): boolean => this.#isDraining;
    return {
      path: '',
      get isDraining() {
        return isDraining();
      },
      serve: (request, response) => this.#serve(request, response),
      drain: () => {},
      close: () => {},
      stop: () => {},
    };
  }

  #serve(request: FrontRequest, response: FrontResponse): void {
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (path === '/healthz' || path === '/readyz' || path.startsWith('/readyz/')) {
      this.#answerProbe(path, request, response);
      return;
    }
    if (!this.#lets(request, response)) return;
    const host = typeof request.hosts === 'string' ? request.hosts : '';
    const route = this.#routeFor(path, host, request.sessionId);
    if (route !== undefined && request.method === 'OPTIONS' && response.pageOrigin !== undefined) {
      answerPreflight(request, response);
    } else if (route !== undefined) route.serve(request, response);
    else this.#answerDocument(path, host, request, response);
  }

  /** A session that an earlier form of a route opened is served by that one. */
  #routeFor(path: string, host: string, sessionId: string | undefined): GatewayRoute | undefined {
    const current = this.#routes.find((route) => route.serves(path, host));
    if (sessionId === undefined || current?.has(sessionId) === true) return current;
    for (const route of this.#retiredRoutes) if (route.has(sessionId) && route.serves(path, host)) return route;
    return current;
  }

  #lets({ hosts, origins }: FrontRequest, response: FrontResponse): boolean {
    const refused = this.#door.check({ host: hosts, origin: origins });
    if (refused !== undefined) {
      this.#options.log.debug({ reason: refused.reason }, 'a request was turned away at the door');
      refuse(response, refusal('INVALID_REQUEST', { reason: refused.reason }), { status: refused.status });
      return false;
    }
    if (this.#config.allowOrigins.length > 0 && typeof origins === 'string') response.pageOrigin = origins;
    return true;
  }

  /** What guarded routes say of themselves (RFC 9728). */
  #answerDocument(path: string, host: string, request: FrontRequest, response: FrontResponse): void {
    for (const { guard, config } of this.#routes) {
      const document = guard?.documents.get(path);
      if (document === undefined || !hostFits(config, host)) continue;
      const headers = ['Cache-Control', 'no-store'];
      if (request.method === 'GET' || request.method === 'HEAD')
        answerJson(response, 200, encodeText(document(request)), headers);
      else answerText(response, 405, 'Method not allowed', [...headers, 'Allow', 'GET, HEAD']);
      return;
    }
    answerText(response, 404, 'No route leads anywhere from here');
  }

  /** `/readyz` is about the gateway, `/readyz/NAME` about one of its servers. */
  #answerProbe(path: string, { method }: FrontRequest, response: FrontResponse): void {
    const headers = ['Cache-Control', 'no-store'];
    if (method !== 'GET' && method !== 'HEAD') {
      answerText(response, 405, 'Method not allowed', [...headers, 'Allow', 'GET, HEAD']);
      return;
    }
    const upstream = path.startsWith('/readyz/') ? this.#upstreams.get(path.slice('/readyz/'.length)) : undefined;
    if (path.startsWith('/readyz/') && upstream === undefined) {
      answerText(response, 404, 'There is no such upstream', headers);
      return;
    }
    const why = path === '/healthz' ? undefined : this.#unreadiness(upstream)?.replaceAll(/\s+/g, ' ');
    answerText(response, why === undefined ? 200 : 503, why ?? 'ok', headers);
  }

  /** One server that is away makes no gateway unready: the others are there. */
  #unreadiness(upstream: GatewayUpstream | undefined): string | undefined {
    if (this.#isDraining) return 'draining';
    if (upstream !== undefined) return upstream.problem();
    const problems = [...this.#upstreams.values()].map((each) => each.problem());
    return problems.every((problem) => problem !== undefined) ? 'no upstream can be reached' : undefined;
  }

  #admitUpgrade(request: IncomingMessage, admissions: WeakMap<IncomingMessage, Admitted>) {
    const { host, origin } = request.headersDistinct;
    const refused = this.#door.check({ host, origin });
    if (refused !== undefined) return { status: refused.status, body: `${refused.reason}\n` };
    if (this.#isDraining) return { status: 503, body: 'draining\n', headers: { 'Retry-After': '1' } };
    const [path = ''] = (request.url ?? '').split('?', 1);
    const route = this.#routes.find((each) => each.serves(path, host?.[0] ?? ''));
    if (route === undefined) return { status: 404, body: 'No route leads anywhere from here\n' };
    const asked = route.admitUpgrade(request);
    const admit = (admission: Awaited<typeof asked>) => {
      if (admission !== undefined && 'refusal' in admission) return admission.refusal;
      admissions.set(request, { route, who: admission });
      return undefined;
    };
    return asked instanceof Promise ? asked.then(admit) : admit(asked);
  }

  // --- configuration ----------------------------------------------------------------------------------------------------------

  /** Everything that can fail comes first; then all of it is put in place in one go. */
  async #replace(config: GatewayConfig): Promise<GatewayChange> {
    const opened: GatewayUpstream[] = [];
    const guards: Guard[] = [];
    try {
      const upstreams = await this.#upstreamsOf(config, opened);
      const planned = await Promise.all(
        config.routes.map(async (route) => ({ route, guard: await this.#guardOf(route, config, guards) })),
      );
      return this.#putInPlace(config, upstreams, planned);
    } catch (error) {
      for (const upstream of opened) upstream.retire();
      await Promise.all(guards.map(async (guard) => guard.close()));
      throw error;
    }
  }

  async #upstreamsOf(config: GatewayConfig, opened: GatewayUpstream[]): Promise<ReadonlyMap<string, GatewayUpstream>> {
    const upstreams = new Map<string, GatewayUpstream>();
    for (const [name, each] of config.upstreams) {
      const frameBytesMax = frameBytesOf(config.routes.filter(({ upstream }) => upstream === name));
      const present = this.#upstreams.get(name);
      if (present?.key === upstreamKey(each, frameBytesMax)) {
        upstreams.set(name, present);
        continue;
      }
      const upstream = await openUpstream(name, each, frameBytesMax, this.#options);
      opened.push(upstream);
      upstreams.set(name, upstream);
    }
    return upstreams;
  }

  async #guardOf({ auth, path }: RouteConfig, { listen }: GatewayConfig, guards: Guard[]): Promise<Guard | undefined> {
    if (auth === undefined) return undefined;
    const guard = await openGuard(auth, { path, isTls: listen.tls !== undefined, clock: this.#options.clock });
    guards.push(guard);
    return guard;
  }

  #putInPlace(
    config: GatewayConfig,
    upstreams: ReadonlyMap<string, GatewayUpstream>,
    planned: readonly { readonly route: RouteConfig; readonly guard: Guard | undefined }[],
  ): GatewayChange {
    const before = new Map(this.#routes.map((route) => [route.config.name, route]));
    const change = changeBetween(
      this.#front === undefined ? undefined : this.#config,
      config,
      this.#upstreams,
      upstreams,
    );
    const guardsBefore = this.#guards;
    const routes = planned.map(({ route, guard }) => {
      const upstream = upstreams.get(route.upstream)!;
      const present = before.get(route.name);
      // Who may no longer come in may not go on with what is open either.
      for (const each of this.#allRoutes) if (each.config.name === route.name) each.setGuard(guard);
      if (present?.canBecome(route, upstream) !== true) return this.#newRoute(route, upstream, guard);
      present.become(route);
      before.delete(route.name);
      return present;
    });
    const removed = [...this.#upstreams.values()].filter((upstream) => upstreams.get(upstream.name) !== upstream);
    this.#config = config;
    this.#door = doorOf(config);
    this.#upstreams = upstreams;
    this.#routes = routes.toSorted((one, other) => rankOf(one.config) - rankOf(other.config));
    for (const route of before.values()) void this.#retireRoute(route);
    this.#closeGuards(guardsBefore);
    for (const upstream of removed) {
      this.#retiredUpstreams.add(upstream);
      upstream.retire();
    }
    return change;
  }

  #newRoute(config: RouteConfig, upstream: GatewayUpstream, guard: Guard | undefined): GatewayRoute {
    const { clock, log, checksInvariants = false, rules, tracer } = this.#options;
    return new GatewayRoute(config, upstream, guard, {
      clock,
      log,
      checksInvariants,
      rules,
      tracer,
      crowd: () => this.#crowd(),
    });
  }

  #crowd(): { readonly current: number; readonly limit: number } | undefined {
    const current = this.#allRoutes.reduce((count, { sessions }) => count + sessions, 0);
    const limit = this.#config.sessionsMax;
    return current < limit ? undefined : { current, limit };
  }

  get #guards(): ReadonlySet<Guard> {
    return new Set(this.#allRoutes.flatMap(({ guard }) => guard ?? []));
  }

  /** Those of these that nobody is asked by any more. */
  #closeGuards(guards: ReadonlySet<Guard>): void {
    const inUse = this.#guards;
    for (const guard of guards) if (!inUse.has(guard)) void guard.close();
  }

  async #retireRoute(route: GatewayRoute): Promise<void> {
    this.#retiredRoutes.add(route);
    await route.retire();
    const guards = this.#guards;
    this.#retiredRoutes.delete(route);
    this.#closeGuards(guards);
    this.#pastTotals = [sumOfTotals([route.runtime.totals(), ...this.#pastTotals])];
  }
}

interface Admitted {
  readonly route: GatewayRoute;
  readonly who: { readonly principal: string } | undefined;
}

function doorOf({ listen, allowHosts, allowOrigins, routes }: GatewayConfig): DoorPolicy {
  const hosts = routes.flatMap(({ host }) => host ?? []);
  const isGuarded = routes.every(({ auth, host }) => auth !== undefined || host !== undefined);
  return doorPolicy({ listenHost: listen.host, allowHosts: [...allowHosts, ...hosts], allowOrigins, isGuarded });
}

function hostFits({ host }: RouteConfig, asked: string): boolean {
  return (
    host === undefined || doorPolicy({ listenHost: '0.0.0.0', allowHosts: [host] }).check({ host: asked }) === undefined
  );
}

function frameBytesOf(routes: readonly RouteConfig[]): number {
  return Math.max(...routes.map(({ limits }) => limits.frameBytesMax ?? defaultLimits.frameBytesMax));
}

/** What is told apart best is asked first: a whole path before what is below one, a longer one before a shorter, a host before none. */
function rankOf({ path, isPrefix, host }: RouteConfig): number {
  const hostRank = host === undefined ? 2 : host.startsWith('*.') ? 1 : 0;
  return hostRank * 100_000 + (isPrefix ? 50_000 : 0) - path.length;
}

function fixedProblem(before: GatewayConfig, after: GatewayConfig): string | undefined {
  const hasMoved = before.listen.host !== after.listen.host || before.listen.port !== after.listen.port;
  if (hasMoved) return 'listen cannot change while the gateway runs: restart it';
  if (before.rules !== after.rules)
    return 'another rule file cannot be used while the gateway runs: restart it, or change the file itself';
  if (before.takesFaults !== after.takesFaults) return 'allowFaults cannot change while the gateway runs: restart it';
  const [one, other] = [JSON.stringify(before.listen.tls), JSON.stringify(after.listen.tls)];
  return one === other ? undefined : 'tls cannot change while the gateway runs: restart it';
}

/** @param before undefined: there was none. */
function changeBetween(
  before: GatewayConfig | undefined,
  after: GatewayConfig,
  upstreamsBefore: ReadonlyMap<string, GatewayUpstream>,
  upstreamsAfter: ReadonlyMap<string, GatewayUpstream>,
): GatewayChange {
  const routeTexts = (config: GatewayConfig | undefined): ReadonlyMap<string, string> =>
    new Map(config?.routes.map((route) => [route.name, JSON.stringify(route)]));
  const routes = differences(routeTexts(before), routeTexts(after));
  const upstreams = differences(upstreamsBefore, upstreamsAfter);
  return {
    addedRoutes: routes.added,
    removedRoutes: routes.removed,
    changedRoutes: routes.changed,
    addedUpstreams: upstreams.added,
    removedUpstreams: upstreams.removed,
    changedUpstreams: upstreams.changed,
  };
}

function differences<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>) {
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after.keys()].filter((name) => before.has(name) && before.get(name) !== after.get(name)),
  };
}
