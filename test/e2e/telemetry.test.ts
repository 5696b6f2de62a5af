/** What the built command tells those who watch it from outside: metrics to Prometheus, traces to a collector. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { linesOf, readExposition } from '../admin/exposition.ts';
import { attributesOf, otlpReceiver, spanKinds } from '../cli/otlp-receiver.ts';
import { open, post, server } from '../proxy/gateway-setting.ts';
import { type Message, type Program, forwarding, ninelives, scripted, start, stopAll } from './program.ts';

afterAll(stopAll);

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

async function said(program: Program, pattern: RegExp): Promise<string> {
  return program.until(() => program.err.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0], String(pattern));
}

async function listening(flags: readonly string[], environment: Readonly<Record<string, string>>) {
  const command = ninelives('forward', 'http', '--listen', '127.0.0.1:0', ...flags, '--', ...scripted());
  const program = start(command, environment);
  return { program, url: await said(program, /listening on (http:[^\s,]+)/) };
}

describe('ninelives forward http', () => {
  test('shows metrics of its sessions to whoever is on this machine, where that was asked for', async () => {
    const { program, url } = await listening(['--inspect', '127.0.0.1:0', '--metrics-open'], {});
    const inspector = await said(program, /inspector on (http:\/\/[^/]+)/);
    const scrape = async (): Promise<string> => (await fetch(`${inspector}/metrics`)).text();
    readExposition(await scrape());
    await post(url, { id: 1, method: 'ping' }, await open(url));
    const text = await scrape();
    readExposition(text);
    expect(linesOf(text, 'ninelives_sessions')).toContainEqual({ labels: { state: 'active.serving' }, value: 1 });
    const pings = linesOf(text, 'mcp_server_operation_duration_seconds_count').filter(
      ({ labels }) => labels['mcp_method_name'] === 'ping',
    );
    expect(pings).toMatchObject([{ labels: { outcome: 'result', network_transport: 'tcp' }, value: 1 }]);
    expect((await fetch(`${inspector}/totals`)).status).toBe(401);
  });

  test('sends spans to the collector that the environment names, in the trace that its client began', async () => {
    const receiver = await otlpReceiver();
    const { program, url } = await listening([], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const session = await open(url);
    await post(url, { id: 1, method: 'ping' }, { ...session, traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    program.process.kill('SIGTERM');
    const ping = await receiver.until(({ name, kind }) => name === 'ping' && kind === spanKinds.server);
    expect([ping.traceId, ping.parentSpanId]).toEqual([traceId, '00f067aa0ba902b7']);
    expect(attributesOf(ping)).toMatchObject({ outcome: 'result', 'network.protocol.name': 'http' });
    const whole = await receiver.until(({ name }) => name === 'mcp.session');
    expect(attributesOf(whole)).toMatchObject({ 'mcp.session.id': session['Mcp-Session-Id'] });
    expect((await program.exit).code).toBe(0);
  });

  test('works on where nobody takes its spans', async () => {
    const { url } = await listening([], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    expect((await post(url, { id: 1, method: 'ping' }, await open(url))).status).toBe(200);
  });
});

test('ninelives forward stdio ends when its last spans are sent, with the code that it ends with anyway', async () => {
  const receiver = await otlpReceiver();
  const command = forwarding(scripted());
  const program = start(command, { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  await program.initialize();
  program.call(1, 'echo', {}, { traceparent: `00-${traceId}-00f067aa0ba902b7-00` });
  await program.answer(1);
  program.call(2, 'echo', {}, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
  await program.answer(2);
  program.endInput();
  expect((await program.exit).code).toBe(0);
  const calls = receiver.spans().filter(({ name }) => name === 'tools/call echo');
  expect(calls.map(({ traceId: of }) => of)).toEqual([traceId, traceId]);
  expect(calls.map((span) => attributesOf(span)['jsonrpc.request.id'])).toEqual(['2', '2']);
  expect(calls.map((span) => attributesOf(span)['network.transport']).filter(Boolean)).toEqual(['pipe']);
});

test('a server on HTTP is told of the trace of each request in its headers, in place of what its client said there', async () => {
  const receiver = await otlpReceiver();
  const traced = await serverThatNotes();
  const state = { tracestate: 'a=1' };
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const program = start(ninelives('forward', 'stdio', '--upstream', traced.url), environment);
  await program.initialize();
  program.send({
    id: 1,
    method: 'ping',
    params: { _meta: { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, ...state } },
  });
  await program.answer(1);
  program.endInput();
  await program.exit;
  const asClient = await receiver.until(({ name, kind }) => name === 'ping' && kind === spanKinds.client);
  expect(traced.headers('ping')).toMatchObject({ traceparent: `00-${traceId}-${asClient.spanId}-01`, ...state });
  const untraced = start(ninelives('forward', 'stdio', '--upstream', traced.url));
  await untraced.initialize();
  await untraced.ask(2, 'tools/list', { _meta: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
  expect(traced.headers('tools/list')).not.toHaveProperty('traceparent');
});

/** Answers every request, and keeps under which headers each method came. */
async function serverThatNotes() {
  const noted = new Map<string, IncomingHttpHeaders>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { id, method, params } = JSON.parse((await textOf(request)) || '{}') as Message;
    noted.set(method ?? '', request.headers);
    const protocolVersion = params?.['protocolVersion'];
    const result =
      method === 'initialize' ? { protocolVersion, capabilities: {}, serverInfo: { name: 's', version: '1' } } : {};
    response.writeHead(id === undefined ? 202 : 200, { 'Content-Type': 'application/json' });
    response.end(id === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id, result }));
  };
  const http = createServer((...exchange) => void answer(...exchange));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, headers: (method: string) => noted.get(method) };
}

test('ninelives gateway measures and traces each route by its name', async () => {
  const receiver = await otlpReceiver();
  const folder = mkdtempSync(join(tmpdir(), 'telemetry-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'gateway.yaml');
  const routes = ['one', 'two'].map((name) => `  - { name: ${name}, path: /${name}, upstream: s }`);
  writeFileSync(file, `version: 1\nlisten: 127.0.0.1:0\nupstreams:\n  s: ${server()}\nroutes:\n${routes.join('\n')}\n`);
  const command = ninelives('gateway', '--config', file, '--inspect', '127.0.0.1:0', '--metrics-open');
  const program = start(command, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const url = await said(program, /listening on (http:[^\s,]+)/);
  const inspector = await said(program, /inspector on (http:\/\/[^/]+)/);
  await open(`${url}/two`);
  const text = await (await fetch(`${inspector}/metrics`)).text();
  readExposition(text);
  const opened = linesOf(text, 'ninelives_sessions_opened_total').map(({ labels, value }) => [labels['route'], value]);
  expect(Object.fromEntries(opened)).toEqual({ one: 0, two: 1 });
  program.signal('SIGTERM');
  const handshake = await receiver.until(({ name, kind }) => name === 'initialize' && kind === spanKinds.client);
  expect(attributesOf(handshake)).toMatchObject({ route: 'two', outcome: 'result' });
  await program.exit;
});
