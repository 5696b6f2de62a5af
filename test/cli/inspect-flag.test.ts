import { describe, expect, test } from 'vitest';
import { inspectRequestOf } from '../../src/cli/inspect-flag.ts';

describe('--inspect', () => {
  test.each([
    [undefined, undefined],
    [true, { host: '127.0.0.1', port: 7411 }],
    ['7500', { host: '127.0.0.1', port: 7500 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:1', { host: '::1', port: 1 }],
    ['127.0.0.2:1', { host: '127.0.0.2', port: 1 }],
  ] as const)('%j is %j', (inspect, request) => {
    expect(inspectRequestOf(inspect === undefined ? {} : { inspect })).toEqual(request);
  });

  test('says what is shown of messages', () => {
    expect(inspectRequestOf({ inspect: true, inspectPayloads: 'hidden' })).toMatchObject({ payloads: 'hidden' });
    expect(inspectRequestOf({ inspect: '1', inspectPayloads: 'whole' })).toMatchObject({ port: 1, payloads: 'whole' });
    expect(inspectRequestOf({ inspectPayloads: 'whole' })).toBeUndefined();
  });

  test.each([
    ['node', /write it as HOST:PORT/],
    ['0.0.0.0:7411', /this machine alone: say 127\.0\.0\.1:7411/],
    ['[::]:1', /this machine alone/],
    ['example.com:1', /this machine alone/],
  ])('%j is refused', (inspect, problem) => {
    expect(inspectRequestOf({ inspect })).toMatchObject({ problem: expect.stringMatching(problem) as string });
  });

  test('--metrics-open goes with it, and means nothing alone', () => {
    expect(inspectRequestOf({ inspect: '7500', metricsOpen: true })).toEqual({
      host: '127.0.0.1',
      port: 7500,
      areMetricsOpen: true,
    });
    expect(inspectRequestOf({ metricsOpen: true })).toMatchObject({
      problem: expect.stringMatching(/--inspect/) as string,
    });
    expect(inspectRequestOf({ inspect: 'node', metricsOpen: true })).toMatchObject({
      problem: expect.stringMatching(/HOST:PORT/) as string,
    });
  });
});
