/** The dashboard and the alert rules that we publish ask for metrics and labels that exist. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type MetricRow, metricRows } from '../../src/observe/metrics-table.ts';
import { prometheusLabel, prometheusName } from '../../src/observe/prometheus-names.ts';

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] };
}
interface Alerts {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

const dashboard = JSON.parse(readFileSync('docs/grafana/ninelives.json', 'utf8')) as Dashboard;
const alerts = parse(readFileSync('docs/grafana/alerts.yaml', 'utf8')) as Alerts;

const queries: readonly (readonly [string, string])[] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...dashboard.templating.list.flatMap(({ query }) =>
    typeof query === 'string' ? [] : [['a variable', query.query] as const],
  ),
  ...alerts.groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [alert, expr] as const)),
];

const seriesOf = (row: MetricRow): readonly string[] => {
  const name = prometheusName(row);
  return row.kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
};
const rowOf = new Map(metricRows.flatMap((row) => seriesOf(row).map((series) => [series, row] as const)));

const seriesIn = (query: string): readonly string[] => query.match(/\b(?:ninelives|mcp_(?:server|client))_\w+/g) ?? [];

/** Labels that a query groups or selects by, those of the scrape excepted. */
function labelsIn(query: string): readonly string[] {
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(','));
  const selected = [...query.matchAll(/([a-z_]\w*)\s*(?:=~|!=|=)\s*"/g)].map(([, name = '']) => name);
  return [...grouped, ...selected].map((name) => name.trim()).filter((name) => !['instance', 'le'].includes(name));
}

describe('the dashboard and the alerts', () => {
  test.each(queries)('%s asks for what there is', (_title, query) => {
    const series = seriesIn(query);
    expect(series).not.toEqual([]);
    for (const name of series) expect([...rowOf.keys()]).toContain(name);
    const labels = series.flatMap((name) => rowOf.get(name)!.attributes.map(prometheusLabel));
    for (const label of labelsIn(query)) expect(labels).toContain(label);
  });

  test('show every metric', () => {
    const shown = new Set(queries.flatMap(([, query]) => seriesIn(query)).map((name) => rowOf.get(name)?.name));
    // Kinds of messages by their sender are for those who look for something.
    const unshown = metricRows.map(({ name }) => name).filter((name) => !shown.has(name));
    expect(unshown).toEqual(['ninelives.messages.client', 'ninelives.messages.server']);
  });

  test('give each panel a number of its own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
