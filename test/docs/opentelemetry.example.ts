/** A runtime that is measured and traced, as docs/guides/metrics.md and docs/guides/traces.md show it. */

import { metrics, trace } from '@opentelemetry/api';
import { createRuntime } from '../../src/index.ts';
import { createTracing, instrumentRuntime } from '../../src/opentelemetry.ts';

const tracing = createTracing({ tracer: trace.getTracer('my-proxy') });
const runtime = createRuntime({ interceptors: [tracing.interceptor] });
tracing.watch(runtime);
const stop = instrumentRuntime(runtime, { meter: metrics.getMeter('my-proxy') });

export { runtime, stop };
