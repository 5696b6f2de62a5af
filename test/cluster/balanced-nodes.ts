/**
 * Three nodes behind a load balancer, as one program that listens at a port: `node dist/test/cluster/balanced-nodes.js PORT NATS-URL KILLS SERVER`.
 * KILLS is `kills` to have a node killed now and then, and another one started in its place; `goes-on` that others start the server anew for
 * its sessions then. It is a proxy for `ninelives verify`.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Balancer } from './balancer.ts';

interface Node {
  readonly process: ChildProcess;
  readonly url: URL;
}

const count = 3;
const betweenKillsMs = 700;

const [port = '', natsUrl = '', kills = '', ...server] = process.argv.slice(2);
const cluster = `verify-${process.pid}`;
const nodes: Node[] = await Promise.all(Array.from({ length: count }, begin));
const balancer = await Balancer.open(urls(), Number(port));
process.once('SIGTERM', () => process.exit());
process.once('exit', () => {
  for (const node of nodes) node.process.kill('SIGKILL');
});
if (kills !== 'peace') void killOneAfterAnother();

async function killOneAfterAnother(): Promise<never> {
  for (let victim = 0; ; victim = (victim + 1) % count) {
    await delay(betweenKillsMs);
    nodes[victim]!.process.kill('SIGKILL');
    balancer.lead(urls().filter((_, index) => index !== victim));
    nodes[victim] = await begin();
    balancer.lead(urls());
  }
}

function urls(): readonly URL[] {
  return nodes.map(({ url }) => url);
}

/** Resolves when the node listens. */
async function begin(): Promise<Node> {
  const flags = ['--listen', '127.0.0.1:0', '--frame-bytes-max', '1048576', '--cluster', natsUrl];
  if (kills === 'goes-on') flags.push('--cluster-restartable');
  const args = ['dist/bin/ninelives.cjs', 'forward', 'http', ...flags, '--cluster-name', cluster, '--', ...server];
  const node = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface(node.stderr)) {
    const [, url] = /listening on (\S+),/.exec(line) ?? [];
    if (url === undefined) continue;
    node.stderr.resume();
    return { process: node, url: new URL(url) };
  }
  throw new Error('A node ended before it listened');
}
