/**
 * The sessions of `forward http`, as clients of both SDKs live them: many at once, each with what is meant for it; a server that is
 * away between two calls; clients that are never seen again; the end of the proxy while calls are under way.
 */
import { afterAll, describe, expect, test } from 'vitest';

import { cancelled, failure } from './conversations.ts';
import { type Listening, conformanceServer, listening, reaching, sdkV1Server, serving } from './listening.ts';
import { type Program, scripted, stopAll } from './program.ts';
import { type ClientKind, type Heard, type SdkClient, type Way, connect } from './sdk-client.ts';
import { survivors, survivorsOf } from './survivors.ts';

afterAll(stopAll);

const timeout = 60_000;
const legacyKinds = ['v1', 'v2 legacy'] as const satisfies readonly ClientKind[];

/** Calls a tool, and gives the text of its answer. */
async function say(client: SdkClient, name: string, args: Record<string, unknown> = {}): Promise<string> {
  const { content } = (await client.callTool(name, args)) as { readonly content: readonly { readonly text: string }[] };
  return content[0]!.text;
}

const isAbout =
  (data: string) =>
  ({ params }: Heard): boolean =>
    params?.['data'] === data;

const isUpdate = ({ method }: Heard): boolean => method === 'notifications/resources/updated';

const areYouThere = 'Are you there?';

/** Resolves when the client hears what the server says by itself: its stream may open later than its first calls are answered. */
async function attentive(client: SdkClient): Promise<void> {
  while (!client.notifications().some(isAbout(areYouThere))) await say(client, 'news', { text: areYouThere });
}

function pidsOf(program: Program): readonly number[] {
  return program
    .log()
    .filter(({ message }) => message === 'server started')
    .map(({ pid }) => pid as number);
}

/** The proxy, which was asked to stop, goes with everything that it had started. */
async function gone({ program }: Listening): Promise<void> {
  expect(await program.exit).toEqual({ code: 0, signal: null });
  expect(survivorsOf(pidsOf(program))).toEqual([]);
}

async function stopped(front: Listening): Promise<void> {
  front.program.signal('SIGTERM');
  await gone(front);
}

describe('many clients at once', () => {
  const count = 20;
  const numbers = Array.from({ length: count }, (_, number) => number);

  test('P4 P13 P9 each have a session, a server and answers of their own', { timeout }, async () => {
    const front = await listening('http', scripted());
    const talks = numbers.map(async (number) => {
      const client = await connect(legacyKinds[number % 2]!, front.url, true);
      const texts = numbers.map((part) => `${number} ${part}`);
      const echoes = Promise.all(texts.map(async (text) => say(client, 'echo', { text })));
      expect(JSON.parse(await say(client, 'ask', { method: 'ping' }))).toEqual({});
      expect(await say(client, 'ask', { method: 'roots/list' })).toContain('file:///tmp');
      expect(await echoes).toEqual(texts);
      const { pid } = JSON.parse(await say(client, 'info')) as { readonly pid: number };
      const id = client.sessionId();
      await client.terminate();
      await client.close();
      return { pid, id };
    });
    const all = await Promise.all(talks);
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(count);
    expect(new Set(all.map(({ id }) => id)).size).toBe(count);
    expect(pidsOf(front.program)).toHaveLength(count);
    expect(pidsOf(front.program)).toEqual(expect.arrayContaining(all.map(({ pid }) => pid)));
    await stopped(front);
  });

  test('P4 have answers of their own where all of them share a server', { timeout }, async () => {
    const front = await listening('http', conformanceServer('stdio.js'));
    const talks = numbers.slice(0, 10).map(async (number) => {
      const client = await connect('v2 pin', front.url, true);
      const email = `${number}@example.com`;
      const echo = say(client, 'json_schema_2020_12_tool', { contactMethod: 'email', email });
      expect(await say(client, 'test_elicitation', { message: 'Who?' })).toContain('"name":"somebody"');
      expect(JSON.parse(await echo)).toMatchObject({ email });
      await client.close();
    });
    await Promise.all(talks);
    expect(pidsOf(front.program)).toHaveLength(1);
    await stopped(front);
  });

  test('P11 P4 P18 hear what is theirs where a process is shared on purpose', { timeout }, async () => {
    const front = await listening('http', scripted(), ['--share', 'shared']);
    const talks = numbers.slice(0, 10).map(async (number) => {
      const client = await connect(legacyKinds[number % 2]!, front.url, true);
      const steps: unknown[] = [];
      const onprogress = (step: unknown): number => steps.push(step);
      const stepped = client.callTool('progress', { count: 3 }, { onprogress });
      expect(await say(client, 'echo', { text: `${number}` })).toBe(`${number}`);
      await stepped;
      expect(steps).toMatchObject([{ progress: 1 }, { progress: 2 }, { progress: 3 }]);
      await client.close();
    });
    await Promise.all(talks);
    expect(pidsOf(front.program)).toHaveLength(1);
    await stopped(front);
  });
});

