/**
 * What a metric is called in Prometheus: dots become underscores, and the unit stands in the name, as OpenTelemetry's rules for
 * Prometheus and its collector have it.
 *
 * https://github.com/open-telemetry/opentelemetry-specification/blob/main/specification/compatibility/prometheus_and_openmetrics.md
 */

import type { MetricRow } from './metrics-table.ts';

/** A unit in braces says only what is counted, and a counter that has none gets no suffix but its own. */
const suffixes: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes', '1': '_ratio' };

/** Without `_total`, which counters end with. */
export function nameWithUnit({ name, unit }: Pick<MetricRow, 'name' | 'unit'>): string {
  return `${name.replaceAll('.', '_')}${suffixes[unit] ?? ''}`;
}

/** The name of the family, as queries and rules say it; a histogram has `_bucket`, `_sum` and `_count` behind it. */
export function prometheusName(row: Pick<MetricRow, 'name' | 'unit' | 'kind'>): string {
  return row.kind === 'counter' ? `${nameWithUnit(row)}_total` : nameWithUnit(row);
}

export function prometheusLabel(attribute: string): string {
  return attribute.replaceAll('.', '_');
}
