/**
 * Several `ninelives forward http --cluster` behind a load balancer that knows nothing of sessions: each request of a client comes to
 * another node, and clients notice nothing of it. Nodes and the server of their cluster are real; the code under test is the built one.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { askAdmin } from '../../src/admin/client.ts';
import { readRunFiles } from '../../src/admin/run-files.ts';
import { Balancer } from '../cluster/balancer.ts';
import { NatsServer, hasNoNats } from '../cluster/nats-server.ts';
import { type Listening, listening, reference } from './listening.ts';
import { type Message, forwarding, ninelives, scripted, start, stopAll } from './program.ts';
import { connect } from './sdk-client.ts';
import { result as resultOf } from '../../src/testing/messages.ts';
import { sessionful, startServer } from '../transports/http-talk.ts';

const timeout = 60_000;

describe.skipIf(hasNoNats)('three nodes', () => {
  let nats: NatsServer;
  let clusters = 0;
  const balancers: Balancer[] = [];

  const folder = mkdtempSync(join(tmpdir(), 'cluster-'));

  beforeAll(async () => {
    nats = await NatsServer.start();
  });
  afterEach(async () => {
    await Promise.all(balancers.splice(0).map(async (balancer) => balancer.close()));
    await stopAll();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await nats.stop();
  });

  async function nodes(
    server: Parameters<typeof listening>[1],
    count = 3,
    more: readonly string[] = [],
  ): Promise<readonly Listening[]> {
    clusters += 1;
    const flags = ['--cluster', nats.url, '--cluster-name', `e2e-${clusters}`, '--frame-bytes-max', '1048576', ...more];
    return Promise.all(Array.from({ length: count }, async () => listening('http', server, flags)));
  }

  /** Gateways on one file, each a node of the cluster that it names. */
  async function gatewaysOn(text: string, count: number) {
    const file = join(mkdtempSync(join(folder, 'gateway-')), 'gateway.yaml');
    writeFileSync(file, text);
    return Promise.all(
      Array.from({ length: count }, async () => {
        const own = mkdtempSync(join(folder, 'run-'));
        const program = start(ninelives('gateway', '--config', file, '--inspect', '127.0.0.1:0'), {
          XDG_RUNTIME_DIR: own,
        });
        const said = (what: RegExp) => (): string | undefined =>
          program.err.flatMap((line) => what.exec(line)?.[1] ?? [])[0];
        const url = await program.until(said(/listening on (\S+)/), 'saying where it listens');
        await program.until(said(/(inspector) on/), 'saying where its inspector is');
        return { url, places: readRunFiles(join(own, 'ninelives')) };
      }),
    );
  }

  async function balanced(all: readonly Listening[]): Promise<Balancer> {
    const balancer = await Balancer.open(all.map(({ url }) => url));
    balancers.push(balancer);
    return balancer;
  }

  test('are one to a client whose every request comes to another of them', { timeout }, async () => {
    const { url } = await balanced(await nodes(reference('server-everything', 'stdio')));
    const client = await connect('v1', url, true);
    const { tools } = await client.listTools();
    expect(tools.length).toBeGreaterThan(5);
    for (let count = 0; count < 6; count += 1) {
      expect(await client.callTool('echo', { message: String(count) })).toMatchObject({
        content: [{ text: `Echo: ${count}` }],
      });
    }
    await client.terminate();
    await client.close();
  });

  test(
    'stay when one of them is killed: whoever waits for it is told what is known, and its sessions are over',
    { timeout },
    async () => {
      const [a, b, c] = (await nodes(scripted())) as [Listening, Listening, Listening];
      const session = await shakesHands(a.url);
      const waiting = Array.from({ length: 10 }, async (_, id) =>
        call((id % 2 === 0 ? b : c).url, session, id, 'never'),
      );
      const look = looker(session);
      while ((await look(b.url)) < waiting.length) await look(c.url);
      a.program.signal('SIGKILL');
      for (const { status, error } of await Promise.all(waiting)) {
        expect(status).toBe(502);
        expect(error?.data).toMatchObject({ code: 'OWNER_LOST', executed: 'unknown' });
      }
      let answer = await call(b.url, session, 100, 'echo');
      for (let id = 101; answer.status === 503; id += 1) {
        expect(answer.error?.data).toMatchObject({ executed: 'no', retryable: true });
        answer = await call((id % 2 === 0 ? b : c).url, session, id, 'echo');
      }
      expect([answer.status, answer.error?.data?.['code']]).toEqual([404, 'SESSION_NOT_FOUND']);
      const another = await shakesHands(c.url);
      expect((await call(b.url, another, 1, 'echo')).status).toBe(200);
    },
  );

  test(
    'go on with the sessions of one that is killed, where the server is there for all: it notices nothing',
    { timeout },
    async () => {
      const server = await startServer(
        sessionful((asked) => asked.json(resultOf(asked.id, { session: asked.header('mcp-session-id') }))),
      );
      const all = (await nodes(new URL(server.url))) as [Listening, Listening, Listening];
      const [a, b, c] = all;
      const session = await shakesHands(a.url);
      expect(await call(b.url, session, 1, 'echo')).toMatchObject({ status: 200, result: { session: 'session-1' } });
      a.program.signal('SIGKILL');
      let answer = await call(b.url, session, 2, 'echo');
      for (let id = 3; answer.status !== 200; id += 1) {
        expect(answer.error?.data).toMatchObject({ code: 'OWNER_LOST' });
        answer = await call((id % 2 === 0 ? b : c).url, session, id, 'echo');
      }
      expect(answer.result).toEqual({ session: 'session-1' });
      for (const { url } of [b, c]) expect((await call(url, session, 1000, 'echo')).status).toBe(200);
      expect(server.log.filter((what) => what === 'initialize' || what === 'DELETE')).toEqual(['initialize']);
    },
  );

  test(
    'go on with the sessions of one that drains, with nothing refused; a command is started anew where that is allowed',
    { timeout },
    async () => {
      const [a, b] = (await nodes(scripted(), 2, ['--cluster-restartable'])) as [Listening, Listening];
      const session = await shakesHands(a.url);
      expect((await call(b.url, session, 1, 'echo', { text: 'hello' })).status).toBe(200);
      a.program.signal('SIGTERM');
      expect(await a.program.exit).toEqual({ code: 0, signal: null });
      expect(await call(b.url, session, 2, 'echo', { text: 'again' })).toMatchObject({
        status: 200,
        result: { content: [{ text: 'again' }] },
      });
    },
  );

  test('are gateways as well, in which a session belongs to its route', { timeout }, async () => {
    const [command, ...args] = scripted();
    const upstream = JSON.stringify({ command, args });
    const text = `version: 1
listen: 127.0.0.1:0
limits: { frameBytesMax: 1048576 }
cluster: { url: '${nats.url}', name: e2e-gateways }
upstreams: { one: ${upstream}, two: ${upstream} }
routes: [{ path: /one, upstream: one }, { path: /two, upstream: two }]
`;
    const gateways = await gatewaysOn(text, 2);
    const [a, b] = gateways.map(({ url }) => url) as [string, string];
    const session = await shakesHands(new URL('/one', a));
    expect(await call(new URL('/one', b), session, 1, 'echo', { text: 'hello' })).toMatchObject({
      result: { content: [{ text: 'hello' }] },
    });
    expect((await call(new URL('/two', b), session, 2, 'echo')).status).toBe(404);
    for (const { places } of gateways) {
      if ('problem' in places) throw new Error(places.problem);
      expect(await askAdmin(places[0]!, 'GET', '/cluster')).toMatchObject({
        kind: 'answered',
        body: { phase: 'up', peers: [{}] },
      });
    }
  });

  test('have one limit of pending requests together', { timeout }, async () => {
    const [command, ...args] = scripted();
    const [pendingTotal, sessions, calls] = [24, 2, 8];
    const gateways = await gatewaysOn(
      `version: 1
listen: 127.0.0.1:0
limits: { frameBytesMax: 1048576 }
totals: { pendingTotal: ${pendingTotal} }
cluster: { url: '${nats.url}', name: e2e-limit }
upstreams: { one: ${JSON.stringify({ command, args })} }
routes: [{ path: /one, upstream: one }]
`,
      4,
    );
    const asked = gateways.length * sessions * calls;
    const refused: unknown[] = [];
    for (const { url } of gateways) {
      for (let number = 0; number < sessions; number += 1) {
        const at = new URL('/one', url);
        const session = await shakesHands(at);
        for (let id = 0; id < calls; id += 1) {
          void call(at, session, id, 'never').then(
            ({ error }) => refused.push(error?.data),
            () => {},
          );
        }
      }
    }
    const used = async (): Promise<number> => {
      let sum = 0;
      for (const { places } of gateways) {
        if ('problem' in places) throw new Error(places.problem);
        const told = await askAdmin(places[0]!, 'GET', '/cluster');
        if (told.kind === 'answered') sum += (told.body as { readonly budgetUsed: number }).budgetUsed;
      }
      return sum;
    };
    while ((await used()) + refused.length < asked);
    expect(await used()).toBeLessThanOrEqual(pendingTotal);
    expect(refused.length).toBeGreaterThanOrEqual(asked - pendingTotal);
    for (const data of refused) expect(data).toMatchObject({ code: 'TOO_MANY_REQUESTS', scope: 'nodes' });
  });

  test('are left by one that drains, which ends with 0 when its calls are answered', { timeout }, async () => {
    const [a, b] = (await nodes(scripted(), 2)) as [Listening, Listening];
    const session = await shakesHands(a.url);
    const waiting = call(b.url, session, 1, 'delay', { ms: 300 });
    const look = looker(session);
    while ((await look(b.url)) === 0);
    a.program.signal('SIGTERM');
    expect((await waiting).status).toBe(200);
    expect(await a.program.exit).toEqual({ code: 0, signal: null });
    expect((await call(b.url, session, 2, 'echo')).status).toBe(404);
  });

  test(
    'are none where the cluster cannot be had: that is said, with an exit code of its own',
    { timeout },
    async () => {
      const program = start(
        ninelives('forward', 'http', '--cluster', 'nats://ada:secret@127.0.0.1:1', '--', ...scripted()),
      );
      expect((await program.exit).code).toBe(6);
      expect(program.err.join()).toContain('127.0.0.1:1');
      expect(program.err.join()).not.toContain('secret');
    },
  );
});

