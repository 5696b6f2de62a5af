import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, test } from 'vitest';
import { createTracing } from '../../src/observe/spans.ts';
import type { Interceptor } from '../../src/session/interception.ts';
import { Playbook, type TalkOptions } from '../../src/testing/playbook.ts';
import { conventionalSpanAttributes, requiredAttribute } from './mcp-conventions.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
const sampled = `00-${traceId}-${parentId}-01`;
const unsampled = `00-${traceId}-${parentId}-00`;

function traced(before: readonly Interceptor[] = []) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracing = createTracing({
    tracer: provider.getTracer('test'),
    propagator: new W3CTraceContextPropagator(),
  });
  const play = new Playbook({ interceptors: [...before, tracing.interceptor], epochMs: Date.now() });
  const stop = tracing.watch(play.runtime);
  const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
  const spanOf = (kind: SpanKind, name: string): ReadableSpan | undefined =>
    spans().findLast((span) => span.kind === kind && span.name === name);
  return { play, stop, spans, spanOf };
}

const call = (id: number | string, meta?: object): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'weather', arguments: { city: 'Oslo' }, ...(meta === undefined ? {} : { _meta: meta }) },
  });

/** A session whose handshake is carried through whatever its messages have become on their way. */
function open(play: Playbook, options: TalkOptions = {}) {
  const { client, server } = play.open(options);
  const handshake = ({ protocolVersion = '2025-11-25', capabilities = {} } = {}): void => {
    client.asks('h', 'initialize', { protocolVersion, capabilities, clientInfo: { name: 'c', version: '1' } });
    server.takesAll();
    server.answers('h', { protocolVersion, capabilities: {}, serverInfo: { name: 's', version: '1' } });
    client.takesAll();
    client.sends('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    server.takesAll();
  };
  return { client, server, handshake };
}

interface Sent {
  readonly id?: unknown;
  readonly params?: { readonly arguments?: unknown; readonly _meta?: Readonly<Record<string, unknown>> };
}

describe('a request', () => {
  test('P19 is a span as server, in it one as client, and goes on under the second', () => {
    const { play, spanOf } = traced();
    const { client, server, handshake } = open(play, { transportType: 'stdio' });
    handshake({ protocolVersion: '2025-06-18' });
    client.sends(call(7, { traceparent: sampled, tracestate: 'a=b', progressToken: 'p' }));
    const [sent] = server.takesAll() as readonly Sent[];
    server.answers(7, {});
    client.takesAll();
    const asServer = spanOf(SpanKind.SERVER, 'tools/call weather')!;
    const asClient = spanOf(SpanKind.CLIENT, 'tools/call weather')!;
    expect(asServer.spanContext().traceId).toBe(traceId);
    expect(asServer.parentSpanContext?.spanId).toBe(parentId);
    expect(asClient.parentSpanContext?.spanId).toBe(asServer.spanContext().spanId);
    expect(sent).toMatchObject({ id: 7, params: { arguments: { city: 'Oslo' } } });
    expect(sent?.params?._meta).toEqual({
      traceparent: `00-${traceId}-${asClient.spanContext().spanId}-01`,
      tracestate: 'a=b',
      progressToken: 'p',
    });
    expect(asServer.attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'mcp.session.id': 's1',
      'mcp.protocol.version': '2025-06-18',
      'jsonrpc.request.id': '7',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'weather',
      'network.transport': 'pipe',
      outcome: 'result',
    });
    expect(asServer.status.code).toBe(SpanStatusCode.UNSET);
  });

  test('has the attributes of the conventions, and few of ours', () => {
    const { play, spans } = traced();
    const { client, server, handshake } = open(play, { transportType: 'http', route: 'r' });
    handshake();
    client.sends(call(7));
    server.takesAll();
    client.asks(8, 'prompts/get', { name: 'ask' });
    client.asks(9, 'resources/read', { uri: 'https://me:secret@h.example/a?token=b' });
    server.takesAll();
    for (const id of [7, 8, 9]) server.answers(id, {});
    client.takesAll();
    const requests = spans().filter(({ kind }) => kind !== SpanKind.INTERNAL);
    const names = requests.flatMap(({ attributes }) => Object.keys(attributes));
    const known: readonly string[] = [...conventionalSpanAttributes, 'outcome', 'route'];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    for (const { attributes } of requests) expect(attributes).toHaveProperty([requiredAttribute]);
    expect(requests.map(({ attributes }) => attributes['mcp.resource.uri'])).toContain('https://h.example/a');
  });

  test('that who asked does not trace goes on as it came', () => {
    const { play, spans } = traced();
    const { client, server, handshake } = open(play);
    handshake();
    const before = spans().length;
    const line = call(7, { traceparent: unsampled });
    client.sends(line);
    server.receives(line);
    server.answers(7, {});
    client.takesAll();
    expect(spans()).toHaveLength(before);
  });

  test('whose context is nonsense begins a trace of its own', () => {
    const { play, spanOf } = traced();
    const { client, server, handshake } = open(play);
    handshake();
    client.sends(call(7, { traceparent: 7, tracestate: { a: 1 } }));
    const [sent] = server.takesAll() as readonly Sent[];
    server.answers(7, {});
    client.takesAll();
    expect(spanOf(SpanKind.SERVER, 'tools/call weather')?.parentSpanContext).toBeUndefined();
    expect(sent?.params?._meta?.['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(sent?.params?._meta).not.toHaveProperty('tracestate');
  });

  test('of a server is traced to its client in the same way', () => {
    const { play, spanOf } = traced();
    const { client, server, handshake } = open(play, { transportType: 'websocket' });
    handshake({ capabilities: { roots: {} } });
    server.asks('q', 'roots/list');
    const [sent] = client.takesAll() as readonly Sent[];
    client.answers('q', { roots: [] });
    server.takesAll();
    expect(sent?.params?._meta?.['traceparent']).toContain(spanOf(SpanKind.CLIENT, 'roots/list')?.spanContext().spanId);
    expect(spanOf(SpanKind.CLIENT, 'roots/list')?.attributes).toMatchObject({ 'network.protocol.name': 'websocket' });
    expect(spanOf(SpanKind.SERVER, 'roots/list')?.attributes).not.toHaveProperty(['network.protocol.name']);
  });

  test('that fails has the code that its requester was told', () => {
    const { play, spanOf } = traced();
    const { client, server, handshake } = open(play);
    handshake();
    client.sends(call('a'));
    server.takesAll();
    server.sends('{"jsonrpc":"2.0","id":"a","error":{"code":-40404,"message":"no"}}');
    client.takesAll();
    const span = spanOf(SpanKind.CLIENT, 'tools/call weather');
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes).toMatchObject({
      outcome: 'error',
      'error.type': '-40404',
      'rpc.response.status_code': '-40404',
      'jsonrpc.request.id': 'a',
    });
  });

  test('that was not sent on has no span as client', () => {
    const { play, spanOf } = traced();
    const { client, server, handshake } = open(play);
    handshake();
    client.sends(call(1));
    server.takesAll();
    client.sends(call(1));
    client.takesAll();
    expect(spanOf(SpanKind.SERVER, 'tools/call weather')).toBeDefined();
    expect(spanOf(SpanKind.CLIENT, 'tools/call weather')).toBeUndefined();
  });

  test('ends with its session, whatever becomes of it', () => {
    const { play, spans, spanOf } = traced();
    const { client, server, handshake } = open(play);
    handshake();
    client.sends(call(1));
    server.takesAll();
    client.leaves();
    expect(spanOf(SpanKind.SERVER, 'tools/call weather')?.attributes).toMatchObject({ 'error.type': 'client-gone' });
    expect(spans().filter(({ ended }) => !ended)).toEqual([]);
  });

  test('comes to the tracing as other interceptors have made it', () => {
    const rename: Interceptor = {
      name: 'rename',
      intercept: ({ method, message }) =>
        method === 'tools/call' ? { action: 'modify', message: { ...message, params: { name: 'other' } } } : undefined,
    };
    const { play, spanOf } = traced([rename]);
    const { client, server, handshake } = open(play);
    handshake();
    client.sends(call(1));
    server.takesAll();
    server.answers(1, {});
    client.takesAll();
    expect(spanOf(SpanKind.SERVER, 'tools/call other')).toBeDefined();
  });
});

describe('a session', () => {
  test('is a span with its states, which its requests are linked to', () => {
    const { play, spanOf } = traced();
    const { client, handshake } = open(play, { transportType: 'http', route: 'r' });
    handshake();
    client.leaves();
    const span = spanOf(SpanKind.INTERNAL, 'mcp.session')!;
    expect(span.events.map(({ attributes }) => attributes?.['to'])).toEqual(['active.serving', 'closed']);
    expect(span.attributes).toMatchObject({
      'mcp.session.id': 's1',
      'mcp.protocol.version': '2025-11-25',
      'network.protocol.name': 'http',
      route: 'r',
      'ninelives.end.reason': 'client-gone',
    });
    const request = spanOf(SpanKind.SERVER, 'initialize')!;
    expect(request.links.map(({ context }) => context.spanId)).toEqual([span.spanContext().spanId]);
    expect(request.spanContext().traceId).not.toBe(span.spanContext().traceId);
  });

  test('that fails says why', () => {
    const { play, spanOf } = traced();
    const { client } = play.open();
    client.asks(1, 'initialize');
    play.timePasses(61_000);
    expect(spanOf(SpanKind.INTERNAL, 'mcp.session')).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'initialize-timeout' },
    });
  });

  test('that was open before is not traced, and one that is open when tracing stops ends there', () => {
    const { play, stop, spans } = traced();
    const { client, server, handshake } = open(play);
    handshake();
    client.sends(call(1));
    server.takesAll();
    stop();
    const told = spans().length;
    expect(spans().at(-1)?.name).toBe('mcp.session');
    client.sends(call(2));
    server.receives(call(2));
    client.leaves();
    expect(spans()).toHaveLength(told);
  });
});

test('without an SDK every request goes on as it came', () => {
  const tracing = createTracing({
    tracer: new BasicTracerProvider().getTracer('none'),
    propagator: new W3CTraceContextPropagator(),
  });
  const play = new Playbook({ interceptors: [tracing.interceptor] });
  const { client, server, handshake } = open(play);
  handshake();
  client.sends(call(1));
  server.receives(call(1));
});
