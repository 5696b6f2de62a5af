/**
 * Holds three nodes behind a load balancer to the laws of the protocol: in peace, while nodes are killed, and while the sessions of those that
 * are killed go on at others: `npm run verify:cluster -- [--runs N]`. What follows goes to `ninelives verify proxy`. Exits with 1 when a law was broken.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { NatsServer, hasNoNats } from './nats-server.ts';

const modes = [
  ['peace', 'in peace'],
  ['kills', 'of which one is killed now and then'],
  ['goes-on', 'of which one is killed now and then, and whose sessions go on at others'],
] as const;

process.exitCode = hasNoNats ? 1 : await verified(await NatsServer.start());

async function verified(nats: NatsServer): Promise<number> {
  let broken = 0;
  for (const [kills, how] of modes) {
    process.stdout.write(`\nThree nodes, ${how}\n`);
    const proxy = [process.execPath, 'dist/test/cluster/balanced-nodes.js', '{port}', nats.url, kills, '{server}'];
    const verify = ['dist/bin/ninelives.cjs', 'verify', 'proxy', ...process.argv.slice(2), '--', ...proxy];
    const child = spawn(process.execPath, verify, { stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) broken += 1;
  }
  await nats.stop();
  return broken === 0 ? 0 : 1;
}
