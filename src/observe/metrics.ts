/**
 * Metrics of a runtime through the API of OpenTelemetry: gauges and counters are read from the runtime when somebody collects,
 * durations are recorded as its observers hear of them. Knows no SDK, and where the numbers go.
 */

import type { Attributes, BatchObservableResult, Histogram, Meter, Observable } from '@opentelemetry/api';
import type { Runtime } from '../runtime/api.ts';
import type { Observation, Observer } from '../runtime/observation.ts';
import { type MeasuredPart, type MetricRow, durations, readRows } from './metrics-table.ts';
import {
  attribute,
  boundedCode,
  boundedMethod,
  boundedVersion,
  durationBuckets,
  errorTypeOf,
  networkAttributes,
} from './semantic-names.ts';

export interface RuntimeMetricsOptions {
  /** Where the instruments are made: `metrics.getMeter('my-proxy')`. */
  readonly meter: Meter;
  /** Put on every measurement, for a process with more than one runtime. Few values, and no ids. */
  readonly attributes?: Attributes;
}

/** What is measured: one runtime, or several that come and go. */
export interface Measured {
  observe(observer: Observer): () => void;
  parts(): Iterable<MeasuredPart>;
}

/**
 * Measures a runtime from now on: docs/reference/metrics.md lists what. Gauges and counters are those of the runtime, whenever it
 * began. Returns how to stop.
 *
 * ```ts
 * const stop = instrumentRuntime(runtime, { meter: metrics.getMeter('my-proxy') });
 * ```
 */
export function instrumentRuntime(runtime: Runtime, { meter, attributes }: RuntimeMetricsOptions): () => void {
  return instrument(measuredRuntime(runtime), meter, attributes);
}

export function measuredRuntime(runtime: Pick<Runtime, 'observe' | 'totals' | 'limits'>): Measured {
  return {
    observe: (observer) => runtime.observe(observer),
    parts: () => [{ route: undefined, totals: runtime.totals(), limits: runtime.limits }],
  };
}

export function instrument(measured: Measured, meter: Meter, shared: Attributes = {}): () => void {
  const stopReading = readTotals(measured, meter, shared);
  const stopRecording = measured.observe(recorder(meter, shared));
  return () => {
    stopReading();
    stopRecording();
  };
}

function readTotals(measured: Measured, meter: Meter, shared: Attributes): () => void {
  const instruments = readRows.map((row) => ({ row, observable: observableOf(meter, row) }));
  const observables = instruments.map(({ observable }) => observable);
  // One look at the totals for all of them, so that they belong together.
  const read = (result: BatchObservableResult): void => {
    for (const part of measured.parts()) {
      const route = routeOf(part.route);
      for (const { row, observable } of instruments) {
        for (const { value, attributes } of row.read(part)) {
          result.observe(observable, value, { ...attributes, ...route, ...shared });
        }
      }
    }
  };
  meter.addBatchObservableCallback(read, observables);
  return () => meter.removeBatchObservableCallback(read, observables);
}

/** An instrument that is read when somebody collects. */
export function observableOf(meter: Meter, { name, kind, unit, description }: MetricRow): Observable {
  const options = { unit, description };
  return kind === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options);
}

/** Seconds: a state may last as long as a session may. */
const stateBuckets = [...durationBuckets, 600, 1800, 3600, 14_400, 86_400];

function histogramOf(meter: Meter, { name, unit, description }: MetricRow, buckets = durationBuckets): Histogram {
  return meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: [...buckets] } });
}

function recorder(meter: Meter, shared: Attributes): Observer {
  const serverOperation = histogramOf(meter, durations.serverOperation);
  const clientOperation = histogramOf(meter, durations.clientOperation);
  const serverSession = histogramOf(meter, durations.serverSession);
  const clientSession = histogramOf(meter, durations.clientSession);
  const state = histogramOf(meter, durations.state, stateBuckets);
  return (seen) => {
    switch (seen.type) {
      case 'request-settled': {
        const attributes = { ...operationAttributes(seen), ...shared };
        const { direction, elapsedMs, sentAfterMs } = seen;
        const clients = networkAttributes(seen.transportType);
        const isFromClient = direction === 'client-to-server';
        // By which transport a server is reached is not known here.
        serverOperation.record(elapsedMs / 1000, isFromClient ? { ...attributes, ...clients } : attributes);
        if (sentAfterMs === undefined) return;
        const awaitedMs = Math.max(0, elapsedMs - sentAfterMs);
        clientOperation.record(awaitedMs / 1000, isFromClient ? attributes : { ...attributes, ...clients });
        return;
      }
      case 'state-changed':
        state.record(seen.dwellMs / 1000, { state: seen.from, ...routeOf(seen.route), ...shared });
        return;
      case 'session-ended': {
        const { ageMs, transportType, protocolVersion } = seen.snapshot;
        const attributes = { ...sessionAttributes(seen), ...shared };
        serverSession.record(ageMs / 1000, { ...attributes, ...networkAttributes(transportType) });
        if (protocolVersion !== undefined) clientSession.record(ageMs / 1000, attributes);
        return;
      }
      case 'session-opened':
      case 'tags-changed':
    }
  };
}

type Seen<Type extends Observation['type']> = Extract<Observation, { type: Type }>;

function operationAttributes(seen: Seen<'request-settled'>): Attributes {
  const { method, outcome, errorCode, protocolVersion, route } = seen;
  const errorType = errorTypeOf(outcome, errorCode);
  return {
    [attribute.methodName]: boundedMethod(method),
    outcome,
    ...(method === 'tools/call' ? { [attribute.operationName]: 'execute_tool' } : {}),
    ...(errorType === undefined ? {} : { [attribute.errorType]: errorType }),
    ...(errorCode === undefined ? {} : { [attribute.statusCode]: boundedCode(errorCode) }),
    ...versionOf(protocolVersion),
    ...routeOf(route),
  };
}

function sessionAttributes({ reason, status, snapshot }: Seen<'session-ended'>): Attributes {
  return {
    ...(status === 'completed' ? {} : { [attribute.errorType]: reason }),
    ...versionOf(snapshot.protocolVersion),
    ...routeOf(snapshot.route),
  };
}

function versionOf(version: string | undefined): Attributes {
  return version === undefined ? {} : { [attribute.protocolVersion]: boundedVersion(version) };
}

function routeOf(route: string | undefined): Attributes {
  return route === undefined ? {} : { route };
}
