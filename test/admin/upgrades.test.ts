import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { UpgradePath } from '../../src/admin/upgrades.ts';
import { administered, token } from './administered-runtime.ts';

const greets: UpgradePath = {
  path: '/feed',
  accept: (request, socket) => void socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\nwelcome to ${request.url}`),
};
const upgrades = [greets, { ...greets, path: '/below/' }, { ...greets, path: '/wire', takesTokenInQuery: true }];

async function opened() {
  const { listener } = await administered({ upgrades, limits: { strangersPerSecond: 4 } });
  return async (path: string, ...headers: readonly string[]): Promise<string> => {
    const socket = connect(listener.port, '127.0.0.1');
    const lines = [
      `GET ${path} HTTP/1.1`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      ...(headers.some((header) => header.startsWith('Host')) ? [] : [`Host: 127.0.0.1:${listener.port}`]),
      ...headers,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    let said = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    await once(socket, 'close');
    return said;
  };
}

const bearer = `Authorization: Bearer ${token}`;
const offered = `Sec-WebSocket-Protocol: ninelives.feed.v1, ninelives.token.${token}`;

describe('an upgrade', () => {
  test.each([
    ['/feed', bearer],
    ['/feed', offered],
    ['/feed?from=here', bearer],
    ['/below/this/and/that', bearer],
    [`/wire?token=${token}`, 'X: y'],
  ])('for %s with %s goes on as something else', async (path, header) => {
    expect(await (await opened())(path, header)).toMatch(/^HTTP\/1\.1 101 [^]*welcome to \//);
  });

  test.each([
    ['shows no token', '/feed', 'X: y'],
    ['shows a wrong one', '/feed', 'Authorization: Bearer wrong'],
    ['shows a wrong one as a subprotocol', '/feed', 'Sec-WebSocket-Protocol: ninelives.token.wrong'],
    ['shows it in the query where that may not be', `/feed?token=${token}`, 'X: y'],
    ['shows two', `/wire?token=${token}`, bearer],
    ['asks for what is not there', '/no-such', 'X: y'],
  ])('that %s is told nothing but that', async (_what, path, header) => {
    const said = await (await opened())(path, header);
    expect(said).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n[^]*WWW-Authenticate: Bearer[^]*UNAUTHORIZED/);
  });

  test('for a path that is not there is told so, if it shows the token', async () => {
    expect(await (await opened())('/feedback', bearer)).toMatch(/^HTTP\/1\.1 404 /);
  });

  test.each([
    ['for another host', 'Host: evil.example'],
    ['of a page of somebody else', 'Origin: https://evil.example'],
    ['of a page on another port', 'Origin: http://127.0.0.1:1'],
  ])('%s is refused, also with the token', async (_what, header) => {
    expect(await (await opened())('/feed', bearer, header)).toMatch(/^HTTP\/1\.1 403 [^]*FOREIGN_HOST/);
  });

  test('without the token uses up the allowance of strangers', async () => {
    const ask = await opened();
    const answers = await Promise.all(Array.from({ length: 10 }, async () => ask('/feed')));
    expect(answers.filter((said) => said.startsWith('HTTP/1.1 429')).length).toBeGreaterThan(3);
    expect(await ask('/feed', bearer)).toContain('welcome');
  });

  test('that was accepted ends with the listener', async () => {
    const held: UpgradePath = {
      path: '/feed',
      accept: (_request, socket) => void socket.write('HTTP/1.1 101 X\r\n\r\n'),
    };
    const { listener } = await administered({ upgrades: [held] });
    const socket = connect(listener.port, '127.0.0.1');
    socket.write(`GET /feed HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: x\r\n${bearer}\r\n\r\n`);
    await once(socket, 'data');
    const closed = once(socket, 'close');
    await listener.close();
    expect(await closed).toEqual([false]);
  });
});
