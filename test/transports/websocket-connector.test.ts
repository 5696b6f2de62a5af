import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

import type { UpstreamLink } from '../../src/ports.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import {
  webSocketConnector,
  type WebSocketConnectorOptions,
  webSocketProblem,
} from '../../src/transports/websocket-connector.ts';
import { sending } from '../session/fixtures.ts';
import { hear, textOf, Told } from './websocket-peers.ts';

const unreachable = 'lost: unreachable';
const isLost = (told: readonly string[]): boolean => told.some((line) => line.startsWith('lost'));

/** Dials; what is told of the connection, in order. */
function dial(url: string, options: Partial<WebSocketConnectorOptions> = {}) {
  const clock = new VirtualClock();
  const told = new Told();
  /** What the requester is told of the loss, in words. */
  const details: (string | undefined)[] = [];
  const connector = webSocketConnector({
    url,
    clock,
    frameBytesMax: 1000,
    onEnded: ({ code, error }, hasOpened) =>
      told.tell(`ended ${code} ${hasOpened ? 'once open' : 'unopened'}: ${error?.message ?? 'no error'}`),
    ...options,
  });
  const link: UpstreamLink = connector.connect({
    ready: () => told.tell('ready'),
    message: (bytes) => told.tell(`message ${textOf(bytes)}`),
    unreadable: ({ fault }) => told.tell(fault),
    failed: (_about, { reason }) => told.tell(`failed: ${reason}`),
    drained: () => told.tell('drained'),
    leaving: ({ reason }) => told.tell(`leaving: ${reason}`),
    lost: (departure) => {
      expect(departure).toMatchObject({ exitCode: null, signal: null, lastStderr: [] });
      details.push(departure.detail);
      told.tell(`lost: ${departure.reason}`);
    },
  });
  onTestFinished(() => link.close('the test is over'));
  return { link, told, clock, details };
}

interface Serving {
  readonly url: string;
  readonly heard: Told;
  /** The newest connection. */
  readonly socket: () => WebSocket;
  readonly headers: () => NodeJS.Dict<string | string[]>;
}

