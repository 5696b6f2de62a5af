/**
 * Fronts of several nodes in one process, on real sockets, with an engine in memory and a clock that the test moves. A client asks
 * whichever node it likes; what is true of one node has to be true of all.
 */
import { afterEach, describe, expect, test } from 'vitest';

import { MemoryEngine, MemoryHub } from '../../src/cluster/memory-engine.ts';
import { defaultTimes } from '../../src/cluster/settings.ts';
import type { Backend } from '../../src/proxy/backend.ts';
import { type ClusterSeat, takeSeat } from '../../src/proxy/cluster-seat.ts';
import { forwardHttp } from '../../src/proxy/http.ts';
import type { ListeningForward } from '../../src/proxy/listening.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { notification, request, result } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Client, type Reply, TestServer, usual } from '../transports/http-stage.ts';

const { selfMs, takeMs } = defaultTimes;

class TestNode {
  readonly servers: TestServer[] = [];
  readonly ended: EndReason[] = [];
  seat!: ClusterSeat;
  engine!: MemoryEngine;
  forward!: ListeningForward;
  fencings = 0;

  get server(): TestServer {
    return this.servers.at(-1)!;
  }

  get port(): number {
    return Number(new URL(this.forward.url).port);
  }
}

class Cluster {
  readonly clock = new VirtualClock();
  readonly hub = new MemoryHub();
  readonly nodes: TestNode[] = [];
  readonly clients: Client[] = [];

  async node({ frameBytesMax = 10_000_000, pendingTotal = 1000, isReachedElsewhere = false } = {}): Promise<TestNode> {
    const node = new TestNode();
    const { clock } = this;
    const log = silentLog;
    const engine = new MemoryEngine(this.hub);
    node.engine = engine;
    node.seat = await takeSeat({
      ...{ engine, node: `node-${this.nodes.length + 1}`, clock, log, times: defaultTimes, pendingTotal },
      onFenced: () => (node.fencings += 1),
    });
    const backend: Backend = {
      name: 'test',
      restart: neverRestart,
      servesSessionless: false,
      isReachedElsewhere,
      open: () => {
        node.servers.push(new TestServer(usual));
        return { connector: node.server, release: () => {} };
      },
      problem: () => undefined,
      stop: async () => {},
      hurry: () => {},
      kill: () => {},
    };
    const identify = (asked: { header(name: string): string | undefined }) => {
      const principal = asked.header('x-who') ?? 'ada';
      return { principal, route: undefined, key: principal };
    };
    const refused = { refusal: { status: 403, body: '' } };
    node.forward = await forwardHttp({
      ...{ backend, clock, log, cluster: node.seat, checksInvariants: true, limits: { frameBytesMax } },
      listen: { host: '127.0.0.1', port: 0, path: '/mcp' },
      guard: { identify, documents: new Map(), admitUpgrade: () => refused, close: async () => {} },
      observer: (observation) => {
        if (observation.type === 'session-ended') node.ended.push(observation.reason);
      },
    });
    this.nodes.push(node);
    return node;
  }

  client(node: TestNode, headers: Client['headers'] = {}): Client {
    const client = new Client(node.port, headers as Record<string, string>);
    this.clients.push(client);
    return client;
  }

  /** The same client, at another node. */
  at(node: TestNode, client: Client): Client {
    return this.client(node, client.headers);
  }

  /** Time passes in small steps, and what was promised is kept in between. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      this.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What comes when time passes meanwhile. */
  async during<T>(awaited: Promise<T>): Promise<T> {
    const waiting = { isOver: false };
    const there = awaited.finally(() => (waiting.isOver = true));
    while (!waiting.isOver) await this.pass(100);
    return there;
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.leaves();
    await this.during(Promise.all(this.nodes.map(async ({ forward }) => forward.close())));
  }
}

let cluster: Cluster;

afterEach(async () => cluster.close());

async function threeNodes(
  options: Parameters<Cluster['node']>[0] = {},
): Promise<readonly [TestNode, TestNode, TestNode]> {
  cluster = new Cluster();
  return [await cluster.node(options), await cluster.node(options), await cluster.node(options)];
}

async function errorOf(reply: Reply): Promise<Readonly<Record<string, unknown>>> {
  const { error } = (await reply.json()) as unknown as { readonly error: { readonly data: Record<string, unknown> } };
  return error.data;
}

const news = notification('notifications/message', { level: 'info', data: 'news' });

