/** docs/reference/metrics.md: every metric, with its unit, its attributes and what they can say. */

import { clusterRows } from '../../src/observe/cluster-metrics.ts';
import { type MetricRow, metricRows } from '../../src/observe/metrics-table.ts';
import { prometheusName } from '../../src/observe/prometheus-names.ts';
import { durationBuckets } from '../../src/observe/semantic-names.ts';
import { code, codes, generatedFrom, table } from './markdown.ts';

export function metricsPage(): string {
  const isConventional = ({ name }: MetricRow): boolean => name.startsWith('mcp.');
  return [
    generatedFrom('src/observe/metrics-table.ts'),
    '# Metrics',
    `What [instrumentRuntime](../guides/metrics.md) measures and \`/metrics\` shows. Gauges and counters are read from the runtime when
somebody collects them, so they do not drift; durations are recorded as things happen. No attribute is an id, and each has few
values: methods, revisions and error codes that nobody knows are \`_OTHER\`. The attribute \`route\` is there in a gateway, and where
sessions are opened with a route.`,
    '## By the conventions of OpenTelemetry',
    `Names, units, attributes and buckets are those of the
[conventions for MCP](https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md), which are still in
development; \`outcome\` and \`route\` are ours. A proxy is both: the server of its clients and the client of its servers, so each
request is in both durations, whichever side asked, unless it was not sent on. \`error.type\` is the code of the error that the
requester was told, or the [outcome](states-and-outcomes.md) where it was told none; of a session, the reason why it failed.
\`network.transport\` is that of the client and stands where the client is the peer. A tool that answers with \`isError\` has answered:
results are not read. The buckets end at ${durationBuckets.join(', ')} seconds.`,
    tableOf(metricRows.filter(isConventional)),
    '## Our own',
    tableOf(metricRows.filter((row) => !isConventional(row))),
    '## Of a node of a cluster',
    `There where the process was started with \`--cluster\`.`,
    tableOf(clusterRows),
    `The sums behind the counters are explained one by one in [counters](counters.md).`,
  ].join('\n\n');
}

function tableOf(rows: readonly MetricRow[]): string {
  return table(
    ['metric', 'in Prometheus', 'kind', 'unit', 'attributes', 'what it is'],
    rows.map((row) => [
      code(row.name),
      code(prometheusName(row)),
      row.kind,
      code(row.unit),
      codes(row.attributes),
      row.description,
    ]),
  );
}