/** A server of somebody else. */
async function serving(options: ServerOptions = {}): Promise<Serving> {
  const server = new WebSocketServer(
    options.server === undefined ? { port: 0, host: '127.0.0.1', ...options } : options,
  );
  const heard = new Told();
  let newest: WebSocket | undefined;
  let headers: NodeJS.Dict<string | string[]> = {};
  server.on('connection', (socket, request) => {
    newest = socket;
    ({ headers } = request);
    hear(socket, heard);
  });
  if (server.address() === null) await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}/some/path?key=1`, heard, socket: () => newest!, headers: () => headers };
}

/** A server that takes connections and does with them what the test says. */
async function listening(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a server reached over WebSocket', () => {
  test('is ready when the connection is open, and spoken with in both directions', async () => {
    const { url, heard, socket, headers } = await serving();
    const { link, told } = dial(url, { headers: { Authorization: 'Bearer secret' } });
    await told.until((all) => all.includes('ready'));
    expect(headers()).toMatchObject({ authorization: 'Bearer secret', 'sec-websocket-protocol': 'mcp' });
    expect(headers()).not.toHaveProperty('sec-websocket-extensions');
    link.write([Buffer.from('{"id":1,'), Buffer.from('"method":"ping"}')], sending());
    await heard.until((all) => all.length === 1);
    socket().send('{"id":1,"result":{}}');
    await told.until((all) => all.length === 2);
    expect([heard.all, told.all]).toEqual([
      ['text {"id":1,"method":"ping"}'],
      ['ready', 'message {"id":1,"result":{}}'],
    ]);
  });

  test('that speaks as soon as it can is heard after it is ready', async () => {
    const early = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => early.close());
    early.on('connection', (socket) => socket.send('first words'));
    await once(early, 'listening');
    const other = dial(`ws://127.0.0.1:${(early.address() as AddressInfo).port}`);
    await other.told.until((all) => all.length === 2);
    expect(other.told.all).toEqual(['ready', 'message first words']);
  });

  test.each<[string, (socket: WebSocket) => void, string, string]>([
    ['closes', (socket) => socket.close(1000), 'ended 1000 once open: no error', 'closed the connection (1000)'],
    [
      'restarts',
      (socket) => socket.close(1012, 'restart'),
      'ended 1012 once open: no error',
      'closed the connection (1012 restart)',
    ],
    ['breaks', (socket) => socket.terminate(), 'ended 1006 once open: no error', 'broke the connection'],
  ])('that %s is lost once, after its last words', async (_what, end, ended, detail) => {
    const { url, socket } = await serving();
    const { told, clock, details } = dial(url);
    await told.until((all) => all.includes('ready'));
    await new Promise<void>((resolve) => socket().send('last words', () => resolve()));
    end(socket());
    await told.until(isLost);
    await new Promise(setImmediate);
    expect(told.all).toEqual(['ready', 'message last words', ended, 'lost: connection-lost']);
    expect(details).toEqual([`${url.replace('?key=1', '')} ${detail}`]);
    expect(clock.pending).toBe(0);
  });

  test('that says what is no message is told to be leaving at once', async () => {
    const { url, socket, heard } = await serving();
    const { told } = dial(url);
    await told.until((all) => all.includes('ready'));
    socket().send(Buffer.from('binary'));
    await told.until(isLost);
    const reason = 'MCP is spoken in text frames, and this one was binary.';
    expect(told.all).toEqual([
      'ready',
      'invalid-message',
      'leaving: connection-lost',
      `ended 1003 once open: ${reason}`,
      'lost: connection-lost',
    ]);
    await heard.until((all) => all.includes(`closed 1003 ${reason}`));
  });

  test('may still answer when nothing more is asked: only `close` ends the connection', async () => {
    const { url, heard, socket } = await serving();
    const { link, told } = dial(url);
    await told.until((all) => all.includes('ready'));
    link.write([Buffer.from('question')], sending());
    link.closeInput();
    await heard.until((all) => all.length === 1);
    socket().send('answer');
    await told.until((all) => all.includes('message answer'));
    link.close('the session ended');
    await told.until(isLost);
    expect(heard.all).toEqual(['text question', 'closed 1000 the session ended']);
    expect(told.all.slice(2)).toEqual(['ended 1000 once open: no error', 'lost: connection-lost']);
  });

  test('that does not agree to the end is cut when its time is over', async () => {
    const { url, socket } = await serving();
    const { link, told, clock } = dial(url, { closeTimeoutMs: 4000 });
    await told.until((all) => all.includes('ready'));
    socket().pause();
    link.close('the session ended');
    clock.advance(3999);
    expect(told.all).toEqual(['ready']);
    clock.advance(1);
    await told.until(isLost);
    expect(clock.pending).toBe(0);
  });

  test('is not read while the runtime says so', async () => {
    const { url, socket } = await serving();
    const { link, told } = dial(url);
    await told.until((all) => all.includes('ready'));
    link.pause(true);
    socket().send('waits');
    await new Promise((resolve) => socket().ping(resolve));
    expect(told.all).toEqual(['ready']);
    link.pause(false);
    await told.until((all) => all.includes('message waits'));
  });
});