describe('a session of another node', () => {
  test('answers as one of this node, and knows who asks', async () => {
    const [a, b] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    const there = cluster.at(b, client);
    const reply = await there.posts(request(1, 'echo', { text: 'hello' }));
    expect([reply.status, reply.header('content-type')]).toEqual([200, 'application/json']);
    expect(await reply.json()).toMatchObject(result(1, { text: 'hello' }));
    expect((await there.posts(notification('notifications/roots/list_changed'))).status).toBe(202);
    await a.server.hears('notifications/roots/list_changed');
    expect([b.servers.length, b.seat.facts().forwarded, a.seat.facts().served]).toEqual([0, 2, 2]);
  });

  test('is none for anybody else, and stands nowhere with its id', async () => {
    const [a, b] = await threeNodes();
    const client = cluster.client(a, { 'X-Who': 'ada' });
    await client.shakesHands();
    const stranger = cluster.client(b, { ...client.headers, 'X-Who': 'eve' });
    expect((await stranger.posts(request(1, 'echo'))).status).toBe(404);
    expect((await stranger.deletes()).status).toBe(404);
    expect((await stranger.listens()).status).toBe(404);
    expect((await cluster.at(b, client).posts(request(1, 'echo'))).status).toBe(200);
    const said = JSON.stringify(cluster.hub.store.entries('session'));
    expect(said).toContain('node-1');
    expect(said).not.toContain(client.headers['Mcp-Session-Id']);
  });

  test('has its stream for what the server says by itself at any node, and is come back to at any other', async () => {
    const [a, b, c] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    const stream = await cluster.at(b, client).listens();
    expect(stream.status).toBe(200);
    a.server.says(news);
    const first = await stream.event();
    expect(JSON.parse(first!.data)).toMatchObject(news);
    expect((await cluster.at(c, client).listens()).status).toBe(409);
    a.server.says(notification('notifications/message', { level: 'info', data: 'more' }));
    await stream.event();
    stream.breaks();
    const again = await cluster.at(c, client).listens(first!.id);
    expect(JSON.parse((await again.event())!.data)).toMatchObject({ params: { data: 'more' } });
  });

  test('asks its client by the stream of a request at another node, and hears the reply by a third', async () => {
    const [a, b, c] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    const reply = cluster.at(b, client).posts(request(1, 'tools/call', { _meta: { progressToken: 7 } }));
    const call = await a.server.hears('tools/call');
    const { progressToken } = (call as unknown as { params: { _meta: { progressToken: unknown } } }).params._meta;
    a.server.says(notification('notifications/progress', { progressToken, progress: 1 }));
    const stream = await reply;
    expect(await stream.next()).toMatchObject({ method: 'notifications/progress' });
    const cancelled = await cluster.at(c, client).posts(notification('notifications/cancelled', { requestId: 1 }));
    expect(cancelled.status).toBe(202);
    await a.server.hears('notifications/cancelled');
    expect(await stream.all()).toEqual([]);
  });

  test('ends for all when it is ended at one', async () => {
    const [a, b, c] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    expect((await cluster.at(b, client).deletes()).status).toBe(200);
    for (const node of [a, b, c]) {
      expect((await cluster.during(cluster.at(node, client).posts(request(1, 'echo')))).status).toBe(404);
      expect((await cluster.during(cluster.at(node, client).listens())).status).toBe(404);
    }
    expect([a.ended, cluster.hub.store.entries('session')]).toEqual([['client-closed'], []]);
  });

  test('says things of any size', async () => {
    const [a, b] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    const text = 'x'.repeat(3_000_000);
    const reply = await cluster.at(b, client).posts(request(1, 'echo', { text }));
    expect(await reply.json()).toMatchObject(result(1, { text }));
  });

  test('hears when a client that asked at another node hangs up', async () => {
    const [a, b] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    const stream = await cluster.at(b, client).listens();
    stream.breaks();
    while (b.seat.facts().forwardedPending > 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await cluster.at(b, client).listens()).status).toBe(200);
  });
});

describe('what is wrong is answered as on one node', () => {
  test('a session that nobody has', async () => {
    const [a] = await threeNodes();
    const client = cluster.client(a, { 'Mcp-Session-Id': 'nobody' });
    expect((await cluster.during(client.posts(request(1, 'echo')))).status).toBe(404);
  });

  test('a body that is none, with a session of another node and with none', async () => {
    const [a, b] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    for (const node of [a, b]) expect((await cluster.at(node, client).posts('{')).status).toBe(400);
    expect((await cluster.client(b).posts('{')).status).toBe(400);
  });
});

