/** Metrics of a runtime through the API of OpenTelemetry, as docs/guides/hooks.md shows them. */

import { type Runtime, sessionStates } from '../../src/index.ts';

type Attributes = Record<string, string>;

/** As much of `Meter` of @opentelemetry/api as is needed. */
export interface Meter {
  createCounter(name: string): { add(value: number, attributes?: Attributes): void };
  createHistogram(name: string, options?: { unit?: string }): { record(value: number, attributes?: Attributes): void };
  createObservableGauge(name: string): {
    addCallback(read: (result: { observe(value: number, attributes?: Attributes): void }) => void): void;
  };
}

/** Returns how to stop. Methods are left out where a peer may make them up: each would be a time series of its own. */
export function measure(runtime: Runtime, meter: Meter): () => void {
  const requests = meter.createCounter('mcp.requests');
  const duration = meter.createHistogram('mcp.request.duration', { unit: 'ms' });
  const ended = meter.createCounter('mcp.sessions.ended');
  const open = meter.createObservableGauge('mcp.sessions.open');
  const waiting = meter.createObservableGauge('mcp.requests.waiting');

  open.addCallback((result) => {
    const { sessionsByState } = runtime.totals();
    for (const state of sessionStates) result.observe(sessionsByState[state], { state });
  });
  waiting.addCallback((result) => {
    for (const [budget, count] of Object.entries(runtime.totals().pending)) result.observe(count, { budget });
  });
  return runtime.observe((seen) => {
    if (seen.type === 'request-settled') {
      requests.add(1, { outcome: seen.outcome, direction: seen.direction });
      duration.record(seen.elapsedMs, { outcome: seen.outcome });
    } else if (seen.type === 'session-ended') {
      ended.add(1, { reason: seen.reason, status: seen.status });
    }
  });
}