describe('what a server says by itself', () => {
  const fronts: Readonly<Record<string, (server: URL) => Promise<Way>>> = {
    'no proxy': async (server) => server,
    'forward http': async (server) => (await listening('http', server)).url,
    'forward ws': async (server) => (await listening('ws', server)).url,
    'forward stdio': async (server) => reaching(server),
  };

  test.each(Object.entries(fronts))(
    'P18 reaches the client that it is meant for: %s',
    { timeout },
    async (_, through) => {
      const server = await sdkV1Server();
      const way = await through(server.url);
      const [one, other] = await Promise.all([connect('v1', way, true), connect('v2 legacy', way, true)]);
      await Promise.all([one, other].map(attentive));
      await one.subscribe('test://text');
      await say(one, 'change');
      await say(one, 'log', { text: 'to one, with an answer' });
      await say(one, 'news', { text: 'to one' });
      await say(other, 'change');
      await say(other, 'news', { text: 'to the other' });
      await Promise.all([one.heard(isAbout('to one')), other.heard(isAbout('to the other'))]);
      const said = (client: SdkClient): readonly unknown[] =>
        client
          .notifications()
          .filter((notification) => !isAbout(areYouThere)(notification))
          .map(({ method, params }) => params?.['data'] ?? method);
      expect(said(one)).toHaveLength(3);
      expect(new Set(said(one))).toEqual(
        new Set(['notifications/resources/updated', 'to one, with an answer', 'to one']),
      );
      expect(said(other)).toEqual(['to the other']);
      await Promise.all([one.close(), other.close()]);
    },
  );

  test('P18 reaches those who listen, and nobody else, in the modern era', { timeout }, async () => {
    const server = await serving(conformanceServer('http.js'));
    const front = await listening('http', server.url);
    const [listener, other] = await Promise.all([
      connect('v2 pin', front.url, false),
      connect('v2 auto', front.url, false),
    ]);
    const isChange = ({ method }: { readonly method: string }): boolean =>
      method === 'notifications/tools/list_changed';
    const stopListening = await listener.listen();
    await say(other, 'test_trigger_tool_change');
    await listener.heard(isChange);
    await stopListening();
    expect(listener.notifications().filter(isChange)).toHaveLength(1);
    expect(other.notifications()).toEqual([]);
    await Promise.all([listener.close(), other.close()]);
    await stopped(front);
  });
});

describe('a server that was away between two calls', () => {
  const fronts: Readonly<Record<string, (server: URL) => Promise<Way>>> = {
    'forward http': async (server) => (await listening('http', server)).url,
    'forward ws': async (server) => (await listening('ws', server)).url,
    'forward stdio': async (server) => reaching(server),
  };

  test.each(Object.entries(fronts))(
    'P3 has forgotten its sessions, and clients go on: %s',
    { timeout },
    async (_, through) => {
      const server = await sdkV1Server();
      const way = await through(server.url);
      const clients = await Promise.all(legacyKinds.map(async (kind) => connect(kind, way, true)));
      const direct = await connect('v1', server.url, true);
      const ids = clients.map((client) => client.sessionId());
      for (const client of [...clients, direct]) {
        await attentive(client);
        await client.subscribe('test://text');
        expect([await say(client, 'count'), await say(client, 'count')]).toEqual(['1', '2']);
      }
      server.program.signal('SIGKILL');
      await server.program.exit;
      await sdkV1Server(Number(server.url.port));
      for (const client of clients) {
        expect(await say(client, 'count')).toBe('1');
        // What the client had subscribed to was subscribed to again.
        while (!client.notifications().some(isUpdate)) expect(await say(client, 'change')).toBe('changed');
      }
      expect(clients.map((client) => client.sessionId())).toEqual(ids);
      expect(await failure(direct.callTool('count'))).toMatchObject({
        message: expect.stringContaining('Session not found'),
      });
      await Promise.all([...clients, direct].map(async (client) => client.close()));
    },
  );

  test.each(legacyKinds)('P3 is started again, and a client %s goes on', { timeout }, async (kind) => {
    const front = await listening('http', scripted());
    const client = await connect(kind, front.url, true);
    const id = client.sessionId();
    process.kill(await front.program.server(), 'SIGKILL');
    await front.program.logged('server exited');
    expect(await say(client, 'echo', { text: 'again' })).toBe('again');
    expect(client.sessionId()).toBe(id);
    expect(pidsOf(front.program)).toHaveLength(2);
    await client.close();
    await stopped(front);
  });
});

