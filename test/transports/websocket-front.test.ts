import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';

import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import {
  handshakeLimits,
  openWebSocketFront,
  type WebSocketFront,
  type WebSocketFrontOptions,
} from '../../src/transports/websocket-front.ts';
import type { WebSocketLink } from '../../src/transports/websocket-link.ts';
import { hear, isOver, reportsTo, Told } from './websocket-peers.ts';

interface Open {
  readonly front: WebSocketFront;
  readonly server: Server;
  readonly clock: VirtualClock;
  readonly port: number;
  readonly url: string;
  /** What every link has reported. */
  readonly told: Told;
  readonly links: Told<WebSocketLink>;
}

/** A front at /mcp on a free port. */
async function open(
  options: Partial<WebSocketFrontOptions> = {},
  limits: Parameters<typeof handshakeLimits>[0] = {},
): Promise<Open> {
  const clock = new VirtualClock();
  const server = createServer(handshakeLimits(limits));
  const told = new Told();
  const links = new Told<WebSocketLink>();
  const front = openWebSocketFront({
    server,
    path: '/mcp',
    clock,
    frameBytesMax: 1000,
    admit: () => undefined,
    onConnection: (link) => {
      link.start(reportsTo(told));
      links.tell(link);
    },
    ...options,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    front.terminate();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { front, server, clock, port, url: `ws://127.0.0.1:${port}/mcp`, told, links };
}

/** A client that asks for an upgrade, and what it hears. */
function dial(url: string, protocols: string[] = ['mcp'], headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, protocols, { headers });
  onTestFinished(() => socket.terminate());
  const heard = new Told();
  hear(socket, heard);
  socket.on('open', () => heard.tell(`open ${socket.protocol}`.trimEnd()));
  return { socket, heard };
}

const upgradeHeaders = {
  Host: 'localhost',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

/** The request of a client, as it stands on the wire. */
function upgradeOf(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ ...upgradeHeaders, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Writes a request by hand, and reads everything until the server ends. */
async function raw(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const { socket, read } = rawConnection(port);
  socket.write(upgradeOf(path, headers));
  await once(socket, 'end');
  socket.end();
  return read();
}

function rawConnection(port: number): { readonly socket: Socket; readonly read: () => string } {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => {});
  return { socket, read: () => answer };
}

const statusOf = (answer: string): string => /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? answer;
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('a front', () => {
  test('hands over each connection with its request, and carries messages both ways', async () => {
    const requests: IncomingMessage[] = [];
    const { told, url, front } = await open({
      onConnection: (link, request) => {
        requests.push(request);
        link.start({ ...reportsTo(told), message: (bytes) => link.write([bytes]) });
      },
    });
    const [first, second] = [dial(`${url}?who=first`), dial(`${url}?who=second`)];
    await Promise.all([first, second].map(async ({ socket }) => once(socket, 'open')));
    first.socket.send('{"id":1,"from":"first"}');
    second.socket.send('{"id":1,"from":"second"}');
    await first.heard.until((all) => all.length === 2);
    await second.heard.until((all) => all.length === 2);
    expect(first.heard.all).toEqual(['open mcp', 'text {"id":1,"from":"first"}']);
    expect(second.heard.all).toEqual(['open mcp', 'text {"id":1,"from":"second"}']);
    expect(new Set(requests.map((request) => request.url))).toEqual(new Set(['/mcp?who=first', '/mcp?who=second']));
    expect(front.connections).toBe(2);
  });

  test.each([
    [[], 'open'],
    [['mcp'], 'open mcp'],
    [['other', 'mcp'], 'open mcp'],
    [['other'], 'error Unexpected server response: 400'],
    [['MCP'], 'error Unexpected server response: 400'],
  ])('is offered the subprotocols %j', async (offered, answer) => {
    const { url } = await open();
    const { heard } = dial(url, offered);
    await heard.until((all) => all.length > 0);
    expect(heard.all[0]).toBe(answer);
  });

  test.each<[string, string, Record<string, string>, string, string]>([
    ['another path', '/', {}, '404', 'There is nothing here: MCP over WebSocket is spoken at /mcp\n'],
    ['a path below', '/mcp/', {}, '404', 'There is nothing here: MCP over WebSocket is spoken at /mcp\n'],
    [
      'another subprotocol',
      '/mcp',
      { 'Sec-WebSocket-Protocol': 'graphql-ws, wamp' },
      '400',
      'The subprotocol spoken here is mcp, and it was not offered\n',
    ],
    ['another upgrade', '/mcp', { Upgrade: 'h2c' }, '400', 'Invalid Upgrade header'],
    ['no key', '/mcp', { 'Sec-WebSocket-Key': 'short' }, '400', 'Missing or invalid Sec-WebSocket-Key header'],
    [
      'an old version',
      '/mcp',
      { 'Sec-WebSocket-Version': '7' },
      '400',
      'Missing or invalid Sec-WebSocket-Version header',
    ],
    [
      'a list that is none',
      '/mcp',
      { 'Sec-WebSocket-Protocol': 'mcp,,' },
      '400',
      'Invalid Sec-WebSocket-Protocol header',
    ],
  ])('refuses %s', async (_what, path, headers, status, body) => {
    const { port, links, server, clock } = await open();
    const answer = await raw(port, path, headers);
    expect([statusOf(answer), bodyOf(answer)]).toEqual([status, body]);
    expect(links.all).toEqual([]);
    await expect.poll(async () => connectionsOf(server)).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('asks its caller about every upgrade on the path, and passes the refusal on', async () => {
    const asked: (string | undefined)[] = [];
    const { port, links } = await open({
      admit: (request) => {
        asked.push(request.headers.host);
        if (request.headers.host === 'localhost') return undefined;
        return {
          status: 503,
          body: '{"busy":true}',
          headers: { 'Retry-After': '1', 'Content-Type': 'application/json' },
        };
      },
    });
    const refused = await raw(port, '/mcp', { Host: 'elsewhere', 'Sec-WebSocket-Protocol': 'other' });
    expect(refused.replace(/^Date: .*\r\n/m, '').split('\r\n')).toEqual([
      'HTTP/1.1 503 Service Unavailable',
      'Content-Type: application/json',
      'Retry-After: 1',
      'Content-Length: 13',
      'Connection: close',
      '',
      '{"busy":true}',
    ]);
    await raw(port, '/elsewhere');
    const { socket } = dial(`ws://127.0.0.1:${port}/mcp`, ['mcp'], { Host: 'localhost' });
    await once(socket, 'open');
    expect([asked, links.all.length]).toEqual([['elsewhere', 'localhost'], 1]);
  });

  test('leaves requests that ask for no upgrade to the server', async () => {
    const { server, port } = await open();
    server.on('request', (_request, response) => response.end('not ours'));
    const answer = await fetch(`http://127.0.0.1:${port}/mcp`);
    expect(await answer.text()).toBe('not ours');
  });

  test('takes no more upgrades when it is closed, and what is open stays', async () => {
    const { front, url, told, server } = await open();
    server.on('request', (_request, response) => response.writeHead(404).end());
    const { socket } = dial(url);
    await once(socket, 'open');
    front.close();
    const late = dial(url);
    await late.heard.until(isOver);
    expect(late.heard.all[0]).toBe('error Unexpected server response: 404');
    socket.send('still here');
    await told.until((all) => all.includes('message still here'));
    let isEmpty = false;
    void front.empty.then(() => {
      isEmpty = true;
    });
    await new Promise(setImmediate);
    expect([front.connections, isEmpty]).toEqual([1, false]);
    front.terminate();
    await front.empty;
    expect([front.connections, told.all.at(-1)]).toEqual([0, 'closed 1006']);
  });
});

describe('a client that is not let in', () => {
  test('is cut when it does not go by itself', async () => {
    const { port, clock, server } = await open({ refusalTimeoutMs: 2000 });
    const { socket } = rawConnection(port);
    socket.write(upgradeOf('/elsewhere'));
    await once(socket, 'end');
    // It has read the end and does not close its side; it even goes on talking.
    socket.write('x'.repeat(100_000));
    clock.advance(1999);
    expect(await connectionsOf(server)).toBe(1);
    clock.advance(1);
    await expect.poll(async () => connectionsOf(server)).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test.each<[string, (socket: Socket) => unknown]>([
    ['that breaks off', (socket) => socket.resetAndDestroy()],
    ['that says more before it goes', (socket) => socket.end('x'.repeat(1000))],
  ])('%s is done with', async (_what, leave) => {
    const { port, server, clock } = await open();
    const { socket } = rawConnection(port);
    socket.write(upgradeOf('/elsewhere'));
    await once(socket, 'data');
    leave(socket);
    await expect.poll(async () => connectionsOf(server)).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['that says nothing', ''],
    ['that never ends its headers', 'GET /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
  ])('%s is told that it was too slow', async (_what, said) => {
    const { port } = await open({}, { handshakeTimeoutMs: 100 });
    const { socket, read } = rawConnection(port);
    socket.write(said);
    await once(socket, 'end');
    expect(statusOf(read())).toBe('408');
  });

  test('for headers that are too long is told so', async () => {
    const { port } = await open({}, { headerBytesMax: 2000 });
    expect(statusOf(await raw(port, '/mcp', { Cookie: 'x'.repeat(2000) }))).toBe('431');
  });

  test('because it left in the middle of its handshake leaves nothing behind', async () => {
    const { port, links, told, server } = await open();
    const { socket } = rawConnection(port);
    socket.end(upgradeOf('/mcp'));
    await once(socket, 'close');
    await expect.poll(async () => connectionsOf(server)).toBe(0);
    // The end may come with the request or a moment later.
    expect(told.all).toEqual(links.all.map(() => 'closed 1006'));
  });
});

test('P13 a hundred clients that come and go, in every way, leave nothing behind', async () => {
  const { front, server, clock, url, told, links } = await open();
  const ways = ['client closes', 'client breaks', 'we close', 'we cut'] as const;
  for (let round = 0; round < 25; round += 1) {
    const clients = ways.map(() => dial(url));
    await Promise.all(clients.map(async ({ socket }) => once(socket, 'open')));
    await links.until((all) => all.length === 4);
    clients.forEach(({ socket }) => socket.send('hello'));
    await told.until((all) => all.filter((line) => line === 'message hello').length === 4);
    clients[0]!.socket.close(1000);
    clients[1]!.socket.terminate();
    // Which link belongs to which client is not known; two of the four are ended from our side as well.
    links.all[2]!.close('enough');
    links.all[3]!.terminate();
    await told.until((all) => all.filter((line) => line.startsWith('closed')).length === 4);
    clients.forEach(({ socket }) => socket.terminate());
    told.all.length = 0;
    links.all.length = 0;
  }
  await expect.poll(async () => connectionsOf(server)).toBe(0);
  const left = {
    connections: front.connections,
    timers: clock.pending,
    listeners: EventEmitter.listenerCount(server, 'upgrade'),
  };
  expect(left).toEqual({ connections: 0, timers: 0, listeners: 1 });
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  await expect.poll(sockets).toBe(0);
});

async function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

describe('a client about whom something has to be found out', () => {
  test('waits, and comes in or reads why not', async () => {
    const { url, links } = await open({
      admit: async ({ headers }) =>
        headers.authorization === 'Bearer a'
          ? undefined
          : { status: 401, body: 'who are you\n', headers: { 'WWW-Authenticate': 'Bearer' } },
    });
    const known = dial(url, ['mcp'], { authorization: 'Bearer a' });
    await known.heard.until((all) => all.includes('open mcp'));
    await links.until((all) => all.length === 1);
    const stranger = new WebSocket(url, ['mcp']);
    const [, response] = (await once(stranger, 'unexpected-response')) as [unknown, IncomingMessage];
    expect([response.statusCode, response.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    response.resume();
  });

  test('and leaves meanwhile, is no error of anybody', async () => {
    let decide = (): void => {};
    let asked = (_request: IncomingMessage): void => {};
    const isAsked = new Promise<IncomingMessage>((resolve) => {
      asked = resolve;
    });
    const { port, front } = await open({
      admit: async (request) =>
        new Promise((resolve) => {
          decide = () => resolve(undefined);
          asked(request);
        }),
    });
    const socket = connect(port, '127.0.0.1');
    socket.write(upgradeOf('/mcp'));
    const { socket: inside } = await isAsked;
    const gone = new Promise((resolve) => inside.once('close', resolve));
    socket.resetAndDestroy();
    await gone;
    decide();
    expect(front.connections).toBe(0);
  });

  test('about whom that is not possible is told so', async () => {
    const { url } = await open({ admit: async () => Promise.reject(new Error('no idea')) });
    const client = new WebSocket(url, ['mcp']);
    const [, response] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(500);
    response.resume();
  });
});
