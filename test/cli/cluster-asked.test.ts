/** What a node then does is seen in test/e2e/cluster.test.ts. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';

import { joinWhereAsked } from '../../src/cli/cluster-asked.ts';
import type { Log } from '../../src/ports.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

const front = {
  clock: systemClock(),
  log: silentLog,
  frameBytesMax: 1024,
  pendingTotal: 10,
  isStopping: () => false,
  onFenced: () => {},
};

/** A port at which nobody listens any more. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a front of which no cluster is asked is a node of none', async () => {
  expect(await joinWhereAsked(undefined, front)).toBeUndefined();
});

test('a front that cannot be a node of the cluster that was asked for says why', async () => {
  const said: unknown[] = [];
  const log: Log = { ...silentLog, error: (about, message) => said.push([message, about]) };
  const servers = [`nats://127.0.0.1:${await deadPort()}`];
  const joined = await joinWhereAsked(
    { servers, name: 'ninelives', replicas: 1, login: undefined, tls: undefined },
    { ...front, log },
  );
  expect(joined).toBe('refused');
  expect(said).toEqual([['the cluster cannot be joined', { reason: expect.stringContaining(servers[0]!) }]]);
});
