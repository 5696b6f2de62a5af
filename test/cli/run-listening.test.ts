/** `forward ws` as a shell sees it: what it says, how it ends, and with which code. The code under test is the built one. */

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { folderWith } from '../rules/folder.ts';
import { listenOn } from '../../src/proxy/listening.ts';
import { type Program, ninelives, scripted, start, stopAll } from '../e2e/program.ts';

afterAll(stopAll);

const anyPort = ['--listen', '127.0.0.1:0'];

function forward(front: string, words: readonly string[]): Program {
  return start(ninelives('forward', front, ...words));
}

/** The line that says where it listens. */
async function address(program: Program): Promise<string> {
  return program.until(
    () => program.err.flatMap((line) => /^ninelives listening on (\S+),/.exec(line)?.[1] ?? [])[0],
    'saying where it listens',
  );
}

describe.concurrent('a front that listens', () => {
  test('says where, serves its health, and ends with 0 when it is asked to', async () => {
    const program = forward('ws', [...anyPort, '--', ...scripted()]);
    const url = await address(program);
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/mcp$/);
    const health = await fetch(url.replace('ws:', 'http:').replace('/mcp', '/healthz'));
    expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
    program.signal('SIGTERM');
    expect(await program.exit).toEqual({ code: 0, signal: null });
    expect(program.out).toEqual([]);
  });

  test('of a port that is taken says what to type, and ends with 3', async ({ onTestFinished }) => {
    const taken = createServer();
    onTestFinished(() => void taken.close());
    const { port } = await listenOn(taken, { host: '127.0.0.1', port: 0, path: '' });
    const program = forward('ws', ['--listen', `127.0.0.1:${port}`, '--', ...scripted()]);
    expect((await program.exit).code).toBe(3);
    expect(program.err.join('\n')).toContain(`port ${port} of 127.0.0.1 is in use: say another with --listen`);
  });

  test('in front of a command that is not there ends with 127 at once', async () => {
    const program = forward('ws', [...anyPort, '--', '/no/such/command']);
    expect((await program.exit).code).toBe(127);
    expect(program.err.join('\n')).toContain('the server could not be started');
  });
});

describe.concurrent('a wrong command line', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no server', ['ws'], /^error: the server's command is missing: 'ninelives forward ws -- COMMAND ARGS' or/],
    ['two servers', ['ws', '--upstream', 'http://a', '--', 'cat'], /^error: say a command or --upstream, not both/],
    ['no address', ['ws', '--listen', 'here', '--', 'cat'], /^error: --listen here: write it as HOST:PORT/],
    [
      'everybody may come in',
      ['ws', '--listen', '0.0.0.0:0', '--', 'cat'],
      /^error: Whoever reaches 0\.0\.0\.0 .*--allow-host/,
    ],
    [
      'a shared server that any client may shut down',
      ['ws', '--share', 'shared', '--profile', 'lsp-like', '--', 'cat'],
      /^error: --share shared: with this profile one client could shut the server down/,
    ],
    ['a shared URL', ['ws', '--share', 'shared', '--upstream', 'http://a'], /^error: --share shared is for a command/],
  ])('%s', async (_name, words, error) => {
    const program = start(ninelives('forward', ...words));
    expect((await program.exit).code).toBe(2);
    expect(program.err[0]).toMatch(error);
  });
});

test('a client on standard streams reaches a server at a URL', async () => {
  const server = forward('ws', [...anyPort, '--', ...scripted()]);
  const client = forward('stdio', ['--upstream', await address(server)]);
  await client.initialize();
  expect(await client.ask(1, 'ping')).toMatchObject({ result: {} });
  client.endInput();
  expect((await client.exit).code).toBe(0);
});

test.each(['http', 'ws'])('a certificate of forward %s is renewed while it runs', async (front) => {
  const pem = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
  const folder = folderWith({ 'cert.pem': pem('localhost-cert.pem'), 'key.pem': pem('localhost-key.pem') });
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const program = forward(front, [...anyPort, '--tls-cert', cert, '--tls-key', key, '--', ...scripted()]);
  const { hostname: host, port } = new URL(await address(program));
  const shown = async (): Promise<string> => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };
  const first = await shown();
  writeFileSync(key, pem('tls/server-key.pem'));
  writeFileSync(cert, pem('tls/server.pem'));
  await program.logged('certificate renewed');
  expect(await shown()).not.toBe(first);
});