describe('a node that may not act any more', () => {
  test('ends its sessions, and each request that waits has an answer, wherever it was asked', async () => {
    const [a, b] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    const here = client.posts(request(1, 'tools/call'));
    await a.server.hears('tools/call');
    const there = cluster.at(b, client).posts(request(2, 'tools/call'));
    await a.server.hears('tools/call');
    cluster.clock.advance(selfMs);
    a.seat.facts();
    await cluster.pass(1000);
    for (const reply of [await here, await there]) {
      expect(reply.status).toBe(502);
      expect(await errorOf(reply)).toMatchObject({ code: 'OWNER_LOST', executed: 'unknown' });
    }
    expect([a.fencings, a.ended]).toEqual([1, ['node-fenced']]);
    const probe = await cluster.client(a).sends({ method: 'GET', path: '/readyz' });
    expect(probe.status).toBe(503);
    const refused = await cluster.client(a).posts(request(0, 'initialize', { protocolVersion: '2025-11-25' }));
    expect([refused.status, await errorOf(refused)]).toMatchObject([503, { executed: 'no', retryable: true }]);
  });
});

describe('a node that drains', () => {
  test('finishes what is under way, begins nothing, and leaves', async () => {
    const [a, b] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    const there = cluster.at(b, client).posts(request(1, 'tools/call'));
    const { id } = await a.server.hears('tools/call');
    const drained = a.forward.drain();
    const probe = await cluster.client(a).sends({ method: 'GET', path: '/readyz' });
    expect(probe.status).toBe(503);
    const refused = await cluster.client(a).posts(request(0, 'initialize', { protocolVersion: '2025-11-25' }));
    expect([refused.status, await errorOf(refused)]).toMatchObject([503, { executed: 'no', retryable: true }]);
    a.server.says(result(id, { text: 'done' }));
    expect(await (await there).json()).toMatchObject(result(1, { text: 'done' }));
    await cluster.during(drained);
    expect(a.ended).toEqual(['drained']);
    expect((await cluster.during(cluster.at(b, client).posts(request(2, 'echo')))).status).toBe(404);
  });
});

describe('a session whose server other nodes reach, too', () => {
  const methodsHeard = ({ server }: TestNode): readonly unknown[] => server.heard.map(({ method }) => method);

  test('goes on elsewhere under its id when its node is gone: the server is told what it had been told', async () => {
    const [a, b] = await threeNodes({ isReachedElsewhere: true });
    const client = cluster.client(a);
    await client.shakesHands();
    const subscribed = client.posts(request(1, 'resources/subscribe', { uri: 'file:///a' }));
    a.server.says(result((await a.server.hears('resources/subscribe')).id, {}));
    expect((await subscribed).status).toBe(200);
    await cluster.pass(100);
    await a.engine.close();
    await cluster.pass(takeMs + selfMs);
    expect(a.ended).toEqual(['node-fenced']);
    const there = cluster.at(b, client);
    const reply = await cluster.during(there.posts(request(2, 'echo', { text: 'hello' })));
    expect(await reply.json()).toMatchObject(result(2, { text: 'hello' }));
    expect(methodsHeard(b)).toEqual(['initialize', 'notifications/initialized', 'resources/subscribe', 'echo']);
    expect(b.seat.facts()).toMatchObject({ ownedKeys: 1, takeovers: 1 });
    // From here on it is found without a look at the cluster.
    expect((await there.posts(request(3, 'echo'))).status).toBe(200);
    expect(b.servers).toHaveLength(1);
  });

  test('goes on elsewhere when its node drains, as soon as nothing waits; a stream is come back to', async () => {
    const [a, b] = await threeNodes({ isReachedElsewhere: true });
    const client = cluster.client(a);
    await client.shakesHands();
    const stream = await client.listens();
    a.server.says(news);
    const { id } = (await stream.event())!;
    const waiting = client.posts(request(1, 'tools/call'));
    const call = await a.server.hears('tools/call');
    const drained = a.forward.drain();
    await cluster.pass(300);
    expect(a.ended).toEqual([]);
    a.server.says(result(call.id, { text: 'done' }));
    expect(await (await waiting).json()).toMatchObject(result(1, { text: 'done' }));
    await cluster.during(drained);
    expect(a.ended).toEqual(['drained']);
    const again = await cluster.during(cluster.at(b, client).listens(id));
    expect(again.status).toBe(200);
    b.server.says(news);
    expect(JSON.parse((await again.event())!.data)).toMatchObject(news);
    expect(methodsHeard(b)).toEqual(['initialize', 'notifications/initialized']);
  });

  test('is found by nobody else there, and leaves nothing readable behind', async () => {
    const [a, b] = await threeNodes({ isReachedElsewhere: true });
    const client = cluster.client(a, { 'X-Who': 'ada' });
    await client.shakesHands();
    await cluster.pass(100);
    const [saved] = cluster.hub.store.entries('snapshot');
    const id = client.headers['Mcp-Session-Id']!;
    for (const said of ['ada', 'initialize', 'clientInfo', id]) expect(saved!.value).not.toContain(said);
    await a.engine.close();
    await cluster.pass(takeMs + selfMs);
    const stranger = cluster.client(b, { ...client.headers, 'X-Who': 'eve' });
    expect((await cluster.during(stranger.posts(request(1, 'echo')))).status).toBe(404);
    expect((await cluster.during(cluster.at(b, client).posts(request(2, 'echo')))).status).toBe(200);
  });

  test('that ends there leaves nothing behind at all', async () => {
    const [a, b, c] = await threeNodes({ isReachedElsewhere: true });
    const client = cluster.client(a);
    await client.shakesHands();
    await cluster.pass(100);
    await a.engine.close();
    await cluster.pass(takeMs + selfMs);
    expect((await cluster.during(cluster.at(b, client).deletes())).status).toBe(200);
    await cluster.pass(1000);
    expect([cluster.hub.store.entries('session'), cluster.hub.store.entries('snapshot')]).toEqual([[], []]);
    expect((await cluster.during(cluster.at(c, client).posts(request(1, 'echo')))).status).toBe(404);
  });
});