test('without a cluster nothing of one is loaded', { timeout }, async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'loaded-'));
  const [hook, list] = [join(workspace, 'hook.cjs'), join(workspace, 'list')];
  const says = `require('fs').writeFileSync(${JSON.stringify(list)}, Object.keys(require.cache).join('\\n'))`;
  writeFileSync(hook, `process.on('exit', () => ${says});`);
  const command = ninelives('forward', 'http', '--listen', '127.0.0.1:0', '--', ...scripted());
  const program = start(command, { NODE_OPTIONS: `--require ${hook}` });
  await program.until(() => program.err.find((line) => line.includes('listening on')));
  program.signal('SIGTERM');
  await program.exit;
  const files = readFileSync(list, 'utf8').split('\n');
  expect(files.some((file) => file.endsWith('run-listening.cjs'))).toBe(true);
  // Each part of the command begins the text of a source with its name.
  const ofClusters = /^\/\/ (?:src\/cluster\/|.*node_modules\/@nats-io\/)/m;
  expect(ofClusters.test(readFileSync('dist/bin/cluster-join.cjs', 'utf8'))).toBe(true);
  const loaded = files.filter((file) => file.endsWith('.cjs') && file !== hook);
  expect(loaded.filter((file) => ofClusters.test(readFileSync(file, 'utf8')))).toEqual([]);
  rmSync(workspace, { recursive: true });
});

