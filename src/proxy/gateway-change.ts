/**
 * What a new configuration of a gateway changes, and what it may not change while the gateway runs. Compares two configurations, and
 * knows nothing of what is made of them.
 */

import { certificateProblem } from '../transports/tls-certificate.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';

/** What a new configuration changed, by the names of routes and upstreams. */
export interface GatewayChange {
  readonly addedRoutes: readonly string[];
  readonly removedRoutes: readonly string[];
  readonly changedRoutes: readonly string[];
  readonly addedUpstreams: readonly string[];
  readonly removedUpstreams: readonly string[];
  readonly changedUpstreams: readonly string[];
}

/** Why the second cannot take the place of the first while the gateway runs, as a sentence. */
export function fixedProblem(before: GatewayConfig, after: GatewayConfig): string | undefined {
  const hasMoved = before.listen.host !== after.listen.host || before.listen.port !== after.listen.port;
  if (hasMoved) return 'listen cannot change while the gateway runs: restart it';
  if (before.rules !== after.rules)
    return 'another rule file cannot be used while the gateway runs: restart it, or change the file itself';
  if (before.takesFaults !== after.takesFaults) return 'allowFaults cannot change while the gateway runs: restart it';
  if (JSON.stringify(before.front) !== JSON.stringify(after.front))
    return 'front cannot change while the gateway runs: restart it';
  if (JSON.stringify(before.cluster) !== JSON.stringify(after.cluster))
    return 'cluster cannot change while the gateway runs: restart it';
  const { tls } = after.listen;
  if ((before.listen.tls === undefined) !== (tls === undefined)) {
    return 'whether the gateway speaks TLS cannot change while it runs: restart it';
  }
  const problem = tls === undefined ? undefined : certificateProblem(tls);
  return problem === undefined ? undefined : `the certificate cannot be used: ${problem}`;
}

/** @param before undefined: there was none. */
export function changeBetween(
  before: GatewayConfig | undefined,
  after: GatewayConfig,
  upstreamsBefore: ReadonlyMap<string, object>,
  upstreamsAfter: ReadonlyMap<string, object>,
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