test('P2 clients that are never seen again leave nothing behind', { timeout }, async () => {
  const count = 10;
  const front = await listening('http', scripted(), ['--session-idle-ms', '1000']);
  const faithful = await connect('v1', front.url, false);
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
  const post = async (message: object, more: Readonly<Record<string, string>> = {}): Promise<Response> => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    return fetch(front.url, { method: 'POST', headers: { ...headers, ...more }, body });
  };
  const clientInfo = { name: 'abandoned', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const abandon = async (): Promise<string> => {
    const response = await post({ id: 1, method: 'initialize', params });
    await response.text();
    return response.headers.get('mcp-session-id')!;
  };
  const ids = await Promise.all(Array.from({ length: count }, abandon));
  expect(new Set(ids).size).toBe(count);
  const over = (): readonly unknown[] =>
    front.program.log().filter(({ message, reason }) => message === 'session ended' && reason === 'idle');
  await front.program.until(() => (over().length >= count ? true : undefined), 'the end of all abandoned sessions');
  const { pid } = JSON.parse(await say(faithful, 'info')) as { readonly pid: number };
  const left = () => survivorsOf(pidsOf(front.program)).map(({ group }) => group);
  await expect.poll(left, { timeout: 10_000 }).toEqual([pid]);
  const late = await post({ id: 2, method: 'ping' }, { 'Mcp-Session-Id': ids[0]! });
  expect([late.status, await late.json()]).toMatchObject([404, { id: 2, error: { code: 4040 } }]);
  // Whoever has a stream open is there.
  expect(await say(faithful, 'echo', { text: 'still here' })).toBe('still here');
  await faithful.close();
  await stopped(front);
});

test(
  'P2 the server that clients of 2026-07-28 share goes when nobody has used it, and comes again',
  { timeout },
  async () => {
    const front = await listening('http', conformanceServer('stdio.js'), ['--session-idle-ms', '500']);
    const client = await connect('v2 pin', front.url, false);
    const before = await client.callTool('test_simple_text');
    const first = await front.program.server(1);
    await front.program.logged('session ended');
    await expect.poll(() => survivors(first), { timeout: 10_000 }).toEqual([]);
    expect(await client.callTool('test_simple_text')).toEqual(before);
    expect(await front.program.server(2)).not.toBe(first);
    await client.close();
    await stopped(front);
  },
);

test('P10 a call that its client gives up is given up at the server', { timeout }, async () => {
  const front = await listening('http', scripted());
  for (const kind of legacyKinds) {
    const client = await connect(kind, front.url, false);
    const seen = async (): Promise<readonly string[]> => {
      const { order } = JSON.parse(await say(client, 'seen')) as { readonly order: readonly string[] };
      return order.map((line) => line.split(' ')[0]!).filter((method) => method !== 'ping');
    };
    expect(await cancelled(client, 'never', {})).toMatchObject({
      message: expect.stringContaining('no longer wanted'),
    });
    expect((await seen()).slice(-3)).toEqual(['tools/call', 'notifications/cancelled', 'tools/call']);
    await client.close();
  }
  await stopped(front);
});

test('P17 calls under way are finished before the proxy stops, and new ones are refused', { timeout }, async () => {
  const http = await listening('http', scripted());
  const ws = await listening('ws', scripted());
  const clients = await Promise.all([
    connect('v1', http.url, false),
    connect('v2 legacy', http.url, false),
    connect('v1', ws.url, false),
  ]);
  const underWay = clients.map(async (client) => say(client, 'delay', { ms: 1500, text: 'finished' }));
  await Promise.all(clients.map(async (client) => client.ping()));
  for (const { program } of [http, ws]) program.signal('SIGTERM');
  await Promise.all([http, ws].map(async ({ program }) => program.logged('draining')));
  const refused = await Promise.all(clients.map(async (client) => failure(client.callTool('echo'))));
  for (const refusal of refused) expect(JSON.stringify(refusal)).toContain('5031');
  expect(await failure(connect('v1', http.url, false))).toHaveProperty('message');
  expect(await Promise.all(underWay)).toEqual(['finished', 'finished', 'finished']);
  await Promise.all([gone(http), gone(ws)]);
  await Promise.all(clients.map(async (client) => client.close()));
});
