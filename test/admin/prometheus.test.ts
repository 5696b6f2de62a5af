import { describe, expect, test } from 'vitest';
import { PrometheusPage } from '../../src/admin/prometheus.ts';
import { metricRows } from '../../src/observe/metrics-table.ts';
import { type Measured, measuredRuntime } from '../../src/observe/metrics.ts';
import { prometheusName } from '../../src/observe/prometheus-names.ts';
import { Playbook } from '../../src/testing/playbook.ts';
import { callFails } from '../observe/failing-call.ts';
import { linesOf, readExposition } from './exposition.ts';

function scraped(routes: readonly string[] = []) {
  const play = new Playbook();
  const measured = measuredRuntime(play.runtime);
  const ofRoutes: Measured = {
    observe: (observer) => measured.observe(observer),
    parts: () => routes.flatMap((route) => [...measured.parts()].map((part) => ({ ...part, route }))),
  };
  const page = new PrometheusPage(routes.length === 0 ? measured : ofRoutes);
  return { play, page };
}

describe('what Prometheus reads', () => {
  test('is text in its format, with every metric of the table once', async () => {
    const { play, page } = scraped();
    callFails(play.open({ transportType: 'http', route: 'a "quoted\\\nroute"' }));
    const { type, text } = await page.read();
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    const families = readExposition(text);
    expect([...families.keys()].toSorted()).toEqual(metricRows.map(prometheusName).toSorted());
    for (const row of metricRows)
      expect([row.name, families.get(prometheusName(row))?.type]).toEqual([row.name, row.kind]);
  });

  test('has a histogram whose buckets add up', async () => {
    const { play, page } = scraped();
    play.open().handshake();
    const text = (await page.read()).text;
    const buckets = linesOf(text, 'mcp_server_operation_duration_seconds_bucket');
    expect(buckets.map(({ labels }) => labels['le'])).toEqual(expect.arrayContaining(['0.01', '300', '+Inf']));
    const [count] = linesOf(text, 'mcp_server_operation_duration_seconds_count');
    expect(buckets.at(-1)?.value).toBe(count?.value);
    expect(count).toMatchObject({ value: 1, labels: { mcp_method_name: 'initialize', outcome: 'result' } });
  });

  test('of a gateway says the route with every number', async () => {
    const { page } = scraped(['tickets', 'mail']);
    const sessions = linesOf((await page.read()).text, 'ninelives_sessions');
    expect(sessions.filter(({ labels }) => labels['state'] === 'closed').map(({ labels }) => labels['route'])).toEqual([
      'tickets',
      'mail',
    ]);
  });

  test('counts durations from the first look on, and everything else from the beginning', async () => {
    const play = new Playbook();
    play.open().handshake();
    const page = new PrometheusPage(measuredRuntime(play.runtime));
    const text = (await page.read()).text;
    expect(linesOf(text, 'mcp_server_operation_duration_seconds_count')).toEqual([]);
    expect(linesOf(text, 'ninelives_requests_settled_total')).toContainEqual({
      labels: { outcome: 'result' },
      value: 1,
    });
  });

  test('cannot be had where something could not be read', async () => {
    const page = new PrometheusPage({
      observe: () => () => {},
      parts: () => {
        throw new Error('no totals');
      },
    });
    await expect(page.read()).rejects.toThrow('could not be read');
  });
});