test('on stdio there is one client, and no cluster', { timeout }, async () => {
  const program = start(forwarding(scripted(), ['--cluster', 'nats://127.0.0.1:1']));
  expect((await program.exit).code).toBe(2);
  expect(program.err[0]).toBe(
    'error: --cluster is for forward http and gateway: on stdio there is one client, and one node',
  );
});

interface Answered {
  readonly status: number;
  readonly result?: { readonly content: readonly { readonly text: string }[] };
  readonly error?: Message['error'];
}

async function post(url: URL, headers: Readonly<Record<string, string>>, message: object): Promise<Response> {
  const said = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers };
  return fetch(url, { method: 'POST', headers: said, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
}

async function shakesHands(url: URL): Promise<string> {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1.0.0' } };
  const answer = await post(url, {}, { id: 'init', method: 'initialize', params });
  await answer.text();
  const session = answer.headers.get('mcp-session-id')!;
  await (await post(url, { 'Mcp-Session-Id': session }, { method: 'notifications/initialized' })).text();
  return session;
}

async function call(url: URL, session: string, id: number | string, name: string, args = {}): Promise<Answered> {
  const message = { id, method: 'tools/call', params: { name, arguments: args } };
  const answer = await post(url, { 'Mcp-Session-Id': session }, message);
  const text = await answer.text();
  const json = text.startsWith('{') ? text : (/^data: (\{.+)$/m.exec(text)?.[1] ?? '{}');
  return { ...(JSON.parse(json) as Answered), status: answer.status };
}

/** Looks at what a server has been asked: how many calls besides those of this look itself have come to it. */
function looker(session: string): (url: URL) => Promise<number> {
  let looks = 0;
  return async (url) => {
    looks += 1;
    const { result } = await call(url, session, `look-${looks}`, 'seen');
    const { order } = JSON.parse(result!.content[0]!.text) as { readonly order: readonly string[] };
    return order.filter((each) => each.startsWith('tools/call')).length - looks;
  };
}
