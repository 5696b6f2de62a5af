import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { Script } from '../../src/testing/script.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Crowding, spareConnectionsMax } from '../../src/transports/http-crowding.ts';
import { RawConnection } from './http-stage.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const ask = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** A server that says whether it serves a connection, or what it refuses it with. */
async function crowded(connectionsMax: number) {
  const clock = new VirtualClock();
  const script = new Script();
  const log = new CollectingLog(script, false);
  const server = createServer((request, response) => {
    response.end(crowding.refusalOn(request.socket)?.code ?? 'SERVED');
  });
  servers.push(server);
  const crowding = new Crowding(server, connectionsMax, clock, log);
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  /** What is said to a request on the connection, of which there are `before` already. */
  const asks = async (connection = new RawConnection(port), before = 0) => {
    connection.writes(ask);
    const words = (text: string): readonly string[] => text.match(/(?<=\r\n\r\n)[A-Z_]+/g) ?? [];
    const said = await connection.until((text) => words(text).length > before);
    return { connection, word: words(said)[before] };
  };
  const lines = (): readonly object[] => log.lines('warn').map(({ fields }) => fields);
  return { clock, port, sockets, asks, lines };
}

describe('a server with a limit of connections', () => {
  test('serves as many as may be, and refuses the next', async () => {
    const { asks } = await crowded(2);
    const words = [(await asks()).word, (await asks()).word, (await asks()).word];
    expect(words).toEqual(['SERVED', 'SERVED', 'TOO_MANY_CONNECTIONS']);
  });

  test('serves who waited above the limit, once there is room', async () => {
    const { asks, sockets } = await crowded(1);
    const first = await asks();
    const second = await asks();
    first.connection.socket.destroy();
    await once(sockets[0]!, 'close');
    const again = await asks(second.connection, 1);
    expect([second.word, again.word]).toEqual(['TOO_MANY_CONNECTIONS', 'SERVED']);
  });

  test('closes unheard who comes when those to be refused are many, too', async () => {
    const { port, lines } = await crowded(0);
    const connections = Array.from({ length: spareConnectionsMax + 1 }, () => new RawConnection(port));
    await Promise.race(connections.map(async (connection) => connection.all()));
    expect(lines()).toEqual([{ refused: 1, limit: 0 }]);
  });

  test('tells the log at once, and then once a minute how many there were', async () => {
    const { asks, clock, lines } = await crowded(0);
    for (let count = 0; count < 3; count++) await asks();
    expect(lines()).toEqual([{ refused: 1, limit: 0 }]);
    clock.advance(60_000);
    expect(lines().slice(1)).toEqual([{ refused: 2, limit: 0 }]);
    clock.advance(60_000);
    expect([lines().length, clock.pending]).toEqual([2, 0]);
    await asks();
    expect(lines().slice(2)).toEqual([{ refused: 1, limit: 0 }]);
  });
});
