import { describe, expect, test } from 'vitest';
import { linesOf } from '../admin/exposition.ts';
import { GatewayMeasured, type MeasuredRoute } from '../../src/proxy/gateway-measured.ts';
import type { Observation } from '../../src/runtime/observation.ts';
import { PrometheusPage } from '../../src/admin/prometheus.ts';
import { Playbook } from '../../src/testing/playbook.ts';
import { configOf, gatewayOf, open, server } from './gateway-setting.ts';

function routeOf(name: string) {
  const play = new Playbook({ limits: { sessions: 7 } });
  const route: MeasuredRoute = { config: { name }, runtime: play.runtime };
  return { route, open: () => play.open({ route: name }).handshake() };
}

describe('a gateway as metrics see it', () => {
  test('is its routes, each by its name and with its limits', () => {
    const [a, b] = [routeOf('a'), routeOf('b')];
    const measured = new GatewayMeasured(() => [a.route, b.route]);
    a.open();
    expect(
      [...measured.parts()].map(({ route, totals, limits }) => [route, totals.sessionsOpened, limits?.sessions]),
    ).toEqual([
      ['a', 1, 7],
      ['b', 0, 7],
    ]);
  });

  test('counts on where a route is followed by another one of its name, and where none follows', () => {
    const [first, second] = [routeOf('a'), routeOf('a')];
    const routes = [second.route, first.route];
    const measured = new GatewayMeasured(() => routes);
    first.open();
    second.open();
    const opened = (): unknown => [...measured.parts()].map(({ route, totals }) => [route, totals.sessionsOpened]);
    expect(opened()).toEqual([['a', 2]]);
    routes.pop();
    measured.left(first.route);
    expect(opened()).toEqual([['a', 2]]);
    routes.pop();
    measured.left(second.route);
    expect(opened()).toEqual([['a', 2]]);
    expect([...measured.parts()][0]?.limits).toBeUndefined();
    expect([...measured.past].map(({ sessionsOpened }) => sessionsOpened)).toEqual([2]);
  });

  test('tells of routes that come later too, until nobody listens any more', () => {
    const [a, b] = [routeOf('a'), routeOf('b')];
    const measured = new GatewayMeasured(() => [a.route]);
    const seen: Observation[] = [];
    const stop = measured.observe((observation) => seen.push(observation));
    measured.came(b.route);
    a.open();
    b.open();
    const told = seen.length;
    expect(seen.filter(({ type }) => type === 'session-opened')).toHaveLength(2);
    stop();
    a.open();
    b.open();
    expect(seen).toHaveLength(told);
  });

  test('shows the route of every series, of a gateway that was told to change while it runs', async () => {
    const upstreams = (...names: readonly string[]): string =>
      `upstreams:\n  s: ${server()}\nroutes:\n${names.map((name) => `  - { name: ${name}, path: /${name}, upstream: s }`).join('\n')}\n`;
    const gateway = await gatewayOf(upstreams('one', 'two'));
    const page = new PrometheusPage(gateway.measured);
    await page.read();
    await open(`${gateway.url}/one`);
    await gateway.reload(configOf(upstreams('two', 'three')));
    await open(`${gateway.url}/three`);
    const { text } = await page.read();
    const opened = linesOf(text, 'ninelives_sessions_opened_total').map(({ labels, value }) => [
      labels['route'],
      value,
    ]);
    expect(Object.fromEntries(opened)).toEqual({ one: 1, two: 0, three: 1 });
    const counts = linesOf(text, 'mcp_server_operation_duration_seconds_count');
    expect(new Set(counts.map(({ labels }) => labels['route']))).toEqual(new Set(['one', 'three']));
  });
});
