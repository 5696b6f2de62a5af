import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Connections } from '../../src/transports/http-connections.ts';
import { RawConnection } from './http-stage.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** More than the kernel takes for a client that does not read. */
const muchBytes = 24 * 1024 * 1024;

async function listening(): Promise<{ connections: Connections; open: () => RawConnection; port: number }> {
  const server = createServer((_, response) => void response.end(new Uint8Array(muchBytes)));
  servers.push(server);
  const connections = new Connections(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { connections, open: () => new RawConnection(port), port };
}

const ask = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a server that parts with its connections', () => {
  test('closes at once those on which nothing is said', async () => {
    const { connections, open, port } = await listening();
    const [idle, halfSaid] = [open(), open()];
    await Promise.all([idle, halfSaid].map(async ({ socket }) => once(socket, 'connect')));
    halfSaid.writes('GET / HT');
    await connections.close(new VirtualClock());
    expect([await idle.all(), await halfSaid.all()]).toEqual(['', '']);
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
  });

  test('lets clients take the end of their answers', async () => {
    const { connections, open } = await listening();
    const connection = open();
    connection.socket.pause();
    connection.writes(ask);
    await once(servers[0]!, 'request');
    const closed = connections.close(new VirtualClock());
    connection.socket.resume();
    expect((await connection.all()).length).toBeGreaterThan(muchBytes);
    await closed;
  });

  test('cuts off those who do not, after a while', async () => {
    const { connections, open } = await listening();
    const connection = open();
    connection.socket.pause();
    connection.writes(ask);
    await once(servers[0]!, 'request');
    const clock = new VirtualClock();
    const closed = connections.close(clock);
    clock.advance(999);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    await closed;
    connection.socket.resume();
    expect((await connection.all()).length).toBeLessThan(muchBytes);
  });
});
