import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { NodeResponse } from '../../src/transports/http-node-response.ts';
import { Outflow } from '../../src/transports/http-outflow.ts';
import { type RawConnection, bareServer, closeBareServers } from './http-stage.ts';

afterEach(closeBareServers);

/** More than the kernel takes for a client that does not read. */
const muchBytes = 24 * 1024 * 1024;

interface Begun {
  readonly connection: RawConnection;
  readonly response: NodeResponse;
  readonly outflow: Outflow;
  /** What the session was told to be waiting. */
  readonly total: () => number;
}

/** A response whose client does not read yet. */
async function begun(): Promise<Begun> {
  const { connection, next } = await bareServer();
  connection.socket.pause();
  connection.writes('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const [, response] = await next();
  let total = 0;
  const meter = {
    waiting: (bytes: number) => {
      total += bytes;
    },
  };
  const outflow = new Outflow(response, meter, 200);
  response.on('close', () => outflow.responseClosed());
  return { connection, response, outflow, total: () => total };
}

describe('what a client has not taken', () => {
  test('counts for nothing while it is little', async () => {
    const { response, total, outflow } = await begun();
    response.write('a little');
    outflow.wrote();
    expect([total(), outflow.waiting]).toEqual([0, 0]);
  });

  test('counts until it is taken', async () => {
    const { connection, response, total, outflow } = await begun();
    for (const part of [1, 2]) {
      response.write(new Uint8Array(muchBytes / 2));
      outflow.wrote();
      expect(total()).toBeGreaterThanOrEqual((part * muchBytes) / 2);
    }
    expect(outflow.waiting).toBe(total());
    connection.socket.resume();
    await once(response, 'drain');
    expect([total(), outflow.waiting]).toEqual([0, 0]);
  });

  test('counts until it is taken after everything was said, too', async () => {
    const { connection, response, total, outflow } = await begun();
    response.end(new Uint8Array(muchBytes));
    outflow.wrote();
    expect(total()).toBeGreaterThanOrEqual(muchBytes);
    connection.socket.resume();
    await once(response, 'finish');
    expect(total()).toBe(0);
  });

  test('P16 is given up with a client that takes nothing for a while', async () => {
    const { connection, response, total, outflow } = await begun();
    response.write(new Uint8Array(muchBytes));
    outflow.wrote();
    await once(response, 'close');
    expect(total()).toBe(0);
    connection.socket.resume();
    await connection.all();
  });
});
