/**
 * Spans of a runtime through the API of OpenTelemetry: one for each session, and two for each request that is sampled, as the server
 * of whoever asks and as the client of whoever answers. An interceptor begins them and writes the context into the request; an
 * observer ends them. Knows no SDK, and where spans go.
 *
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md#spans
 */

import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapPropagator,
  type Tracer,
  isSpanContextValid,
  propagation,
  trace,
} from '@opentelemetry/api';
import type { Runtime } from '../runtime/api.ts';
import type { Observation } from '../runtime/observation.ts';
import type {
  InterceptAction,
  InterceptContext,
  Interceptor,
  InterceptorSource,
  JsonObject,
} from '../session/interception.ts';
import { attribute, boundedMethod, networkAttributes, spanErrorOf } from './semantic-names.ts';

export interface TracingOptions {
  /** Who makes the spans: `trace.getTracer('my-proxy')`. */
  readonly tracer: Tracer;
  /** How contexts are read and written; as the program has set it for all, if it is not said. */
  readonly propagator?: Pick<TextMapPropagator, 'inject' | 'extract' | 'fields'>;
}

/** Spans of the sessions of one runtime, or of several. */
export interface Tracing {
  /** Stands behind all other interceptors, so that the request goes on as it is traced. */
  readonly interceptor: Interceptor;
  /** The same behind others that come and go. */
  after(source: InterceptorSource | undefined): InterceptorSource;
  /** Traces the sessions that this runtime opens from now on. Returns how to stop; what is open ends then. */
  watch(runtime: Pick<Runtime, 'observe'>): () => void;
}

/**
 * Traces the requests of a runtime: its interceptor is handed to the runtime as the last one, and the runtime to `watch`.
 *
 * ```ts
 * const tracing = createTracing({ tracer: trace.getTracer('my-proxy') });
 * const runtime = createRuntime({ interceptors: [tracing.interceptor] });
 * tracing.watch(runtime);
 * ```
 */
export function createTracing({ tracer, propagator = propagation }: TracingOptions): Tracing {
  const sessions = new Map<string, TracedSession>();
  const interceptor: Interceptor = {
    name: 'tracing',
    intercept: (context) => {
      if (context.kind !== 'request') return undefined;
      return sessions.get(context.sessionId)?.request(context, tracer, propagator);
    },
  };
  const observe = (own: Set<string>, seen: Observation): void => {
    if (seen.type === 'session-opened') {
      own.add(seen.sessionId);
      sessions.set(seen.sessionId, new TracedSession(tracer, seen.sessionId));
      return;
    }
    const session = sessions.get(seen.sessionId);
    if (session === undefined) return;
    if (seen.type === 'request-settled') session.settled(seen);
    else if (seen.type === 'state-changed') session.stateChanged(seen);
    else if (seen.type === 'session-ended') {
      session.ended(seen);
      sessions.delete(seen.sessionId);
      own.delete(seen.sessionId);
    }
  };
  return {
    interceptor,
    after: (source) => ({
      interceptorsFor: (frame) => [...(source?.interceptorsFor(frame) ?? []), interceptor],
    }),
    watch: (runtime) => {
      const own = new Set<string>();
      const stop = runtime.observe((seen) => observe(own, seen));
      return () => {
        stop();
        for (const id of own) {
          sessions.get(id)?.abandon();
          sessions.delete(id);
        }
      };
    },
  };
}

interface OpenRequest {
  readonly asServer: Span;
  readonly asClient: Span;
}

type Seen<Type extends Observation['type']> = Extract<Observation, { type: Type }>;

class TracedSession {
  readonly #span: Span;
  /** By direction and id. On HTTP several may have one id: they are taken in the order in which they came. */
  readonly #requests = new Map<string, OpenRequest[]>();

  constructor(tracer: Tracer, id: string) {
    this.#span = tracer.startSpan('mcp.session', {
      kind: SpanKind.INTERNAL,
      root: true,
      attributes: { [attribute.sessionId]: id },
    });
  }

  request(
    context: InterceptContext,
    tracer: Tracer,
    propagator: Pick<TextMapPropagator, 'inject' | 'extract' | 'fields'>,
  ): InterceptAction | undefined {
    const { message, direction, timestamp } = context;
    const params = objectIn(message['params']);
    const meta = objectIn(params['_meta']);
    const { parent, links } = originOf(context, meta, propagator);
    const attributes = attributesOf(context, params);
    const name = spanName(context);
    const isFromClient = direction === 'client-to-server';
    const clients = networkAttributes(context.transportType);
    const asServer = tracer.startSpan(
      name,
      {
        kind: SpanKind.SERVER,
        startTime: timestamp,
        links: [...links, ...linkTo(this.#span)],
        attributes: isFromClient ? { ...attributes, ...clients } : attributes,
      },
      parent,
    );
    // Who asked has decided that it is not traced, and its context goes on as it came.
    if (!asServer.isRecording()) return undefined;
    const inside = trace.setSpan(parent, asServer);
    const asClient = tracer.startSpan(
      name,
      { kind: SpanKind.CLIENT, attributes: isFromClient ? attributes : { ...attributes, ...clients } },
      inside,
    );
    const key = keyOf(direction, message['id']);
    this.#requests.set(key, [...(this.#requests.get(key) ?? []), { asServer, asClient }]);
    const carrier: Record<string, string> = {};
    propagator.inject(trace.setSpan(parent, asClient), carrier, {
      set: (to, member, value) => {
        (to as Record<string, string>)[member] = value;
      },
    });
    if (Object.keys(carrier).length === 0) return undefined;
    return {
      action: 'modify',
      message: { ...message, params: { ...params, _meta: { ...withoutContext(meta, propagator), ...carrier } } },
    };
  }

  settled(seen: Seen<'request-settled'>): void {
    const key = keyOf(seen.direction, seen.id);
    const open = this.#requests.get(key);
    const first = open?.shift();
    if (open?.length === 0) this.#requests.delete(key);
    if (first === undefined) return;
    const { asServer, asClient } = first;
    // A span that never ends is never told: there was nobody whose client we were.
    if (seen.sentAfterMs !== undefined) end(asClient, seen);
    end(asServer, seen);
  }

  stateChanged({ from, to }: Seen<'state-changed'>): void {
    this.#span.addEvent('state', { from, to });
  }

  ended({ reason, status, snapshot }: Seen<'session-ended'>): void {
    const { protocolVersion, clientName, serverName, transportType, route } = snapshot;
    this.#span.setAttributes({
      ...networkAttributes(transportType),
      ...(protocolVersion === undefined ? {} : { [attribute.protocolVersion]: protocolVersion }),
      ...(clientName === undefined ? {} : { 'ninelives.client.name': clientName }),
      ...(serverName === undefined ? {} : { 'ninelives.server.name': serverName }),
      ...(route === undefined ? {} : { route }),
      'ninelives.end.reason': reason,
    });
    if (status !== 'completed') {
      this.#span.setAttribute(attribute.errorType, reason);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
    }
    this.abandon();
  }

  /** What no outcome was told of, ends with its session. */
  abandon(): void {
    for (const open of this.#requests.values()) for (const { asServer } of open) asServer.end();
    this.#requests.clear();
    this.#span.end();
  }
}

