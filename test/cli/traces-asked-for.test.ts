import { describe, expect, test } from 'vitest';
import { openTraces, tracesAsked } from '../../src/cli/traces-asked-for.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('traces', () => {
  test.each<[string, NodeJS.ProcessEnv]>([
    ['an environment that says nothing of them', {}],
    ['one that has empty variables', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ', OTEL_TRACES_EXPORTER: '' }],
    ['none as exporter', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }],
    ['a disabled SDK', { ...endpoint, OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'TRUE' }],
    ['an endpoint for metrics alone', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:4318/v1/metrics' }],
  ])('are not asked for by %s', (_what, environment) => {
    expect(tracesAsked(environment)).toBe('none');
  });

  test.each<[string, NodeJS.ProcessEnv]>([
    ['an endpoint', endpoint],
    ['an endpoint for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }],
    ['an exporter', { OTEL_TRACES_EXPORTER: 'otlp' }],
    ['several exporters', { OTEL_TRACES_EXPORTER: 'none, otlp' }],
    ['an SDK that is not disabled', { ...endpoint, OTEL_SDK_DISABLED: 'false' }],
    ['a protocol over HTTP', { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }],
  ])('are asked for by %s', (_what, environment) => {
    expect(tracesAsked(environment)).toBe('otlp');
  });

  test('are not sent by what is not spoken here, which is said', async () => {
    expect(tracesAsked({ OTEL_TRACES_EXPORTER: 'zipkin' })).toMatchObject({
      problem: expect.stringMatching(/zipkin/) as string,
    });
    const grpc = { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    const warned: object[] = [];
    expect(
      await openTraces(grpc, { ...silentLog, warn: (fields: object) => void warned.push(fields) }),
    ).toBeUndefined();
    expect(warned).toMatchObject([{ problem: expect.stringMatching(/grpc/) as string }]);
    expect(tracesAsked({ ...grpc, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' })).toBe('otlp');
    expect(await openTraces({}, silentLog)).toBeUndefined();
  });
});
