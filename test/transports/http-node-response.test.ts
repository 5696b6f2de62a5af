import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { NodeResponse } from '../../src/transports/http-node-response.ts';
import { type RawConnection, bareServer, closeBareServers } from './http-stage.ts';

afterEach(closeBareServers);

async function asked(): Promise<readonly [NodeResponse, RawConnection]> {
  const { connection, next } = await bareServer();
  connection.writes('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const [, response] = await next();
  return [response, connection];
}

/** Counts how often it is told. */
class Owner {
  told = 0;
  responseClosed(): void {
    this.told++;
  }
}

describe('whoever answers', () => {
  test('learns once that the client is gone', async () => {
    const [response, connection] = await asked();
    const owner = new Owner();
    response.owner = owner;
    connection.socket.destroy();
    await once(response, 'close');
    response.tellOwner();
    expect([owner.told, response.owner, response.destroyed]).toEqual([1, undefined, true]);
  });

  test('is not told when it has said that it waits for nothing more', async () => {
    const [response, connection] = await asked();
    const owner = new Owner();
    response.owner = owner;
    response.owner = undefined;
    connection.socket.destroy();
    await once(response, 'close');
    expect(owner.told).toBe(0);
  });
});

test('a short body of several parts arrives as the bytes that it is', async () => {
  const [response, connection] = await asked();
  const parts = [new Uint8Array([0x7b, 0xc3]), Buffer.from([0xa9, 0x7d])];
  response.begin(200, ['Content-Length', '4', 'Connection', 'close']);
  response.endShort(parts);
  expect(await connection.all()).toMatch(/\r\n\r\n\{é\}$/);
});
