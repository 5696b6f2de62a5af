/**
 * Whether the environment asks for traces, in the variables that OpenTelemetry has for it. Knows what they are called; what they say of
 * endpoints, headers, samplers and batches is read by the SDK, which is loaded when traces are asked for.
 *
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */

import type { Log } from '../ports.ts';
import type { Traces } from './otlp.ts';

export type TracesAsked = 'none' | 'otlp' | { readonly problem: string };

export function tracesAsked(environment: NodeJS.ProcessEnv): TracesAsked {
  const said = (name: string): string | undefined => {
    const text = environment[name]?.trim();
    return text === '' ? undefined : text;
  };
  if (said('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return 'none';
  const exporters = said('OTEL_TRACES_EXPORTER')
    ?.split(',')
    .map((name) => name.trim());
  if (exporters === undefined) {
    const endpoint = said('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? said('OTEL_EXPORTER_OTLP_ENDPOINT');
    if (endpoint === undefined) return 'none';
  } else {
    const unknown = exporters.find((name) => name !== 'otlp' && name !== 'none');
    if (unknown !== undefined) {
      return { problem: `OTEL_TRACES_EXPORTER=${unknown}: traces are sent by otlp, or not at all (none)` };
    }
    if (!exporters.includes('otlp')) return 'none';
  }
  const protocol = said('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? said('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/json';
  if (protocol.startsWith('http/')) return 'otlp';
  return { problem: `OTEL_EXPORTER_OTLP_PROTOCOL=${protocol}: traces are sent over HTTP, as http/json` };
}

/** Undefined where nothing is asked for. What cannot be done is said, and stops no proxy. */
export async function openTraces(environment: NodeJS.ProcessEnv, log: Log): Promise<Traces | undefined> {
  const asked = tracesAsked(environment);
  if (asked === 'none') return undefined;
  if (asked !== 'otlp') {
    log.warn({ problem: asked.problem }, 'no traces are sent');
    return undefined;
  }
  const { OtlpTraces } = await import('./otlp.ts');
  return new OtlpTraces(log);
}
