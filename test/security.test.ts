/**
 * docs/security.md names a test for each measure, and each of them is there; every bundled package is in its audit. And the attacks that
 * no test of a single part is about.
 */

import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Backend, urlBackend } from '../src/proxy/backend.ts';
import { forwardHttp } from '../src/proxy/http.ts';
import type { ListeningForward, ListeningOptions } from '../src/proxy/listening.ts';
import { openRemote } from '../src/proxy/remote.ts';
import { forwardWebSocket } from '../src/proxy/websocket.ts';
import { silentLog } from '../src/runtime/silent-log.ts';
import { systemClock } from '../src/runtime/system-clock.ts';
import { neverRestart } from '../src/session/upstream.ts';
import { initialize } from '../src/testing/messages.ts';

const page = readFileSync('docs/security.md', 'utf8');

describe('the page about security', () => {
  const named = [...page.matchAll(/`(test\/[^`]+\.test\.ts)` "([^"]+)"/g)].map(([, file = '', name = '']) => [
    file,
    name,
  ]);

  test('names tests that there are', () => {
    expect(named.length).toBeGreaterThan(60);
    const missing = named.filter(([file = '', name = '']) => {
      const text = readFileSync(file, 'utf8');
      return ![`'${name}'`, `\`${name}\``, `"${name}"`].some((title) => text.includes(title));
    });
    expect(missing).toEqual([]);
  });

  test('names a test or a known limit in every row of its tables of threats', () => {
    const rows = page
      .slice(page.indexOf('## Threats'), page.indexOf('## Known limits'))
      .split('\n')
      .filter((row) => row.startsWith('| ') && !/^\| (?:threat|---)/.test(row));
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((row) => !/`test\/|\[L\d+\]\(#known-limits\)/.test(row))).toEqual([]);
    const limits = [...page.matchAll(/^- \*\*L(\d+)\.\*\*/gm)].map(([, number]) => number);
    const cited = [...page.matchAll(/\[L(\d+)\]\(#known-limits\)/g)].map(([, number]) => number);
    expect(cited.filter((number) => !limits.includes(number))).toEqual([]);
  });

  test('has every package that is bundled in its audit', () => {
    const notices = readFileSync('dist/bin/THIRD-PARTY-NOTICES.md', 'utf8');
    const bundled = [...notices.matchAll(/^## (\S+) \S+$/gm)].map(([, name]) => name!);
    expect(bundled.length).toBeGreaterThan(20);
    expect(bundled.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

test('nothing runs when the package is installed', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: object };
  expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly hasInstallScript?: boolean }>>;
  };
  const installed = Object.entries(packages).filter(([, { dev }]) => dev !== true);
  expect(installed.length).toBeGreaterThan(5);
  expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
});

async function opened(
  forward: (options: ListeningOptions) => Promise<ListeningForward>,
  backend: Backend,
): Promise<ListeningForward> {
  const listen = { host: '127.0.0.1', port: 0, path: '/mcp' };
  const running = await forward({ backend, listen, clock: systemClock(), log: silentLog });
  onTestFinished(async () => running.close());
  return running;
}

async function reaching(answer: RequestListener): Promise<Backend> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const remote = await openRemote({
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    headers: {},
    ca: undefined,
    clock: systemClock(),
    log: silentLog,
    frameBytesMax: 1e6,
  });
  const stop = async (): Promise<void> => remote.close();
  return urlBackend({ name: remote.name, restart: neverRestart, connector: () => remote.connector(), stop });
}

describe('nobody can send us something small that becomes large', () => {
  test('a server that packs its answer is not unpacked: its request has an error', async () => {
    const packed = gzipSync(Buffer.alloc(2 * 1024 * 1024, ' '));
    const backend = await reaching((request, response) => {
      request.resume();
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }).end(packed);
    });
    const { url } = await opened(forwardHttp, backend);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
      body: JSON.stringify(initialize(1)),
    });
    expect(await answer.text()).toContain('"error":');
  });

  test('a client on WebSocket that offers compression is not taken up on it', async () => {
    const { url } = await opened(forwardWebSocket, await reaching((_, response) => response.end()));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(
      `GET /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mcp\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n`,
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1\.1 101 /);
    expect(head.toString()).not.toMatch(/extensions/i);
  });
});
