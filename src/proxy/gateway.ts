/**
 * The gateway: many named servers behind one front, by route. Holds the routes as the configuration file has them now, and puts a new
 * configuration in their place as a whole or not at all; sessions that are open notice nothing of it. Wiring: which request belongs to
 * which route is decided at the entrance.
 */

import type { GatewayConfig, RouteConfig } from '../config/gateway-config.ts';
import type { Measured } from '../observe/metrics.ts';
import type { Tracing } from '../observe/spans.ts';
import type { Clock, Log } from '../ports.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { RuntimeSession } from '../runtime/api.ts';
import { sessionOfAnybody } from '../runtime/runtime.ts';
import type { RuntimeAudit } from '../runtime/audit.ts';
import type { TotalsSnapshot } from '../runtime/totals.ts';
import type { Tracer } from '../runtime/tracer.ts';
import { Ledger, defaultLimits, defaultTimes } from '../session/limits.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { defaultHttpTimes } from '../transports/http-front-options.ts';
import { type HttpFront, openHttpLobby } from '../transports/http-front.ts';
import { type WebSocketFront, openWebSocketFront } from '../transports/websocket-front.ts';
import type { ClusterSeat } from './cluster-seat.ts';
import { type GatewayChange, changeBetween, fixedProblem } from './gateway-change.ts';
import { GatewayEntrance } from './gateway-entrance.ts';
import { GatewayRoute } from './gateway-route.ts';
import { GatewayMeasured } from './gateway-measured.ts';
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
  /** Makes spans of requests and sessions, of every route. */
  readonly tracing?: Tracing;
  /** Other gateways that serve the same sessions. It is left with the gateway. */
  readonly cluster?: ClusterSeat;
}

export interface Gateway {
  /** Where it listens; the routes are below. */
  readonly url: string;
  readonly routes: readonly RouteConfig[];
  sessions(): Iterable<SessionSnapshot>;
  session(id: string): RuntimeSession | undefined;
  totals(): TotalsSnapshot;
  /** All routes, those to come included, by their names. */
  readonly measured: Measured;
  /** What each route holds, those included that sessions have outlived. */
  audits(): readonly RuntimeAudit[];
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
  readonly #entrance: GatewayEntrance;
  #config: GatewayConfig;
  /** What waits in all routes together, those of earlier configurations among them. */
  readonly #ledger: Ledger;
  #upstreams: ReadonlyMap<string, GatewayUpstream> = new Map();
  /** In the order in which they are asked whether a request is theirs. */
  #routes: readonly GatewayRoute[] = [];
  readonly #retiredRoutes = new Set<GatewayRoute>();
  readonly #retiredUpstreams = new Set<GatewayUpstream>();
  readonly measured = new GatewayMeasured(() => this.#allRoutes);
  #front: HttpFront | undefined = undefined;
  #sockets: WebSocketFront | undefined = undefined;
  #isDraining = false;
  #reloading: Promise<unknown> = Promise.resolve();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#config = options.config;
    const { config, log, cluster } = options;
    this.#ledger = new Ledger(config.totals, cluster?.ledger, 'gateway');
    this.#entrance = new GatewayEntrance(config, this.#retiredRoutes, log, () => cluster?.problem());
  }

  async open(): Promise<void> {
    const { clock, log } = this.#options;
    const { host, port, tls } = this.#config.listen;
    await this.#replace(this.#config);
    try {
      const { front, server, crowding } = await openHttpLobby(
        { host, port, clock, log, ...this.#config.front, ...(tls === undefined ? {} : { tls }) },
        this.#entrance.lobby(),
      );
      this.#front = front;
      this.#sockets = openWebSocketFront({
        server,
        crowding,
        clock,
        frameBytesMax: frameBytesOf(this.#config.routes),
        heartbeatMs: this.#config.front.times.heartbeatMs ?? defaultHttpTimes.heartbeatMs,
        admit: (request) => this.#entrance.admitUpgrade(request),
        onConnection: (link, request) => this.#entrance.connect(link, request),
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
    return sumOfTotals([...this.#allRoutes.map(({ runtime }) => runtime.totals()), ...this.measured.past]);
  }

  audits(): readonly RuntimeAudit[] {
    return this.#allRoutes.map(({ runtime }) => runtime.audit());
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
    this.#entrance.drain();
    this.#front?.drain();
    for (const route of this.#allRoutes) route.drain();
    const left = this.#options.cluster?.drain(drainMsOf(this.#config.routes));
    await Promise.all(this.#allRoutes.map(async ({ runtime }) => runtime.drain()));
    await left;
  }

  async close(): Promise<void> {
    this.#isDraining = true;
    this.#entrance.drain();
    const { clock } = this.#options;
    this.#sockets?.close();
    await Promise.all(this.#allRoutes.map(async (route) => route.close()));
    await this.#options.cluster?.close();
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
    this.#ledger.resize(config.totals);
    if (config.listen.tls !== undefined) this.#front?.renewCertificate(config.listen.tls);
    this.#upstreams = upstreams;
    this.#routes = routes.toSorted((one, other) => rankOf(one.config) - rankOf(other.config));
    this.#entrance.leadTo({ config, routes: this.#routes, upstreams });
    for (const route of before.values()) void this.#retireRoute(route);
    this.#closeGuards(guardsBefore);
    for (const upstream of removed) {
      this.#retiredUpstreams.add(upstream);
      upstream.retire();
    }
    return change;
  }

  #newRoute(config: RouteConfig, upstream: GatewayUpstream, guard: Guard | undefined): GatewayRoute {
    const { clock, log, checksInvariants = false, rules, tracer, tracing, cluster } = this.#options;
    const route = new GatewayRoute(config, upstream, guard, {
      clock,
      log,
      checksInvariants,
      rules,
      tracer,
      cluster,
      ledger: this.#ledger,
      tracing,
      front: this.#config.front,
      crowd: () => this.#crowd(),
    });
    this.measured.came(route);
    return route;
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
    this.measured.left(route);
  }
}

function drainMsOf(routes: readonly RouteConfig[]): number {
  return Math.max(...routes.map(({ times }) => times.drainMs ?? defaultTimes.drainMs));
}

export function frameBytesOf(routes: readonly RouteConfig[]): number {
  return Math.max(...routes.map(({ limits }) => limits.frameBytesMax ?? defaultLimits.frameBytesMax));
}

/** What is told apart best is asked first: a whole path before what is below one, a longer one before a shorter, a host before none. */
function rankOf({ path, isPrefix, host }: RouteConfig): number {
  const hostRank = host === undefined ? 2 : host.startsWith('*.') ? 1 : 0;
  return hostRank * 100_000 + (isPrefix ? 50_000 : 0) - path.length;
}
