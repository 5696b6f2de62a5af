import { expect, test } from 'vitest';
import { defaultHttpLimits, defaultHttpTimes } from '../../src/transports/http-front-options.ts';

test('the limits and times that nobody asked to be others', () => {
  expect({ ...defaultHttpLimits, ...defaultHttpTimes }).toEqual({
    connectionsMax: 10_000,
    headerBytesMax: 16_384,
    pipelinedMax: 32,
    replayTotalBytesMax: 67_108_864,
    replayEventsMax: 256,
    replayBytesMax: 1_048_576,
    headersMs: 10_000,
    requestMs: 120_000,
    keepAliveMs: 60_000,
    heartbeatMs: 25_000,
    streamAfterMs: 5_000,
    standaloneGraceMs: 5_000,
    resumableMs: 60_000,
    retryMs: 1_000,
    patienceMs: 30_000,
  });
});
