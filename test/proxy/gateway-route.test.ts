import { describe, expect, onTestFinished, test } from 'vitest';
import type { RouteConfig } from '../../src/config/gateway-config.ts';
import { GatewayRoute } from '../../src/proxy/gateway-route.ts';
import { GatewayUpstream } from '../../src/proxy/gateway-upstream.ts';
import { urlBackend } from '../../src/proxy/backend.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { Ledger, defaultLimits } from '../../src/session/limits.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { builtInProfiles } from '../../src/session/profiles.ts';
import { neverRestart } from '../../src/session/upstream.ts';

const connector = () => ({
  connect: () => ({ write: () => true, pause: () => {}, close: () => {}, closeInput: () => {} }),
});
const upstream = new GatewayUpstream(
  'u',
  'key',
  urlBackend({ name: 'u', restart: neverRestart, connector }),
  silentLog,
);

const usual: RouteConfig = {
  name: 'r',
  path: '/r',
  isPrefix: false,
  host: undefined,
  upstream: 'u',
  auth: undefined,
  profile: builtInProfiles.get('mcp')!,
  limits: {},
  times: {},
  tagSettings: {},
};

function routeOf(config: Partial<RouteConfig> = {}): GatewayRoute {
  const route = new GatewayRoute({ ...usual, ...config }, upstream, undefined, {
    clock: systemClock(),
    log: silentLog,
    crowd: () => undefined,
    ledger: new Ledger(defaultLimits),
    checksInvariants: true,
    rules: undefined,
    tracer: undefined,
    tracing: undefined,
    front: {},
    cluster: undefined,
  });
  onTestFinished(async () => route.close());
  return route;
}

describe('a route serves', () => {
  test.each([
    [{}, '/r', 'h', true],
    [{}, '/r/', 'h', false],
    [{}, '/rx', 'h', false],
    [{ path: '/r/', isPrefix: true }, '/r/x/y', 'h', true],
    [{ path: '/r/', isPrefix: true }, '/r', 'h', false],
    [{ host: 'h.example' }, '/r', 'h.example', true],
    [{ host: 'h.example' }, '/r', 'H.EXAMPLE:8080', true],
    [{ host: 'h.example' }, '/r', '127.0.0.1', false],
    [{ host: '*.example' }, '/r', 'a.example', true],
    [{ host: '*.example' }, '/r', 'example', false],
    [{ host: 'h.example' }, '/r', '', false],
  ])('as %j a request to %s for %s: %s', (config, path, host, isServed) => {
    expect(routeOf(config).serves(path, host)).toBe(isServed);
  });
});

describe('a route that the configuration changes', () => {
  test.each<[string, Partial<RouteConfig>, boolean]>([
    ['nothing', {}, true],
    ['a limit', { limits: { pendingPerSession: 3 } }, true],
    ['a time', { times: { requestIdleMs: 3 } }, true],
    ['the size of a frame', { limits: { frameBytesMax: 1000 } }, false],
    ['the place', { path: '/other' }, false],
    ['the host', { host: 'h' }, false],
    ['the profile', { profile: builtInProfiles.get('lenient')! }, false],
    ['the age of sessions, for the first time', { times: { sessionAgeMs: 1000 } }, false],
  ])('in %s stays the same one: %s', (_what, config, stays) => {
    expect(routeOf().canBecome({ ...usual, ...config }, upstream)).toBe(stays);
  });

  test('has its times as they are said, and as usual where they are not said any more', () => {
    const route = routeOf({ times: { requestIdleMs: 5 } });
    route.become({ ...usual, times: { pingMs: 7 } });
    expect(route.config.times).toEqual({ pingMs: 7 });
  });

  test('to another server is another one', () => {
    const other = new GatewayUpstream(
      'v',
      'key',
      urlBackend({ name: 'v', restart: neverRestart, connector }),
      silentLog,
    );
    expect(routeOf().canBecome(usual, other)).toBe(false);
  });
});

test('a route without sessions that is retired is gone at once', async () => {
  await expect(routeOf().retire()).resolves.toBeUndefined();
});
