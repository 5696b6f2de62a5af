/**
 * What the README shows of fronts that listen and of servers that run already is done as it is written there, but for the ports,
 * which somebody else may have: each command serves a client, and so does each pair of the table.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { everythingOver, listening, reaching, serving } from './listening.ts';
import { forwarding, ninelives, scripted, stopAll } from './program.ts';
import { type Way, connect } from './sdk-client.ts';

const timeout = 60_000;
const readme = readFileSync('README.md', 'utf8');

const section = (title: string): string => readme.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

const commands = ['HTTP', 'WebSocket', 'A server that runs already'].flatMap((title) =>
  [...section(title).matchAll(/```sh\n([^]*?)```/g)].flatMap(([, lines = '']) => lines.trim().split('\n')),
);

const bin = mkdtempSync(join(tmpdir(), 'readme-'));
let server: URL;

beforeAll(async () => {
  const file = join(bin, 'ninelives');
  writeFileSync(file, `#!/bin/sh\nexec ${ninelives().join(' ')} "$@"\n`);
  chmodSync(file, 0o755);
  server = (await everythingOver('streamableHttp')).url;
}, timeout);
afterAll(async () => {
  await stopAll();
  rmSync(bin, { recursive: true, force: true });
});

/** The command on ports that are free, and with the server that there is. */
const onFreePorts = (command: string): string =>
  command
    .replace(/ --listen (\S+):\d+/, '')
    .replace(/^ninelives forward (http|ws)/, '$& --listen 127.0.0.1:0')
    .replace('http://127.0.0.1:3001/mcp', server.href);

describe('a command of the README', () => {
  test('is one of five', () => {
    expect(commands).toHaveLength(5);
    expect(commands.every((command) => command.startsWith('ninelives forward '))).toBe(true);
  });

  test.each(commands)('%s', { timeout }, async (command) => {
    const words = ['env', `PATH=${bin}${delimiter}${process.env['PATH']}`, 'sh', '-c', `exec ${onFreePorts(command)}`];
    const way = command.includes(' stdio ') ? words : (await serving(words)).url;
    const client = await connect('v1', way, false);
    expect((await client.listTools()).tools).not.toEqual([]);
    await client.close();
  });
});

describe('the table of the README', () => {
  const [header = [], , ...rows] = section('A server that runs already')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  /** Those of the other columns serve in fronts.test.ts. */
  const servers: Readonly<Record<string, () => Promise<Way>>> = {
    'a command': async () => scripted(),
    WebSocket: async () => (await listening('ws', scripted())).url,
  };
  const fronts: Readonly<Record<string, (behind: Way) => Promise<Way>>> = {
    '`forward stdio`': async (behind) => (behind instanceof URL ? reaching(behind) : forwarding(behind)),
    '`forward http`': async (behind) => (await listening('http', behind)).url,
    '`forward ws`': async (behind) => (await listening('ws', behind)).url,
  };

  test('knows every front and every kind of server', () => {
    expect(header.slice(1)).toEqual(['a command', 'streamable HTTP', 'HTTP with server-sent events', 'WebSocket']);
    expect(rows.map(([front]) => front)).toEqual(Object.keys(fronts));
    expect(new Set(rows.flatMap(([, ...cells]) => cells))).toEqual(new Set(['yes']));
  });

  test.each(Object.entries(servers))('is right about %s', { timeout }, async (_name, behind) => {
    const direct = await behind();
    const ways = [direct, ...(await Promise.all(Object.values(fronts).map(async (front) => front(direct))))];
    const [expected, ...others] = await Promise.all(
      ways.map(async (way) => {
        const client = await connect('v1', way, false);
        const tools = await client.listTools();
        await client.close();
        return tools;
      }),
    );
    expect(others).toEqual([expected, expected, expected]);
  });
});
