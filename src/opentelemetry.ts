/** The entry for who measures with OpenTelemetry: its API is a peer that only this entry asks for. Every name is spelled out. */

export { instrumentRuntime } from './observe/metrics.ts';
export type { RuntimeMetricsOptions } from './observe/metrics.ts';
export { createTracing } from './observe/spans.ts';
export type { Tracing, TracingOptions } from './observe/spans.ts';
