import { type Attributes, metrics } from '@opentelemetry/api';
import { type HistogramMetricData, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { describe, expect, test } from 'vitest';
import { instrumentRuntime } from '../../src/observe/metrics.ts';
import { metricRows } from '../../src/observe/metrics-table.ts';
import { durationBuckets } from '../../src/observe/semantic-names.ts';
import { Playbook, type PlaybookOptions } from '../../src/testing/playbook.ts';
import { callFails } from './failing-call.ts';

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function measured(options: PlaybookOptions = {}, attributes: Attributes = {}) {
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  const play = new Playbook(options);
  const stop = instrumentRuntime(play.runtime, { meter: provider.getMeter('test'), attributes });
  const collect = async () => {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  };
  /** The points of one metric: attributes and the value, or how many and their sum. */
  const pointsOf = async (name: string): Promise<readonly (Attributes & { readonly is: unknown })[]> => {
    const found = (await collect()).find(({ descriptor }) => descriptor.name === name);
    return (found?.dataPoints ?? []).map(({ attributes: of, value }) => ({
      ...of,
      is: typeof value === 'number' ? value : [value.count, value.sum],
    }));
  };
  return { play, stop, collect, pointsOf };
}

describe('metrics of a runtime', () => {
  test('are every one that the table names, of its kind and unit, and no other', async () => {
    const { play, collect } = measured();
    const { client, server, handshake } = play.open();
    handshake();
    client.asks(1, 'tools/list');
    server.takesAll();
    client.leaves();
    const found = (await collect()).map(({ descriptor: { name, unit, description } }) => ({ name, unit, description }));
    const wanted = metricRows.map(({ name, unit, description }) => ({ name, unit, description }));
    expect(found.toSorted(byName)).toEqual(wanted.toSorted(byName));
  });

  test('have the attributes that the table names, and no other', async () => {
    const { play, collect } = measured();
    callFails(play.open({ route: 'r', transportType: 'http' }));
    for (const { descriptor, dataPoints } of await collect()) {
      const { attributes = [] } = metricRows.find(({ name }) => name === descriptor.name) ?? {};
      for (const point of dataPoints) {
        for (const name of Object.keys(point.attributes))
          expect([descriptor.name, attributes]).toContainEqual(expect.arrayContaining([name]));
      }
    }
  });

  test('of durations tell the leg of the client from that of the server, in seconds', async () => {
    const { play, pointsOf } = measured({
      interceptors: [
        {
          name: 'slow',
          intercept: ({ method }) => (method === 'tools/call' ? { action: 'delay', delayMs: 1000 } : undefined),
        },
      ],
    });
    const { client, server, handshake } = play.open({ transportType: 'websocket', route: 'r' });
    handshake({ protocolVersion: '2025-06-18' });
    client.asks(1, 'tools/call');
    play.timePasses(1100);
    server.receivesRequest(1, 'tools/call');
    play.timePasses(500);
    server.answers(1, {});
    client.takesAll();
    const operation = {
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'mcp.protocol.version': '2025-06-18',
      outcome: 'result',
      route: 'r',
    };
    const { sentAfterMs } = play.observations.findLast((seen) => seen.type === 'request-settled')!;
    expect((await pointsOf('mcp.server.operation.duration')).at(-1)).toEqual({
      ...operation,
      'network.transport': 'tcp',
      'network.protocol.name': 'websocket',
      is: [1, 1.6],
    });
    expect((await pointsOf('mcp.client.operation.duration')).at(-1)).toEqual({
      ...operation,
      is: [1, (1600 - sentAfterMs!) / 1000],
    });
  });

  test('of what a server asks tell the same the other way round', async () => {
    const { play, pointsOf } = measured();
    const { client, server, handshake } = play.open({ transportType: 'stdio' });
    handshake({ capabilities: { roots: {} } });
    server.asks('q', 'roots/list');
    client.receivesRequest('q', 'roots/list');
    client.answers('q', { roots: [] });
    server.takesAll();
    const pipe = { 'network.transport': 'pipe' };
    expect((await pointsOf('mcp.server.operation.duration')).at(-1)).not.toMatchObject(pipe);
    expect((await pointsOf('mcp.client.operation.duration')).at(-1)).toMatchObject({
      'mcp.method.name': 'roots/list',
      ...pipe,
    });
  });

  test('have no value that a peer made up', async () => {
    const { play, pointsOf } = measured();
    const { client, server, handshake } = play.open();
    handshake({ protocolVersion: '3000-01-01' });
    for (let id = 1; id < 20; id++) {
      client.asks(id, `my/own${id}`);
      server.takesAll();
      server.sends(JSON.stringify({ jsonrpc: '2.0', id, error: { code: 70_000 + id, message: 'no' } }));
      client.takesAll();
    }
    expect((await pointsOf('mcp.server.operation.duration')).slice(1)).toEqual([
      {
        'mcp.method.name': '_OTHER',
        'error.type': '_OTHER',
        'rpc.response.status_code': '_OTHER',
        'mcp.protocol.version': '_OTHER',
        outcome: 'error',
        is: [19, 0],
      },
    ]);
  });

  test('that were refused were not sent on', async () => {
    const { play, pointsOf } = measured({ limits: { pendingPerSession: 1 } });
    const { client, server, handshake } = play.open();
    handshake();
    client.asks(1, 'tools/list');
    client.asks(2, 'tools/list');
    client.takesAll();
    server.takesAll();
    expect(await pointsOf('mcp.server.operation.duration')).toContainEqual(
      expect.objectContaining({ 'error.type': '4290', 'rpc.response.status_code': '4290', outcome: 'refused' }),
    );
    expect(await pointsOf('mcp.client.operation.duration')).toHaveLength(1);
    expect(await pointsOf('ninelives.requests.refused')).toContainEqual({ reason: 'session-full', is: 1 });
  });

  test('of sessions and states are there when those are over', async () => {
    const { play, pointsOf } = measured({ times: { sessionIdleMs: 60_000 } });
    const { handshake } = play.open({ transportType: 'http' });
    play.timePasses(2000);
    handshake();
    play.timePasses(70_000);
    expect(await pointsOf('mcp.server.session.duration')).toMatchObject([
      { 'error.type': 'idle', 'network.transport': 'tcp', 'mcp.protocol.version': '2025-11-25' },
    ]);
    expect(await pointsOf('mcp.client.session.duration')).toHaveLength(1);
    expect(await pointsOf('ninelives.session.state.duration')).toContainEqual({ state: 'initializing', is: [1, 2] });
    expect(await pointsOf('ninelives.sessions.ended')).toContainEqual({ status: 'timeout', is: 1 });
    expect(await pointsOf('ninelives.session.transitions')).toContainEqual({
      from: 'initializing',
      to: 'active.serving',
      is: 1,
    });
  });

  test('F2 of what is there now are what the runtime says at that moment', async () => {
    const { play, pointsOf } = measured({ limits: { sessions: 4, pendingTotal: 10 } });
    const { client, server, handshake } = play.open();
    play.open();
    handshake();
    client.asks(1, 'tools/list');
    server.takesAll();
    expect(await pointsOf('ninelives.sessions')).toContainEqual({ state: 'active.serving', is: 1 });
    expect(await pointsOf('ninelives.sessions')).toContainEqual({ state: 'initializing', is: 1 });
    expect(await pointsOf('ninelives.requests.pending')).toContainEqual({ direction: 'client-to-server', is: 1 });
    expect(await pointsOf('ninelives.table.fill')).toContainEqual({ table: 'sessions', is: 0.5 });
    expect(await pointsOf('ninelives.table.fill')).toContainEqual({ table: 'pending', is: 0.1 });
    play.runtime.setLimits({ pendingTotal: Infinity });
    expect(await pointsOf('ninelives.table.fill')).toContainEqual({ table: 'pending', is: 0 });
  });

  test('have the attributes that the embedder asks for, too', async () => {
    const { play, pointsOf } = measured({}, { tenant: 'a' });
    play.open().handshake();
    expect(await pointsOf('ninelives.sessions.opened')).toEqual([{ tenant: 'a', is: 1 }]);
    expect((await pointsOf('mcp.server.operation.duration')).map(({ tenant }) => tenant)).toEqual(['a']);
  });

  test('are in buckets as the conventions advise', async () => {
    const { play, collect } = measured();
    play.open().handshake();
    const found = (await collect()).find(({ descriptor }) => descriptor.name === 'mcp.server.operation.duration');
    const [point] = (found as HistogramMetricData).dataPoints;
    expect(point?.value.buckets.boundaries).toEqual(durationBuckets);
  });

  test('end when they are told to', async () => {
    const { play, stop, pointsOf } = measured();
    stop();
    play.open().handshake();
    expect(await pointsOf('mcp.server.operation.duration')).toEqual([]);
    expect(await pointsOf('ninelives.sessions')).toEqual([]);
  });

  test('go nowhere, and harm nobody, without an SDK', () => {
    const play = new Playbook();
    instrumentRuntime(play.runtime, { meter: metrics.getMeter('none') });
    play.open().handshake();
    expect(play.runtime.totals().sessionsOpened).toBe(1);
  });
});

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}
