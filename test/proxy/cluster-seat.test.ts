/** What several nodes are to a client that asks whichever of them it likes. */
import { afterEach, describe, expect, test } from 'vitest';

import { defaultTimes } from '../../src/cluster/settings.ts';
import { notification, request, result } from '../../src/testing/messages.ts';
import { Cluster, type TestNode, errorOf, news } from './cluster-stage.ts';

const { selfMs } = defaultTimes;

let cluster: Cluster;

afterEach(async () => cluster.close());

async function threeNodes(): Promise<readonly [TestNode, TestNode, TestNode]> {
  cluster = new Cluster();
  return cluster.threeNodes();
}

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
    const reply = await cluster.during(cluster.at(b, client).posts(request(1, 'echo', { text })));
    expect(await cluster.during(reply.json())).toMatchObject(result(1, { text }));
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