describe('the limit of pending requests over all nodes', () => {
  /** Asks what is not answered; how many servers heard, and what the others were told. */
  async function crowd(
    nodes: readonly TestNode[],
    each: number,
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const refused: Promise<Record<string, unknown>>[] = [];
    let asked = heard(nodes);
    for (const node of nodes) {
      const client = cluster.client(node);
      await client.shakesHands();
      for (let number = 1; number <= each; number += 1, asked += 1) {
        const reply = client.posts(request(number, 'tools/call', { name: 'wait' }));
        // Who waits still when the test is over hears nothing.
        void reply.then(
          (refusal) => refused.push(errorOf(refusal)),
          () => {},
        );
      }
    }
    while (heard(nodes) + refused.length < asked) await new Promise((resolve) => setImmediate(resolve));
    return Promise.all(refused);
  }

  const isCall = (message: object): boolean => 'method' in message && message.method === 'tools/call';
  const heard = (nodes: readonly TestNode[]): number =>
    nodes.flatMap(({ servers }) => servers.flatMap((server) => server.heard.filter(isCall))).length;
  const used = (nodes: readonly TestNode[]): number =>
    nodes.reduce((sum, { seat }) => sum + seat.facts().budgetUsed, 0);

  test('is never exceeded, and says whose limit it is', async () => {
    cluster = new Cluster();
    const nodes: TestNode[] = [];
    for (let count = 0; count < 4; count += 1) nodes.push(await cluster.node({ pendingTotal: 40 }));
    await cluster.pass(3000);
    const refused = await crowd(nodes, 20);
    expect(refused.length).toBeGreaterThanOrEqual(40);
    expect(used(nodes)).toBe(80 - refused.length);
    for (const data of refused) expect(data).toMatchObject({ code: 'TOO_MANY_REQUESTS', scope: 'nodes' });
    const granted = nodes.map(({ seat }) => seat.facts().budgetGranted);
    expect(granted.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(40);
  });

  test('leaves one node what the others do not use, and takes no request of theirs for its own', async () => {
    cluster = new Cluster();
    const nodes = [await cluster.node({ pendingTotal: 40 }), await cluster.node({ pendingTotal: 40 })] as const;
    await cluster.pass(3000);
    await crowd([nodes[0]], 18);
    await cluster.pass(1500);
    await crowd([nodes[0]], 12);
    expect(nodes[0].seat.facts().budgetUsed).toBe(30);
    expect(nodes[1].seat.facts().budgetUsed).toBe(0);
  });

  test('makes a node wait for traffic until it has a share', async () => {
    cluster = new Cluster();
    const full = await cluster.node({ pendingTotal: 1 });
    const late = await cluster.node({ pendingTotal: 1 });
    expect([full.seat.problem(), late.seat.problem()]).toEqual([undefined, expect.stringContaining('no share')]);
  });
});
