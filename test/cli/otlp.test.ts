import { afterEach, describe, expect, test, vi } from 'vitest';
import { OtlpTraces } from '../../src/cli/otlp.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { Playbook } from '../../src/testing/playbook.ts';
import { attributesOf, otlpReceiver, spanKinds } from './otlp-receiver.ts';

afterEach(() => void vi.unstubAllEnvs());

/** One session with one request, traced as the environment says. */
function talk(environment: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const warned: string[] = [];
  const traces = new OtlpTraces({ ...silentLog, warn: (_fields: object, text: string) => void warned.push(text) });
  const play = new Playbook({ interceptors: traces.tracing.after(undefined), epochMs: Date.now() });
  traces.tracing.watch(play.runtime);
  const { client, server } = play.open({ transportType: 'http' });
  client.asks(1, 'tools/call', { name: 'weather' });
  const [sent] = server.takesAll();
  server.answers(1, {});
  client.takesAll();
  client.leaves();
  return { traces, warned, sent };
}

describe('traces of the command', () => {
  test('reach a collector in JSON over HTTP, under the name and with the headers that the environment says', async () => {
    const receiver = await otlpReceiver();
    const { traces, sent } = talk({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a',
      OTEL_SERVICE_NAME: 'my-proxy',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    await traces.close();
    const [request] = receiver.requests;
    expect(request).toMatchObject({
      url: '/v1/traces',
      headers: { 'content-type': 'application/json', 'x-tenant': 'a' },
    });
    expect(attributesOf(request!.body.resourceSpans[0]!.resource)).toMatchObject({
      'service.name': 'my-proxy',
      'service.version': expect.any(String) as string,
      'deployment.environment.name': 'test',
    });
    const asServer = receiver.spans().find(({ kind }) => kind === spanKinds.server)!;
    const asClient = receiver.spans().find(({ kind }) => kind === spanKinds.client)!;
    expect(asServer.name).toBe('tools/call weather');
    expect([asClient.traceId, asClient.parentSpanId]).toEqual([asServer.traceId, asServer.spanId]);
    expect(sent).toMatchObject({ params: { _meta: { traceparent: `00-${asClient.traceId}-${asClient.spanId}-01` } } });
    expect(receiver.spans().find(({ kind }) => kind === spanKinds.internal)?.name).toBe('mcp.session');
  });

  test('are ninelives where nobody says another name, and none where the sampler takes none', async () => {
    const receiver = await otlpReceiver();
    const { traces } = talk({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/mine` });
    await traces.close();
    expect(receiver.requests[0]?.url).toBe('/mine');
    expect(attributesOf(receiver.requests[0]!.body.resourceSpans[0]!.resource)).toMatchObject({
      'service.name': 'ninelives',
    });
    const none = await otlpReceiver();
    const off = talk({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: none.url, OTEL_TRACES_SAMPLER: 'always_off' });
    await off.traces.close();
    expect(none.requests).toEqual([]);
    expect(off.sent).not.toHaveProperty('params._meta');
  });

  test('that a collector does not take are said to be lost, and keep nobody waiting', async () => {
    const receiver = await otlpReceiver(400);
    const { traces, warned } = talk({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    await traces.close();
    expect(warned).toContain('traces could not be sent');
  });
});
