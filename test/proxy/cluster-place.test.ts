/** Sessions that go on at another node when their own is gone. */
import { afterEach, describe, expect, test } from 'vitest';

import { defaultTimes } from '../../src/cluster/settings.ts';
import { request, result } from '../../src/testing/messages.ts';
import { Cluster, type TestNode, errorOf, news } from './cluster-stage.ts';

const { selfMs, takeMs } = defaultTimes;

let cluster: Cluster;

afterEach(async () => cluster.close());

async function threeNodes(): Promise<readonly [TestNode, TestNode, TestNode]> {
  cluster = new Cluster();
  return cluster.threeNodes({ isReachedElsewhere: true });
}

describe('a session whose server other nodes reach, too', () => {
  const methodsHeard = ({ server }: TestNode): readonly unknown[] => server.heard.map(({ method }) => method);

  test('goes on elsewhere under its id when its node is gone: the server is told what it had been told', async () => {
    const [a, b] = await threeNodes();
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
    const [a, b] = await threeNodes();
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

  test('tells whoever comes back for an answer that it is lost: nobody knows whether the request has run', async () => {
    const [a, b] = await threeNodes();
    const client = cluster.client(a, {
      Accept: 'text/event-stream, application/json',
      'MCP-Protocol-Version': '2025-11-25',
    });
    await client.shakesHands();
    const stream = await client.posts(request('seven', 'tools/call'));
    const { id } = (await stream.event())!;
    await a.server.hears('tools/call');
    await cluster.pass(100);
    await a.engine.close();
    await cluster.pass(takeMs + selfMs);
    const again = await cluster.during(cluster.at(b, client).listens(id));
    expect(await again.all()).toMatchObject([
      { id: 'seven', error: { data: { code: 'OWNER_LOST', executed: 'unknown', reason: 'REQUEST_LOST' } } },
    ]);
    expect((await cluster.at(b, client).posts(request(8, 'echo'))).status).toBe(200);
  });

  test('is found by nobody else there, and leaves nothing readable behind', async () => {
    const [a, b] = await threeNodes();
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
    const [a, b, c] = await threeNodes();
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

  test('waits for its turn where there is no room for it now: the request has not run, and finds it later', async () => {
    const [a, b] = await threeNodes();
    const client = cluster.client(a);
    await client.shakesHands();
    const other = cluster.client(b);
    await other.shakesHands();
    const busy = other.posts(request(1, 'tools/call'));
    const { id } = await b.server.hears('tools/call');
    b.forward.runtime.setLimits({ sessions: 1 });
    await cluster.pass(100);
    await a.engine.close();
    await cluster.pass(takeMs + selfMs);
    const there = cluster.at(b, client);
    const refused = await cluster.during(there.posts(request(2, 'echo')));
    expect([refused.status, await errorOf(refused)]).toMatchObject([503, { executed: 'no', retryable: true }]);
    b.server.says(result(id, {}));
    await busy;
    b.forward.runtime.setLimits({ sessions: 1000 });
    expect((await cluster.during(there.posts(request(3, 'echo')))).status).toBe(200);
  });

  test('whose front is not there on the node that is asked is over', async () => {
    cluster = new Cluster();
    const a = await cluster.node({ isReachedElsewhere: true });
    const b = await cluster.node({ isReachedElsewhere: true, path: '/two' });
    const client = cluster.client(a);
    await client.shakesHands();
    await cluster.pass(100);
    await a.engine.close();
    await cluster.pass(takeMs + selfMs);
    const asks = { method: 'GET', path: '/two', headers: { Accept: 'text/event-stream' } };
    expect((await cluster.during(cluster.at(b, client).sends(asks))).status).toBe(404);
    await cluster.pass(1000);
    expect(cluster.hub.store.entries('snapshot')).toEqual([]);
  });
});