function end(span: Span, { outcome, errorCode }: Seen<'request-settled'>): void {
  const errorType = spanErrorOf(outcome, errorCode);
  span.setAttribute('outcome', outcome);
  if (errorCode !== undefined) span.setAttribute(attribute.statusCode, String(errorCode));
  if (errorType !== undefined) {
    span.setAttribute(attribute.errorType, errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

function keyOf(direction: string, id: unknown): string {
  return `${direction} ${JSON.stringify(id)}`;
}

/**
 * The context that a request came with: that of its message; else that of the HTTP exchange, which is linked where there are both,
 * since one exchange may carry several requests.
 */
function originOf(
  context: InterceptContext,
  meta: JsonObject,
  propagator: Pick<TextMapPropagator, 'extract'>,
): { readonly parent: Context; readonly links: readonly Link[] } {
  const said = propagator.extract(ROOT_CONTEXT, meta, memberGetter);
  const carried =
    context.direction === 'client-to-server' ? propagator.extract(ROOT_CONTEXT, context, headerGetter) : undefined;
  if (!hasSpan(said)) return { parent: carried ?? said, links: [] };
  const carriedSpan = carried && trace.getSpanContext(carried);
  return {
    parent: said,
    links: carriedSpan !== undefined && isSpanContextValid(carriedSpan) ? [{ context: carriedSpan }] : [],
  };
}

function hasSpan(context: Context): boolean {
  const span = trace.getSpanContext(context);
  return span !== undefined && isSpanContextValid(span);
}

function linkTo(span: Span): readonly Link[] {
  const context = span.spanContext();
  return isSpanContextValid(context) ? [{ context }] : [];
}

/** What a propagator reads is text; what a peer writes may be anything. */
const memberGetter: TextMapGetter<JsonObject> = {
  keys: (meta) => Object.keys(meta),
  get: (meta, member) => {
    const value = Object.hasOwn(meta, member) ? meta[member] : undefined;
    return typeof value === 'string' ? value : undefined;
  },
};

const headerGetter: TextMapGetter<InterceptContext> = {
  keys: () => [],
  get: (context, name) => context.header(name.toLowerCase()),
};

/** Nothing of the context that came stays beside the one that goes on. */
function withoutContext(meta: JsonObject, propagator: Pick<TextMapPropagator, 'fields'>): JsonObject {
  const fields = new Set(propagator.fields());
  return Object.fromEntries(Object.entries(meta).filter(([member]) => !fields.has(member)));
}

const nameCharactersMax = 128;

function spanName({ method, name }: InterceptContext): string {
  const known = boundedMethod(method);
  return isNamed(method) && name !== '' ? `${known} ${name.slice(0, nameCharactersMax)}` : known;
}

function isNamed(method: string): boolean {
  return method === 'tools/call' || method === 'prompts/get';
}

function attributesOf(
  { message, method, name, sessionId, metadata }: InterceptContext,
  params: JsonObject,
): Attributes {
  const { protocol_version: version, route } = metadata;
  const id = message['id'];
  const uri = method.startsWith('resources/') ? params['uri'] : undefined;
  return {
    [attribute.methodName]: method,
    [attribute.sessionId]: sessionId,
    ...(typeof id === 'string' || typeof id === 'number' ? { [attribute.jsonRpcRequestId]: String(id) } : {}),
    ...(version === undefined ? {} : { [attribute.protocolVersion]: version }),
    ...(method === 'tools/call' ? { [attribute.operationName]: 'execute_tool', [attribute.toolName]: name } : {}),
    ...(method === 'prompts/get' ? { [attribute.promptName]: name } : {}),
    ...(typeof uri === 'string' ? { [attribute.resourceUri]: withoutSecrets(uri) } : {}),
    ...(route === undefined ? {} : { route }),
  };
}

/** Who it is for and what it asks may be nobody else's business. */
function withoutSecrets(uri: string): string {
  return uri.replace(/[?#].*$/s, '').replace(/^([a-z][\w+.-]*:\/\/)[^/@]*@/i, '$1');
}

function objectIn(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
