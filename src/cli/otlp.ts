/**
 * Traces of the command, sent by OTLP over HTTP as the environment says: the SDK of OpenTelemetry reads its own variables, batches and
 * repeats. Loaded when traces are asked for, and by nobody else. What goes wrong with sending is logged and holds up no message.
 */

import { DiagLogLevel, diag } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Tracing, createTracing } from '../observe/spans.ts';
import type { Log } from '../ports.ts';
import { packageVersion } from './version.ts';

export interface Traces {
  readonly tracing: Tracing;
  /** Sends what has not been sent, as far as that is possible within a moment. */
  close(): Promise<void>;
}

/** How long the end of the process may be put off by a collector that does not answer. */
const farewellMs = 2000;

export class OtlpTraces implements Traces {
  readonly tracing: Tracing;
  readonly #provider: BasicTracerProvider;

  constructor(log: Log) {
    const say = (text: string): void => log.warn({ problem: text }, 'traces could not be sent');
    diag.setLogger(
      { error: say, warn: say, info: () => {}, debug: () => {}, verbose: () => {} },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
    const version = packageVersion();
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'ninelives', 'service.version': version }).merge(
        detectResources({ detectors: [envDetector] }),
      ),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
    });
    this.tracing = createTracing({
      tracer: this.#provider.getTracer('ninelives', version),
      propagator: new W3CTraceContextPropagator(),
    });
  }

  async close(): Promise<void> {
    const sent = this.#provider.shutdown().catch((error: unknown) => diag.warn(String(error)));
    const moment = new Promise<void>((resolve) => void setTimeout(resolve, farewellMs).unref());
    await Promise.race([sent, moment]);
  }
}
