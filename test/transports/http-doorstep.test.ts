import { afterEach, describe, expect, test } from 'vitest';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { Script } from '../../src/testing/script.ts';
import { type DoorPolicy, doorPolicy } from '../../src/transports/door.ts';
import { HttpDoorstep, answerDocument, answerProbe, isReadOnly } from '../../src/transports/http-doorstep.ts';
import type { NodeRequest } from '../../src/transports/http-node-request.ts';
import type { NodeResponse } from '../../src/transports/http-node-response.ts';
import { bareServer, closeBareServers } from './http-stage.ts';

afterEach(closeBareServers);

/** What a client reads that asks like this. */
async function read(
  answer: (request: NodeRequest, response: NodeResponse) => void,
  {
    method = 'GET',
    headers = ['Host: localhost'],
  }: { readonly method?: string; readonly headers?: readonly string[] } = {},
): Promise<string> {
  const { connection, next } = await bareServer();
  connection.writes(`${method} / HTTP/1.1\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`);
  const [request, response] = await next();
  request.readHeaders();
  answer(request, response);
  return connection.all();
}

describe('the doorstep', () => {
  const lets = async (door: DoorPolicy, allowsPages: boolean, ...headers: readonly string[]) => {
    const log = new CollectingLog(new Script(), true);
    const doorstep = new HttpDoorstep({ door, allowsPages, log });
    let origin: string | undefined = 'not asked';
    const said = await read(
      (request, response) => {
        if (!doorstep.lets(request, response)) return;
        origin = response.pageOrigin;
        response.begin(204, []);
        response.end();
      },
      { headers },
    );
    return { status: said.slice(9, 12), origin };
  };
  const page = 'https://page.example.com';
  const door = doorPolicy({ listenHost: '127.0.0.1', allowOrigins: [page] });

  test('lets in what the door lets in, and answers the others', async () => {
    expect(await lets(door, false, 'Host: localhost')).toEqual({ status: '204', origin: undefined });
    expect((await lets(door, false, 'Host: evil.example.com')).status).toBe('403');
  });

  test('lets pages read the answer where that was allowed', async () => {
    const headers = ['Host: localhost', `Origin: ${page}`];
    expect(await lets(door, true, ...headers)).toEqual({ status: '204', origin: page });
    expect(await lets(door, false, ...headers)).toEqual({ status: '204', origin: undefined });
    expect((await lets(door, true, 'Host: localhost', 'Origin: https://other.example.com')).status).toBe('403');
  });

  test('asks the door once about a host that comes again, and again about any other', async () => {
    const asked: unknown[] = [];
    const doorstep = new HttpDoorstep({
      door: { check: ({ host }) => (asked.push(host), undefined) },
      allowsPages: false,
      log: new CollectingLog(new Script(), false),
    });
    for (const host of ['a', 'a', 'b']) {
      await read(
        (request, response) => {
          doorstep.lets(request, response);
          response.destroy();
        },
        { headers: [`Host: ${host}`] },
      );
    }
    expect(asked).toEqual(['a', 'b']);
  });
});

describe('what is only read', () => {
  test.each(['GET', 'HEAD'])('is read by %s', async (method) => {
    expect(await read((_request, response) => answerProbe(response, undefined), { method })).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    expect(await read((request, response) => answerDocument(request, response, () => '{}'), { method })).toMatch(
      /^HTTP\/1\.1 200 [^]*Cache-Control: no-store\r\n/,
    );
  });

  test('is not written to', async () => {
    const said = await read(
      (request, response) => {
        expect(isReadOnly(request, response)).toBe(false);
      },
      { method: 'PUT' },
    );
    expect(said).toMatch(/^HTTP\/1\.1 405 [^]*Cache-Control: no-store\r\nAllow: GET, HEAD\r\n/);
  });

  test('says on one line why a process is not ready', async () => {
    expect(await read((_request, response) => answerProbe(response, 'no server\r\n is there'))).toMatch(
      /^HTTP\/1\.1 503 [^]*\r\n\r\nno server is there\n$/,
    );
  });
});