describe('a server that cannot be reached', () => {
  test('because nobody listens is lost for that reason', async () => {
    const { told, clock, details } = dial('ws://somebody:secret@127.0.0.1:1/mcp?key=secret');
    await told.until(isLost);
    expect(told.all).toEqual(['ended 1006 unopened: connect ECONNREFUSED 127.0.0.1:1', unreachable]);
    expect(details).toEqual(['Nobody listens at ws://127.0.0.1:1/mcp (ECONNREFUSED 127.0.0.1:1)']);
    expect(clock.pending).toBe(0);
  });

  test('because its name is not known is lost for that reason', async () => {
    const { told, details } = dial('ws://nobody.invalid/mcp');
    await told.until(isLost);
    expect(told.all.at(-1)).toBe(unreachable);
    expect(details).toEqual([
      expect.stringMatching(/^The name of ws:\/\/nobody\.invalid\/mcp (is not known|could not be)/),
    ]);
  });

  test.each<[string, ServerOptions, string]>([
    ['refuses us', { verifyClient: (_info, answer) => answer(false, 403) }, 'Unexpected server response: 403'],
    ['speaks no MCP', { handleProtocols: () => false }, 'Server sent no subprotocol'],
    [
      'sends us elsewhere',
      { verifyClient: (_info, answer) => answer(false, 302, '', { Location: '/' }) },
      'Unexpected server response: 302',
    ],
  ])('because it %s is lost for that reason', async (_what, options, error) => {
    const { url } = await serving(options);
    const { told, details } = dial(url);
    await told.until(isLost);
    expect(told.all).toEqual([`ended 1006 unopened: ${error}`, unreachable]);
    expect(details).toEqual([`The connection to ${url.replace('?key=1', '')} failed: ${error}`]);
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ['is no web server', (socket) => socket.end('220 mail.example ESMTP\r\n'), 'Parse Error: Expected HTTP/'],
    ['hangs up', (socket) => socket.destroy(), 'socket hang up'],
  ])('because it %s is lost for that reason', async (_what, onSocket, error) => {
    const { told } = dial(await listening(onSocket));
    await told.until(isLost);
    expect(told.all[0]).toContain(`ended 1006 unopened: ${error}`);
    expect(told.all.slice(1)).toEqual([unreachable]);
  });

  test('because it never answers is given up', async () => {
    let taken = (): void => {};
    const isTaken = new Promise<void>((resolve) => {
      taken = resolve;
    });
    const { told, clock } = dial(await listening(() => taken()), { openTimeoutMs: 7000 });
    await isTaken;
    clock.advance(6999);
    expect(told.all).toEqual([]);
    clock.advance(1);
    await told.until(isLost);
    expect(told.all).toEqual(['ended 1006 unopened: The connection was not open after 7000 ms', unreachable]);
    expect(clock.pending).toBe(0);
  });

  test('takes no notice of what it is told, and can be given up before it is there', async () => {
    const { link, told, clock } = dial(await listening(() => {}));
    expect(link.write([Buffer.from('too early')], sending())).toBe(true);
    link.pause(true);
    link.closeInput();
    link.close('never mind');
    link.close('never mind');
    await told.until(isLost);
    await new Promise(setImmediate);
    expect(told.all).toEqual([
      'ended 1006 unopened: WebSocket was closed before the connection was established',
      unreachable,
    ]);
    expect(clock.pending).toBe(0);
  });
});

