/**
 * The quick start of docs/guides/cluster.md, as it is written there, but for ports, which somebody else may have, and for the server, which
 * is installed here: two nodes serve one client between them, and show each other.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Balancer } from '../cluster/balancer.ts';
import { hasNoNats, natsProgram } from '../cluster/nats-server.ts';
import { freePort } from './free-port.ts';
import { reference, serving } from './listening.ts';
import { ninelives, start, stopAll } from './program.ts';
import { connect } from './sdk-client.ts';

const guide = readFileSync('docs/guides/cluster.md', 'utf8');
const quickStart = guide.split('\n## Quick start\n')[1]!.split('\n## ')[0]!;
const blocks = (language: string): readonly string[] =>
  [...quickStart.matchAll(/```(\w+)\n([^]*?)```/g)].flatMap(([, of, text]) => (of === language ? [text!.trim()] : []));

const folder = mkdtempSync(join(tmpdir(), 'cluster-guide-'));
afterAll(async () => {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

const usualServer = 'npx -y @modelcontextprotocol/server-everything';

describe.skipIf(hasNoNats)('the guide to clusters', () => {
  test('starts two nodes that are one to a client', { timeout: 60_000 }, async () => {
    const [nats, ...commands] = blocks('sh');
    expect(nats).toBe('nats-server -c nats.conf');
    const nodes = commands.slice(0, 2);
    expect(nodes.every((command) => command.startsWith('ninelives forward http --listen 127.0.0.1:808'))).toBe(true);
    expect(commands[2]).toBe('ninelives sessions list');

    const port = await freePort();
    const [configuration = ''] = blocks('text');
    writeFileSync(
      join(folder, 'nats.conf'),
      configuration.replace('4222', String(port)).replace('nats-tables', join(folder, 'nats-tables')),
    );
    const running = start([natsProgram!, '-c', join(folder, 'nats.conf')]);
    await running.until(() => running.err.find((line) => line.includes('Server is ready')), 'listening');
    const env = ['env', `XDG_RUNTIME_DIR=${folder}`];
    const listening = await Promise.all(
      nodes.map(async (command) => {
        const [words = '', server] = command.replace('4222', String(port)).split(' -- ');
        expect(server).toBe(usualServer);
        const own = words
          .replace(/127\.0\.0\.1:808\d/, '127.0.0.1:0')
          .split(' ')
          .slice(1);
        return serving([...env, ...ninelives(...own), '--', ...reference('server-everything', 'stdio')]);
      }),
    );
    const balancer = await Balancer.open(listening.map(({ url }) => url));
    const client = await connect('v1', balancer.url, true);
    expect((await client.listTools()).tools).not.toEqual([]);
    const shown = execFileSync('env', [`XDG_RUNTIME_DIR=${folder}`, ...ninelives('sessions', 'list')], {
      encoding: 'utf8',
    });
    expect(shown.match(/^ {2}node \S+, one of 2: up, /gm)).toHaveLength(2);
    expect(shown.match(/ [1-9]\d* sent on,/g)).not.toBeNull();
    await client.close();
    await balancer.close();
  });
});
