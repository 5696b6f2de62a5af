/**
 * The metrics of a process as Prometheus reads them. The SDK of OpenTelemetry keeps the histograms and writes the text; it is loaded
 * with this file, which nobody loads before somebody asks. Durations are recorded from the first look on; counters and gauges are those
 * of the runtime, whenever it began.
 */

import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type MetricData, MeterProvider } from '@opentelemetry/sdk-metrics';
import { type ClusterNumbers, instrumentCluster } from '../observe/cluster-metrics.ts';
import { type Measured, instrument } from '../observe/metrics.ts';
import { nameWithUnit } from '../observe/prometheus-names.ts';
import type { MetricsText } from './administered.ts';

/** The format that the text is in: https://prometheus.io/docs/instrumenting/exposition_formats/ */
const type = 'text/plain; version=0.0.4; charset=utf-8';

export class PrometheusPage {
  readonly #reader = new PrometheusExporter({ preventServerStart: true });
  // One scope and one resource: what they are called is said by whoever scrapes.
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

  constructor(measured: Measured, cluster?: () => ClusterNumbers) {
    const provider = new MeterProvider({ readers: [this.#reader] });
    const meter = provider.getMeter('ninelives');
    instrument(measured, meter);
    if (cluster !== undefined) instrumentCluster(cluster, meter);
  }

  /** @throws Error where something could not be read. */
  async read(): Promise<MetricsText> {
    const { resourceMetrics, errors } = await this.#reader.collect();
    if (errors.length > 0) throw new AggregateError(errors, 'the metrics could not be read');
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.map(asNamed),
    }));
    return { type, text: this.#serializer.serialize({ ...resourceMetrics, scopeMetrics }) };
  }
}

/** With the unit in the name, where Prometheus has it, and not in a line of its own that it knows nothing of. */
function asNamed(metric: MetricData): MetricData {
  const { descriptor } = metric;
  return { ...metric, descriptor: { ...descriptor, name: nameWithUnit(descriptor), unit: '' } };
}
