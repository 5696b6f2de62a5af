/**
 * One route of a gateway: a runtime of its own, so that its limits, times and session ids are its own (P20), and the entrance by which
 * clients on HTTP come in. A route that the configuration has changed too much for is followed by another one, and stays as long as
 * sessions that it opened do.
 */

import { isUtf8 } from 'node:buffer';

import type { RouteConfig } from '../config/gateway-config.ts';
import { type Refusal, refusal } from '../errors.ts';
import type { Tracing } from '../observe/spans.ts';
import type { Clock, Log } from '../ports.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { OpenResult, Runtime } from '../runtime/api.ts';
import { buffersOf } from '../runtime/buffers-of.ts';
import { createTracedRuntime } from '../runtime/runtime.ts';
import type { Tracer } from '../runtime/tracer.ts';
import { type Ledger, type Times, defaultTimes, withRoomForAFrame } from '../session/limits.ts';
import { doorPolicy } from '../transports/door.ts';
import { HttpEntrance, nobody } from '../transports/http-entrance.ts';
import type { FrontTuning, Identified, SessionAsked } from '../transports/http-front-options.ts';
import type { FrontRequest, FrontResponse } from '../transports/http-messages.ts';
import { RuntimeSessions } from '../transports/http-runtime-sessions.ts';
import type { WebSocketLink } from '../transports/websocket-link.ts';
import type { ClusterPlace } from './cluster-place.ts';
import type { ClusterSeat } from './cluster-seat.ts';
import type { GatewayUpstream } from './gateway-upstream.ts';
import type { Guard, UpgradeAdmission } from './guard.ts';
import { openWebSocketSession, refuseConnection } from './websocket.ts';

export interface RouteSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** Streams of clients, and what is kept for those that come back. */
  readonly front: FrontTuning;
  /** A session more would be one too many for the gateway: how many there are, and may be. */
  readonly crowd: () => { readonly current: number; readonly limit: number } | undefined;
  readonly checksInvariants: boolean;
  /** What waits in all routes together. */
  readonly ledger: Ledger;
  /** Asked about the frames of every route. */
  readonly rules: RuleEngine | undefined;
  readonly tracer: Tracer | undefined;
  readonly tracing: Tracing | undefined;
  /** Other gateways that serve the same sessions. */
  readonly cluster: ClusterSeat | undefined;
}

/** What counts as said by the file even where it is what would be without. */
const connectionTimeNames = ['sessionIdleMs', 'sessionAgeMs'] as const satisfies readonly (keyof Times)[];
const fixedLimitNames = ['frameBytesMax', 'bufferPauseBytes', 'bufferBytesMax'] as const;

export class GatewayRoute {
  readonly runtime: Runtime;
  readonly upstream: GatewayUpstream;
  /** Whether it is asked about what comes for this host, as the Host header has it. */
  readonly isForHost: (host: string) => boolean;
  #config: RouteConfig;
  #guard: Guard | undefined;
  readonly #entrance: HttpEntrance;
  readonly #sessions: RuntimeSessions;
  readonly #surroundings: RouteSurroundings;
  readonly #ids = new Set<string>();
  readonly #unwatch: (() => void) | undefined;
  readonly #place: ClusterPlace | undefined;
  #isRetired = false;
  #whenEmpty = (): void => {};

