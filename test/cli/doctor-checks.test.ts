import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { writeHubFile } from '../../src/admin/hub-file.ts';
import {
  checkClients,
  checkFront,
  checkGatewayFile,
  checkNode,
  checkPort,
  checkRuleFile,
  checkRunFolder,
} from '../../src/cli/doctor-checks.ts';

const home = mkdtempSync(join(tmpdir(), 'doctor-'));
afterAll(() => rmSync(home, { recursive: true }));
const environment = { XDG_RUNTIME_DIR: home };
const file = (name: string, text: string): string => {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
};

test.each([
  ['20.19.0', 'ok'],
  ['22.1.0', 'ok'],
  ['20.18.3', 'problem'],
  ['18.20.0', 'problem'],
])('Node %s is %s', (version, verdict) => {
  expect(checkNode(version)).toMatchObject({ verdict });
});

test.skipIf(process.platform === 'win32')('a run-time folder that others may read is a problem', () => {
  expect(checkRunFolder(environment)).toMatchObject({
    verdict: 'ok',
    says: expect.stringContaining('no process') as string,
  });
  mkdirSync(join(home, 'ninelives'));
  chmodSync(join(home, 'ninelives'), 0o755);
  expect(checkRunFolder(environment)).toMatchObject({
    verdict: 'problem',
    says: expect.stringContaining('chmod 700') as string,
  });
  chmodSync(join(home, 'ninelives'), 0o700);
});

test('the address of the page is free, ours, or somebody else’s', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await checkPort('127.0.0.1', port, environment)).toMatchObject({
    verdict: 'warning',
    says: expect.stringContaining('belongs to somebody else') as string,
  });
  const hub = { pid: process.pid, origin: `http://127.0.0.1:${port}`, command: 'inspect' };
  const written = writeHubFile(hub, join(home, 'ninelives'));
  expect(await checkPort('127.0.0.1', port, environment)).toMatchObject({
    verdict: 'ok',
    says: expect.stringContaining(`is process ${process.pid} (inspect)`) as string,
  });
  if ('remove' in written) written.remove();
  expect(await checkFront('127.0.0.1', port)).toMatchObject({ says: expect.stringContaining('is in use') as string });
  server.close();
  await once(server, 'close');
  expect(await checkFront('127.0.0.1', port)).toMatchObject({ says: expect.stringContaining('is free') as string });
  expect(await checkPort('127.0.0.1', port, environment)).toMatchObject({
    verdict: 'ok',
    says: expect.stringContaining('is free') as string,
  });
});

describe('files that are named', () => {
  test('are well, or wrong with line and column', async () => {
    const gateway = file(
      'good.yaml',
      'version: 1\nupstreams: { a: { command: node } }\nroutes: [{ path: /mcp, upstream: a }]\n',
    );
    const [good] = checkGatewayFile(gateway, {});
    const [bad] = checkGatewayFile(file('bad.yaml', 'version: 1\nupstream: {}\n'), {});
    expect([good?.verdict, bad?.verdict, bad?.says]).toEqual([
      'ok',
      'problem',
      expect.stringMatching(/bad\.yaml:\d+:\d+/),
    ]);
    expect(await checkRuleFile(file('rules.yaml', 'version: 1\nrules: []\n'))).toMatchObject([{ verdict: 'ok' }]);
    expect(await checkRuleFile(file('broken.yaml', 'version: 1\nrules: 7\n'))).toMatchObject([
      { verdict: 'problem', says: expect.stringMatching(/broken\.yaml:\d+:\d+/) as string },
    ]);
  });
});

test('clients: how many servers are wrapped, which launcher is gone, and what cannot be read', () => {
  const place = { platform: 'linux', home, environment: {} } as const;
  expect(checkClients(place, home)).toEqual([]);
  mkdirSync(join(home, '.cursor'));
  const args = ['forward', 'stdio', '--', 'x'];
  const servers = {
    here: { command: process.execPath, args: [file('ninelives.cjs', ''), ...args] },
    gone: { command: process.execPath, args: ['/gone/ninelives.cjs', ...args] },
    other: { command: 'y' },
  };
  file('.cursor/mcp.json', JSON.stringify({ mcpServers: servers }));
  file('.claude.json', '{,}');
  expect(checkClients(place, home)).toMatchObject([
    { verdict: 'problem', says: expect.stringMatching(/^Claude Code: .*\.claude\.json:1:2: /) as string },
    { verdict: 'ok', says: 'Cursor: ninelives is in front of 2 of 3 servers' },
    {
      verdict: 'problem',
      says: "Cursor: the server 'gone' is started by /gone/ninelives.cjs, which is not there",
      todo: 'ninelives unwrap cursor --server gone, and wrap it again',
    },
  ]);
});