describe('a server that wants to know who comes', () => {
  /** Takes these tokens; the others are told what to come with. */
  async function guarded(...tokens: readonly string[]) {
    const asked: (string | undefined)[] = [];
    const server = await serving({
      verifyClient: ({ req }, answer) => {
        asked.push(req.headers.authorization);
        const isKnown = tokens.some((token) => req.headers.authorization === token);
        if (isKnown) answer(true);
        else answer(false, 401, '', { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
      },
    });
    return { url: server.url, asked };
  }

  test('is told at once where that is known', async () => {
    const { url, asked } = await guarded('Bearer a');
    const { told } = dial(url, { credentials: { authorization: () => 'Bearer a', refused: async () => false } });
    await told.until((all) => all.includes('ready'));
    expect(asked).toEqual(['Bearer a']);
  });

  test('is told something else once when it refuses', async () => {
    const { url, asked } = await guarded('Bearer b');
    let [known, refusals] = ['Bearer a', [] as unknown[]];
    const refused = async (...refusal: readonly unknown[]): Promise<boolean> => {
      refusals = [...refusals, refusal];
      known = 'Bearer b';
      return Promise.resolve(true);
    };
    const { told, clock } = dial(url, { credentials: { authorization: async () => Promise.resolve(known), refused } });
    await told.until((all) => all.includes('ready'));
    expect([asked, refusals]).toEqual([['Bearer a', 'Bearer b'], [['Bearer a', 'Bearer error="invalid_token"', true]]]);
    expect(told.all).toEqual(['ready']);
    expect(clock.pending).toBe(1);
  });

  test('is not reached where there is nothing else to say, or that is refused too', async () => {
    const { url, asked } = await guarded();
    const silent = dial(url, { credentials: { authorization: () => undefined, refused: async () => false } });
    await silent.told.until(isLost);
    expect(silent.told.all).toEqual(['ended 1006 unopened: The server wants a login', unreachable]);
    const stubborn = dial(url, { credentials: { authorization: () => 'Bearer a', refused: async () => true } });
    await stubborn.told.until(isLost);
    expect(stubborn.told.all).toEqual(['ended 1006 unopened: Unexpected server response: 401', unreachable]);
    expect([asked, silent.clock.pending, stubborn.clock.pending]).toEqual([[undefined, 'Bearer a', 'Bearer a'], 0, 0]);
  });

  test('and that answers something else altogether is not asked again', async () => {
    const { url } = await serving({ verifyClient: (_info, answer) => answer(false, 503) });
    let refusals = 0;
    const refused = async (): Promise<boolean> => Promise.resolve(++refusals > 0);
    const { told } = dial(url, { credentials: { authorization: () => 'Bearer a', refused } });
    await told.until(isLost);
    expect([told.all, refusals]).toEqual([['ended 1006 unopened: Unexpected server response: 503', unreachable], 0]);
  });

  test('is not dialled any more once that was given up, whatever is found out later', async () => {
    const { url, asked } = await guarded('Bearer a');
    let say = (_said: string): void => {};
    const authorization = async (): Promise<string> => new Promise((resolve) => (say = resolve));
    const { told, link } = dial(url, { credentials: { authorization, refused: async () => false } });
    link.close('enough');
    link.close('really');
    await told.until(isLost);
    say('Bearer a');
    await new Promise(setImmediate);
    expect([told.all, asked]).toEqual([['ended 1006 unopened: no error', unreachable], []]);
  });
});

/** Makes the certificate; what has no way to make one has no test of one. */
const openssl = 'openssl';
const hasOpenssl = spawnSync(openssl, ['version']).status === 0;

describe('a server with a certificate of its own', () => {
  async function secure() {
    const folder = mkdtempSync(join(tmpdir(), 'ninelives-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync(openssl, [...request.split(' '), ...names, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    const ca = readFileSync(certificate);
    const server = createSecureServer({ key: readFileSync(key), cert: ca });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    await serving({ server });
    return { ca, url: `wss://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` };
  }

  test.runIf(hasOpenssl)('is reached when its authority is known, and not otherwise', async () => {
    const { ca, url } = await secure();
    const known = dial(url, { tls: { ca } });
    await known.told.until((all) => all.includes('ready'));
    const unknown = dial(url);
    await unknown.told.until(isLost);
    expect(unknown.told.all).toEqual([
      // Node 24 adds what may help.
      expect.stringMatching(/^ended 1006 unopened: self-signed certificate(?:;|$)/),
      unreachable,
    ]);
  });
});

test.each<[string, Record<string, string> | undefined, string | undefined]>([
  ['ws://localhost:1/mcp?a=b', { Authorization: 'Bearer x' }, undefined],
  ['wss://user:secret@example.com', undefined, undefined],
  ['http://localhost/', undefined, 'http://localhost/ is no ws:// or wss:// URL'],
  ['localhost:1', undefined, 'localhost:1 is no ws:// or wss:// URL'],
  ['', undefined, ' is no ws:// or wss:// URL'],
  ['ws://', undefined, 'ws:// is no ws:// or wss:// URL'],
  ['ws://localhost/#x', undefined, 'ws://localhost/#x has a fragment (#), which no server is told'],
  ['ws://localhost', { 'bad name': 'x' }, 'bad name is no header that can be sent'],
  ['ws://localhost', { Cookie: 'a\r\nHost: evil' }, 'Cookie is no header that can be sent'],
])('what is wrong with %j and the headers %j is said before anybody dials', (url, headers, problem) => {
  const options = { url, ...(headers === undefined ? {} : { headers }) };
  expect(webSocketProblem(options)).toBe(problem);
  const make = () => webSocketConnector({ ...options, clock: new VirtualClock(), frameBytesMax: 1 });
  if (problem === undefined) expect(make).not.toThrow();
  else expect(make).toThrow(new TypeError(problem));
});
