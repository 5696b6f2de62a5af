/**
 * The way into a gateway: which route a request or an upgrade belongs to, whom the door lets in, and the answers to what belongs to none.
 * Knows the routes as they are when somebody comes, and not how they became so.
 */

import type { IncomingMessage } from 'node:http';

import type { GatewayConfig } from '../config/gateway-config.ts';
import type { Log } from '../ports.ts';
import { type DoorPolicy, doorPolicy } from '../transports/door.ts';
import { answerText } from '../transports/http-answers.ts';
import { answerPreflight } from '../transports/http-cors.ts';
import { HttpDoorstep, answerDocument, answerProbe, isReadOnly, unstored } from '../transports/http-doorstep.ts';
import type { HttpLobby } from '../transports/http-front.ts';
import type { FrontRequest, FrontResponse } from '../transports/http-messages.ts';
import type { WebSocketFrontOptions } from '../transports/websocket-front.ts';
import type { WebSocketLink } from '../transports/websocket-link.ts';
import type { GatewayRoute } from './gateway-route.ts';
import type { GatewayUpstream } from './gateway-upstream.ts';

/** What there is behind the entrance, put there as a whole. */
export interface GatewayInside {
  readonly config: GatewayConfig;
  /** In the order in which they are asked whether a request is theirs. */
  readonly routes: readonly GatewayRoute[];
  readonly upstreams: ReadonlyMap<string, GatewayUpstream>;
}

type Upgrade = ReturnType<WebSocketFrontOptions['admit']>;

interface Admitted {
  readonly route: GatewayRoute;
  readonly who: Parameters<GatewayRoute['connect']>[1];
}

const nowhere = 'No route leads anywhere from here';

export class GatewayEntrance {
  readonly #log: Log;
  readonly #retiredRoutes: Iterable<GatewayRoute>;
  readonly #admissions = new WeakMap<IncomingMessage, Admitted>();
  readonly #clusterProblem: () => string | undefined;
  #routes: readonly GatewayRoute[] = [];
  #upstreams: ReadonlyMap<string, GatewayUpstream> = new Map();
  #door: DoorPolicy;
  #doorstep: HttpDoorstep;
  #isDraining = false;

  /**
   * @param clusterProblem why this node of a cluster should be sent no traffic.
   * @param retiredRoutes those that the configuration does not have any more, or not so, while they have sessions.
   */
  constructor(
    config: GatewayConfig,
    retiredRoutes: Iterable<GatewayRoute>,
    log: Log,
    clusterProblem: () => string | undefined,
  ) {
    this.#log = log;
    this.#clusterProblem = clusterProblem;
    this.#retiredRoutes = retiredRoutes;
    this.#door = doorOf(config);
    this.#doorstep = this.#doorstepOf(config);
  }

  /** Whoever comes from now on comes to these, and is asked what this configuration says. */
  leadTo({ config, routes, upstreams }: GatewayInside): void {
    this.#routes = routes;
    this.#upstreams = upstreams;
    this.#door = doorOf(config);
    this.#doorstep = this.#doorstepOf(config);
  }

  /** Nobody should be sent here any more. */
  drain(): void {
    this.#isDraining = true;
  }

