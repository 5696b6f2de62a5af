/** A real server: refused where it cannot be relied on, and left alone while it is away. What every engine does is in engine.test.ts. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type Engine, Unavailable } from '../../src/cluster/engine.ts';
import { EngineRefused, type NatsEngineOptions, natsEngine } from '../../src/cluster/nats-engine.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { NatsServer, type NatsServerOptions, hasNoNats } from './nats-server.ts';

const opened: { close?(): Promise<void>; stop?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await (one.close?.() ?? one.stop?.());
});

async function serverWith(options?: NatsServerOptions): Promise<NatsServer> {
  const server = await NatsServer.start(options);
  opened.push(server);
  return server;
}

async function engineOn(server: NatsServer, options: Partial<NatsEngineOptions> = {}): Promise<Engine> {
  const engine = await natsEngine({
    ...{ servers: [server.url], cluster: 'test', replicas: 1, frameBytesMax: 1024 * 1024, ...options },
  });
  opened.push(engine);
  return engine;
}

describe.skipIf(hasNoNats)('a server of NATS', () => {
  test('without JetStream is refused', async () => {
    await expect(engineOn(await serverWith({ hasTables: false }))).rejects.toThrow(/JetStream is not enabled/);
  });

  test('that carries less than a frame is refused, with the line that it wants', async () => {
    const server = await serverWith({ payloadBytesMax: 64 * 1024 });
    await expect(engineOn(server)).rejects.toThrow(/carries 65536 bytes.*set `max_payload: \d+`/);
    expect((await engineOn(server, { frameBytesMax: 32 * 1024 })).payloadBytesMax).toBe(64 * 1024);
  });

  test('that is alone cannot keep three copies, and it is said why', async () => {
    const refused = engineOn(await serverWith(), { replicas: 3 });
    await expect(refused).rejects.toThrow(EngineRefused);
    await expect(refused).rejects.toThrow(/3 copies of each table, and fewer servers/);
  });

  test('that nobody listens for is refused', async () => {
    const server = await serverWith();
    await server.kill();
    await expect(engineOn(server)).rejects.toThrow(
      /No server of nats:\/\/127\.0\.0\.1:\d+ can be reached: nothing listens there/,
    );
  });

  test('that is older than it should be is taken with a warning', async () => {
    const warnings: string[] = [];
    await engineOn(await serverWith(), { onWarning: (warning) => warnings.push(warning) });
    expect(warnings.join(' ')).toMatch(/one replica/);
  });

  test('that wants a password is reached with it and not without', async () => {
    const server = await serverWith({ lines: ['authorization { user: "node", password: "secret" }'] });
    await expect(engineOn(server)).rejects.toThrow(/it wants a login/);
    const engine = await engineOn(server, { login: { kind: 'password', user: 'node', password: 'secret' } });
    expect(await engine.cas('session', 's:1', 'one', 0)).toBeGreaterThan(0);
  });

  test('is spoken to by TLS where that is wanted, and not where its certificate is not known', async () => {
    const [certificate, key] = ['cert', 'key'].map((name) =>
      join(process.cwd(), `test/fixtures/localhost-${name}.pem`),
    );
    const server = await serverWith({ lines: [`tls { cert_file: "${certificate}", key_file: "${key}" }`] });
    const servers = [`tls://localhost:${server.port}`];
    await expect(engineOn(server, { servers, tls: {} })).rejects.toThrow(/certificate is not trusted here/);
    const engine = await engineOn(server, { servers, tls: { caFile: certificate! } });
    expect(await engine.cas('session', 's:1', 'one', 0)).toBeGreaterThan(0);
  });

  test('that goes away is noticed: nothing is sent and nothing is asked, and it is there again with all that it had', async () => {
    const server = await serverWith();
    const engine = await engineOn(server);
    const written = await engine.cas('session', 's:1', 'one', 0);
    let heard: (state: string) => void = () => {};
    const next = async (): Promise<string> => new Promise((resolve) => (heard = resolve));
    engine.onState((state) => heard(state));
    const down = next();
    await server.kill();
    expect(await down).toBe('down');
    expect(engine.publish('node.a.frames', encodeText('hello'))).toBe(false);
    await expect(engine.get('session', 's:1')).rejects.toThrow(Unavailable);
    await expect(engine.cas('session', 's:1', 'two', written)).rejects.toThrow(Unavailable);
    const up = next();
    await server.begin();
    expect(await up).toBe('up');
    expect(await engine.get('session', 's:1')).toEqual({ value: 'one', revision: written });
    expect(await engine.cas('session', 's:1', 'two', written)).toBeGreaterThan(written);
  });

  test('that stands still is not waited for when the engine closes', async () => {
    const server = await serverWith();
    const engine = await engineOn(server);
    process.kill(server.pid, 'SIGSTOP');
    expect(await Promise.race([engine.close(), pause(4000, 'late', { ref: false })])).toBeUndefined();
  });

  test('tells watchers what they missed while it was away', async () => {
    const server = await serverWith();
    const [a, b] = [await engineOn(server), await engineOn(server)];
    const values: string[] = [];
    let tell = (): void => {};
    await a.watch('lease', ({ value }) => {
      values.push(value);
      tell();
    });
    const first = await b.cas('lease', 'b', 'one', 0);
    const isUp = Promise.all(
      [a, b].map(async (engine) => new Promise<void>((go) => engine.onState((state) => state === 'up' && go()))),
    );
    await server.kill();
    await server.begin();
    await isUp;
    await b.cas('lease', 'b', 'two', first);
    while (!values.includes('two')) await new Promise<void>((resolve) => (tell = resolve));
    expect(values.at(-1)).toBe('two');
  });
});
