/** What the built command tells those who watch it from outside: metrics to Prometheus, traces to a collector. */
import { describe, expect, test } from 'vitest';
import { linesOf, readExposition } from '../admin/exposition.ts';
import { attributesOf, otlpReceiver, spanKinds } from '../cli/otlp-receiver.ts';
import { open, post } from '../proxy/gateway-setting.ts';
import { type Program, ninelives, scripted, start } from './program.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

async function said(program: Program, pattern: RegExp): Promise<string> {
  return program.until(() => program.err.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0], String(pattern));
}

async function forwarding(flags: readonly string[], environment: Readonly<Record<string, string>>) {
  const command = ninelives('forward', 'http', '--listen', '127.0.0.1:0', ...flags, '--', ...scripted());
  const program = start(command, environment);
  return { program, url: await said(program, /listening on (http:[^\s,]+)/) };
}

describe('ninelives forward http', () => {
  test('shows metrics of its sessions to whoever is on this machine, where that was asked for', async () => {
    const { program, url } = await forwarding(['--inspect', '127.0.0.1:0', '--metrics-open'], {});
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
    const { program, url } = await forwarding([], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
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
    const { url } = await forwarding([], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    expect((await post(url, { id: 1, method: 'ping' }, await open(url))).status).toBe(200);
  });
});
