/**
 * Three nodes of a cluster behind a load balancer that knows nothing of sessions, and the server through which they agree:
 * `node dist/test/conformance/cluster-front.js WORDS`, where the words say what is behind each node, as `forward http` takes them. Says
 * on stderr where the balancer listens.
 */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Balancer } from '../cluster/balancer.ts';
import { NatsServer } from '../cluster/nats-server.ts';
import { clusterNode } from './programs.ts';

const nats = await NatsServer.start({ payloadBytesMax: 11 * 1024 * 1024 });
const urls = await Promise.all([1, 2, 3].map(async () => listening(clusterNode(nats.url, process.argv.slice(2)))));
const balancer = await Balancer.open(urls);
process.once('SIGTERM', () => void nats.stop().then(() => process.exit()));
process.stderr.write(`listening on ${balancer.url.href}\n`);

/** Starts a node. Resolves with where it listens. */
async function listening([command = '', ...args]: readonly string[]): Promise<URL> {
  const node = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  process.once('exit', () => node.kill('SIGKILL'));
  for await (const line of createInterface(node.stderr)) {
    process.stderr.write(`${line.replace('listening on', 'listens at')}\n`);
    const [, url] = /listening on (\S+),/.exec(line) ?? [];
    if (url === undefined) continue;
    node.stderr.resume();
    return new URL(url);
  }
  throw new Error('A node ended before it listened');
}