  /** What ends sessions ends their exchanges: the front has nothing to do for that. */
  lobby(): HttpLobby {
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

  admitUpgrade(request: IncomingMessage): Upgrade {
    const { host, origin } = request.headersDistinct;
    const refused = this.#door.check({ host, origin });
    if (refused !== undefined) return { status: refused.status, body: `${refused.reason}\n` };
    if (this.#isDraining) return { status: 503, body: 'draining\n', headers: { 'Retry-After': '1' } };
    const route = this.#routes.find((each) => each.serves(pathOf(request.url), host?.[0] ?? ''));
    if (route === undefined) return { status: 404, body: `${nowhere}\n` };
    const asked = route.admitUpgrade(request);
    const admit = (admission: Awaited<typeof asked>) => {
      if (admission !== undefined && 'refusal' in admission) return admission.refusal;
      this.#admissions.set(request, { route, who: admission });
      return undefined;
    };
    return asked instanceof Promise ? asked.then(admit) : admit(asked);
  }

  /** The upgrade that was admitted is done. */
  connect(link: WebSocketLink, request: IncomingMessage): void {
    const admitted = this.#admissions.get(request);
    admitted?.route.connect(link, admitted.who);
  }

  #serve(request: FrontRequest, response: FrontResponse): void {
    const path = pathOf(request.url);
    if (path === '/healthz' || path === '/readyz' || path.startsWith('/readyz/')) {
      this.#answerProbe(path, request, response);
      return;
    }
    if (!this.#doorstep.lets(request, response)) return;
    const host = typeof request.hosts === 'string' ? request.hosts : '';
    const route = this.#routeFor(path, host, request.sessionId);
    if (route !== undefined && request.method === 'OPTIONS' && response.pageOrigin !== undefined) {
      answerPreflight(request, response);
    } else if (route !== undefined) route.serve(request, response);
    else this.#answerElse(path, host, request, response);
  }

  /** A session that an earlier form of a route opened is served by that one. */
  #routeFor(path: string, host: string, sessionId: string | undefined): GatewayRoute | undefined {
    const current = this.#routes.find((route) => route.serves(path, host));
    if (sessionId === undefined || current?.has(sessionId) === true) return current;
    for (const route of this.#retiredRoutes) if (route.has(sessionId) && route.serves(path, host)) return route;
    return current;
  }

  /** Beside the routes there is what guarded ones say of themselves. */
  #answerElse(path: string, host: string, request: FrontRequest, response: FrontResponse): void {
    for (const route of this.#routes) {
      const document = route.guard?.documents.get(path);
      if (document === undefined || !route.isForHost(host)) continue;
      answerDocument(request, response, document);
      return;
    }
    answerText(response, 404, nowhere);
  }

  /** `/readyz` is about the gateway, `/readyz/NAME` about one of its servers. */
  #answerProbe(path: string, request: FrontRequest, response: FrontResponse): void {
    if (!isReadOnly(request, response)) return;
    const name = path.startsWith('/readyz/') ? path.slice('/readyz/'.length) : undefined;
    const upstream = name === undefined ? undefined : this.#upstreams.get(name);
    if (name !== undefined && upstream === undefined) {
      answerText(response, 404, 'There is no such upstream', [...unstored]);
      return;
    }
    answerProbe(response, path === '/healthz' ? undefined : this.#unreadiness(upstream));
  }

  /** One server that is away makes no gateway unready: the others are there. */
  #unreadiness(upstream: GatewayUpstream | undefined): string | undefined {
    if (this.#isDraining) return 'draining';
    const apart = this.#clusterProblem();
    if (apart !== undefined) return apart;
    if (upstream !== undefined) return upstream.problem();
    const problems = [...this.#upstreams.values()].map((each) => each.problem());
    return problems.every((problem) => problem !== undefined) ? 'no upstream can be reached' : undefined;
  }

  #doorstepOf({ allowOrigins }: GatewayConfig): HttpDoorstep {
    return new HttpDoorstep({ door: this.#door, allowsPages: allowOrigins.length > 0, log: this.#log });
  }
}

function pathOf(url = ''): string {
  return url.split('?', 1)[0] ?? '';
}

function doorOf({ listen, allowHosts, allowOrigins, routes }: GatewayConfig): DoorPolicy {
  const hosts = routes.flatMap(({ host }) => host ?? []);
  const isGuarded = routes.every(({ auth, host }) => auth !== undefined || host !== undefined);
  return doorPolicy({ listenHost: listen.host, allowHosts: [...allowHosts, ...hosts], allowOrigins, isGuarded });
}