  constructor(
    config: RouteConfig,
    upstream: GatewayUpstream,
    guard: Guard | undefined,
    surroundings: RouteSurroundings,
  ) {
    const { clock, log, checksInvariants, rules, ledger, tracer, tracing, front, cluster } = surroundings;
    const limits = withRoomForAFrame(config.limits);
    this.#config = config;
    this.upstream = upstream;
    this.#guard = guard;
    this.#surroundings = surroundings;
    this.isForHost = hostCheck(config.host);
    const { times, profile, tagSettings } = config;
    const options = { clock, log, limits, times, tagSettings, profile, checksInvariants };
    const interceptors = tracing?.after(rules) ?? rules;
    const ruled = { ...options, ...(interceptors === undefined ? {} : { interceptors }) };
    const { isReachedElsewhere } = upstream;
    const place = cluster?.place({ name: config.name, isReachedElsewhere });
    this.#place = place;
    this.runtime = createTracedRuntime(place === undefined ? ruled : { ...ruled, ids: place.ids }, tracer, ledger);
    place?.serves(this.runtime);
    this.#unwatch = rules?.watch(this.runtime);
    tracing?.watch(this.runtime);
    this.runtime.observe((observation) => {
      if (observation.type === 'session-opened') this.#ids.add(observation.sessionId);
      else if (observation.type === 'session-ended') {
        this.#ids.delete(observation.sessionId);
        if (this.#ids.size === 0) this.#whenEmpty();
      }
    });
    this.#sessions = new RuntimeSessions({
      runtime: this.runtime,
      log,
      tracer,
      ids: place?.ids,
      onOver: (sessionId, reason) => place?.over(sessionId, reason),
      server: () => {
        const behind = upstream.open();
        return { connector: behind.connector, restart: upstream.restart, release: () => behind.release() };
      },
    });
    this.#entrance = new HttpEntrance(
      {
        path: '*',
        // The gateway has asked at its own door already.
        door: { check: () => undefined },
        sessions: {
          open: (asked) => this.#open(asked),
          strayed: (sessionId, said) => this.#sessions.strayed(sessionId, said),
        },
        carrier: place === undefined ? undefined : (around) => place.carrier(around),
        sessionless: upstream.servesSessionless ? 'pass' : 'refuse',
        clock,
        log,
        ...front,
        sessionLimits: limits,
        buffers: buffersOf(this.runtime),
      },
      { isUtf8 },
    );
  }

  get config(): RouteConfig {
    return this.#config;
  }

  get guard(): Guard | undefined {
    return this.#guard;
  }

  get sessions(): number {
    return this.#ids.size;
  }

  has(sessionId: string): boolean {
    return this.#ids.has(sessionId);
  }

  /** @param path without the query; @param host as the Host header has it. */
  serves(path: string, host: string): boolean {
    const { path: own, isPrefix } = this.#config;
    return (isPrefix ? path.startsWith(own) : path === own) && this.isForHost(host);
  }

  /** False: the change is one that this route cannot make, and another one has to follow it. */
  canBecome(config: RouteConfig, upstream: GatewayUpstream): boolean {
    const own = this.#config;
    return (
      upstream === this.upstream &&
      config.path === own.path &&
      config.isPrefix === own.isPrefix &&
      config.host === own.host &&
      JSON.stringify(config.profile) === JSON.stringify(own.profile) &&
      fixedLimitNames.every((name) => config.limits[name] === own.limits[name]) &&
      connectionTimeNames.every((name) => (config.times[name] === undefined) === (own.times[name] === undefined))
    );
  }

  /** New limits and times hold at once, and so does what is asked of whoever comes. */
  become(config: RouteConfig): void {
    this.runtime.setLimits(withRoomForAFrame(config.limits));
    const names = Object.keys({ ...this.#config.times, ...config.times }) as (keyof Times)[];
    this.runtime.setTimes(Object.fromEntries(names.map((name) => [name, config.times[name] ?? defaultTimes[name]])));
    this.runtime.setTagSettings(config.tagSettings);
    this.#config = config;
  }

  /** Whoever comes from now on, to sessions that are open too, is asked by this one. */
  setGuard(guard: Guard | undefined): void {
    this.#guard = guard;
  }

  serve(request: FrontRequest, response: FrontResponse): void {
    this.#entrance.serve(request, response, (asked) => this.#identify(asked));
  }

  /** Undefined: everybody may come in. */
  admitUpgrade(request: Parameters<Guard['admitUpgrade']>[0]): ReturnType<Guard['admitUpgrade']> | undefined {
    return this.#guard?.admitUpgrade(request);
  }

  connect(link: WebSocketLink, admission: Extract<UpgradeAdmission, { principal: string }> | undefined): void {
    const { log } = this.#surroundings;
    const refused = this.#refusal();
    if (refused !== undefined) {
      refuseConnection(link, refused, log);
      return;
    }
    const who = {
      principal: admission?.principal,
      route: this.#config.name,
      expiresAt: admission?.expiresAt,
      claims: admission?.claims,
    };
    openWebSocketSession(this.runtime, link, who, { backend: this.upstream, log });
  }

  /** Opens no further sessions. Resolves when none is left, and the entrance is closed. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    if (this.#ids.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
      });
    }
    await this.close();
  }

  drain(): void {
    this.#entrance.drain();
  }

  async close(): Promise<void> {
    await this.runtime.stop();
    this.#unwatch?.();
    this.#place?.leave();
    this.#entrance.close();
    this.#entrance.stop();
  }

  #open(asked: SessionAsked): OpenResult {
    const refused = this.#refusal();
    return refused === undefined ? this.#sessions.open(asked) : { refusal: refused };
  }

  #refusal(): Refusal | undefined {
    if (this.#isRetired) return refusal('SESSION_NOT_FOUND');
    const crowd = this.#surroundings.crowd();
    return crowd === undefined
      ? undefined
      : refusal('TOO_MANY_SESSIONS', { scope: 'gateway', ...crowd, retryAfterMs: 1000 });
  }

  #identify(request: FrontRequest): Identified | Promise<Identified> {
    const found = this.#guard?.identify(request) ?? nobody;
    return found instanceof Promise ? found.then((later) => this.#asOfRoute(later)) : this.#asOfRoute(found);
  }

  /** Who was let in to one route is nobody on another. */
  #asOfRoute(found: Identified): Identified {
    return 'turnedAway' in found ? found : { ...found, route: this.#config.name };
  }
}

/** A door that is for nobody else than that host, which is asked about hosts alone. */
function hostCheck(host: string | undefined): (asked: string) => boolean {
  if (host === undefined) return () => true;
  const door = doorPolicy({ listenHost: '0.0.0.0', allowHosts: [host] });
  return (asked) => door.check({ host: asked }) === undefined;
}
