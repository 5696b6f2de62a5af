import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { describe, expect, test } from 'vitest';
import { type ClusterNumbers, clusterRows, instrumentCluster } from '../../src/observe/cluster-metrics.ts';
import { metricRows } from '../../src/observe/metrics-table.ts';

const numbers: ClusterNumbers = {
  ...{ leaseAgeMs: 250, isConnected: true, ownedKeys: 7, takeovers: 1, forwarded: 12, forwardedPending: 2 },
  ...{ served: 5, servedPending: 1, budgetGranted: 500, budgetUsed: 3 },
  peers: [{ state: 'up' }, { state: 'up' }, { state: 'dead' }],
};

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

async function collected(reader: Reader): Promise<Readonly<Record<string, number>>> {
  const { resourceMetrics } = await reader.collect();
  return Object.fromEntries(
    resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => [
          [descriptor.name, ...Object.values(attributes)].join(' '),
          value as number,
        ]),
      ),
  );
}

describe('the metrics of a node', () => {
  test('are what the node says of itself when somebody collects, and nothing after the end', async () => {
    const reader = new Reader();
    const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
    let looks = 0;
    const stop = instrumentCluster(() => {
      looks += 1;
      return numbers;
    }, meter);
    expect(await collected(reader)).toEqual({
      'ninelives.cluster.lease.age': 0.25,
      'ninelives.cluster.connected': 1,
      'ninelives.cluster.peers up': 2,
      'ninelives.cluster.peers draining': 0,
      'ninelives.cluster.peers dead': 1,
      'ninelives.cluster.keys': 7,
      'ninelives.cluster.takeovers': 1,
      'ninelives.cluster.frames sent-on': 12,
      'ninelives.cluster.frames taken': 5,
      'ninelives.cluster.frames.pending sent-on': 2,
      'ninelives.cluster.frames.pending taken': 1,
      'ninelives.cluster.budget.granted': 500,
      'ninelives.cluster.budget.used': 3,
    });
    stop();
    await collected(reader);
    expect(looks).toBe(1);
  });

  test('have names of their own, with units as UCUM writes them and no id among their attributes', () => {
    const names = clusterRows.map(({ name }) => name);
    expect(new Set([...names, ...metricRows.map(({ name }) => name)]).size).toBe(names.length + metricRows.length);
    for (const { name, unit, attributes } of clusterRows) {
      expect(name).toMatch(/^ninelives\.cluster(?:\.[a-z_]+)+$/);
      expect(unit).toMatch(/^(?:s|1|\{[a-z]+\})$/);
      expect(attributes).not.toContain('node');
    }
  });
});
