/**
 * Several `ninelives forward http --cluster` behind a load balancer that knows nothing of sessions: each request of a client comes to
 * another node, and clients notice nothing of it. Nodes and the server of their cluster are real; the code under test is the built one.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Balancer } from '../cluster/balancer.ts';
import { NatsServer, hasNoNats } from '../cluster/nats-server.ts';
import { type Listening, listening, reference } from './listening.ts';
import { stopAll } from './program.ts';
import { connect } from './sdk-client.ts';

const timeout = 60_000;

describe.skipIf(hasNoNats)('three nodes', () => {
  let nats: NatsServer;
  let clusters = 0;
  const balancers: Balancer[] = [];

  beforeAll(async () => {
    nats = await NatsServer.start();
  });
  afterEach(async () => {
    await Promise.all(balancers.splice(0).map(async (balancer) => balancer.close()));
    await stopAll();
  });
  afterAll(async () => nats.stop());

  async function nodes(server: Parameters<typeof listening>[1], count = 3): Promise<readonly Listening[]> {
    clusters += 1;
    const flags = ['--cluster', nats.url, '--cluster-name', `e2e-${clusters}`, '--frame-bytes-max', '1048576'];
    return Promise.all(Array.from({ length: count }, async () => listening('http', server, flags)));
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
});
