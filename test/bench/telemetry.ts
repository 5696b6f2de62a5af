/** What it costs a request to be measured and traced with OpenTelemetry, beside one that nobody looks at. */

import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, AlwaysOnSampler, BasicTracerProvider, type Sampler } from '@opentelemetry/sdk-trace-base';
import { instrumentRuntime } from '../../src/observe/metrics.ts';
import { type Tracing, createTracing } from '../../src/observe/spans.ts';
import { pairs, passBytes } from './acts.ts';
import { benchRuntime, openServing } from './in-memory.ts';
import { type Bench, bytesAllocatedBy, cpuMicrosOf, inRounds, perRound } from './measure.ts';

const actsPerRound = 10;
const warmUpActs = 10;

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

export const telemetry: Bench = {
  name: 'telemetry',
  title: 'Metrics and traces',
  about: `The pairs of \`frame\`, a request and its response, in a runtime that is measured or traced, beside one that is not: what is
shown is what it adds to a pair. *Metrics* is two histograms of the SDK of OpenTelemetry, as after the first scrape; before it nothing
is there that could cost anything. *Traces, none sampled* is a tracing whose sampler takes none: requests are read and go on as they
came. *Traces, all sampled* is two spans, and the request written anew; spans are made and thrown away, sending them comes on top.
*A scrape* is one look at everything, with one session.`,

  async measure(options) {
    const none = benchRuntime();
    const measured = benchRuntime();
    const reader = new Reader();
    instrumentRuntime(measured, { meter: new MeterProvider({ readers: [reader] }).getMeter('bench') });
    const unsampled = traced(new AlwaysOffSampler());
    const sampled = traced(new AlwaysOnSampler());
    const runtimes = [none, measured, unsampled, sampled];
    const acts = runtimes.map((runtime) => passBytes([openServing(runtime)]));
    for (const act of acts) cpuMicrosOf(act, warmUpActs);
    const timed = (index: number) => (): number => cpuMicrosOf(acts[index]!, actsPerRound) / pairs;
    const micros = await inRounds(options, {
      none: timed(0),
      metrics: timed(1),
      unsampled: timed(2),
      sampled: timed(3),
      scrape: async () => {
        const before = process.cpuUsage();
        await reader.collect();
        const { user, system } = process.cpuUsage(before);
        return user + system;
      },
    });
    const added = (values: readonly number[]): readonly number[] =>
      values.map((value, round) => value - (micros.none[round] ?? NaN));
    const allocated = (index: number): readonly number[] =>
      Array.from({ length: options.rounds }, () => bytesAllocatedBy(acts[index]!, 1) / pairs);
    const [bytesOfNone, bytesOfMeasured] = [allocated(0), allocated(1)];
    for (const runtime of runtimes) await runtime.stop();
    return [
      perRound('nobody looks, a pair', 'us', micros.none),
      perRound('nobody looks, allocated by a pair', 'B', bytesOfNone),
      perRound('added by metrics', 'us', added(micros.metrics)),
      perRound(
        'allocated besides by metrics',
        'B',
        bytesOfMeasured.map((bytes, round) => bytes - (bytesOfNone[round] ?? NaN)),
      ),
      perRound('added by traces, none sampled', 'us', added(micros.unsampled)),
      perRound('added by traces, all sampled', 'us', added(micros.sampled)),
      perRound('a scrape', 'us', micros.scrape),
    ];
  },
};

function traced(sampler: Sampler) {
  const provider = new BasicTracerProvider({ sampler });
  const tracing: Tracing = createTracing({
    tracer: provider.getTracer('bench'),
    propagator: new W3CTraceContextPropagator(),
  });
  const runtime = benchRuntime(tracing.after(undefined));
  tracing.watch(runtime);
  return runtime;
}
