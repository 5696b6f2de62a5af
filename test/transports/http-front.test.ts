import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { initialize, initializeResult, notification, request, result } from '../../src/testing/messages.ts';
import { openHttpFront } from '../../src/transports/http-front.ts';
import { RawConnection, Reply, type Stage, closeStages, openStage } from './http-stage.ts';

afterEach(closeStages);

const eventsFirst = { Accept: 'text/event-stream, application/json' };

describe('a body', () => {
  const limits = { sessionLimits: { frameBytesMax: 1000 }, runtime: { limits: { frameBytesMax: 1000 } } };

  test('may come in pieces', async () => {
    const stage = await openStage();
    const connection = new RawConnection(stage.front.port);
    const body = JSON.stringify(initialize('é'));
    const { length } = Buffer.from(body);
    connection.writes(`POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`);
    connection.writes(`Accept: application/json, text/event-stream\r\nContent-Length: ${length}\r\n\r\n`);
    for (const character of body) connection.writes(character);
    expect(await connection.until((text) => text.includes('"id":"é"'))).toContain('200 OK');
    connection.socket.destroy();
  });

  test('that is too long is refused with 413, which its sender gets to read, and the connection goes on', async () => {
    const stage = await openStage(limits);
    const client = await stage.opened();
    const reply = await client.posts(request(1, 'echo', { text: 'x'.repeat(5_000_000) }));
    expect([reply.status, await reply.json()]).toMatchObject([413, { id: null, error: { code: 4130 } }]);
    expect((await client.posts(request(1, 'ping'))).status).toBe(200);
  });

  test('that is too long is refused while it comes, when nobody has said how long it is', async () => {
    const stage = await openStage(limits);
    const connection = new RawConnection(stage.front.port);
    connection.writes('POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n');
    connection.writes('Transfer-Encoding: chunked\r\n\r\n');
    const piece = `200\r\n${'x'.repeat(0x200)}\r\n`;
    connection.writes(piece.repeat(3));
    expect(await connection.until((text) => text.includes('FRAME_TOO_LARGE'))).toContain('413');
    connection.writes(`${piece}0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(await connection.until((text) => text.includes('ok\n'))).toContain('200 OK');
    connection.socket.destroy();
  });

  test('is asked for where its sender waits to be asked, unless it is too long', async () => {
    const stage = await openStage(limits);
    const expecting = (length: number): string =>
      `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
    const short = new RawConnection(stage.front.port);
    short.writes(expecting(2));
    expect(await short.until((text) => text.includes('Continue'))).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    short.writes('{}');
    expect(await short.until((text) => text.includes('error'))).toContain('HTTP/1.1 400');
    short.socket.destroy();
    const long = new RawConnection(stage.front.port);
    long.writes(expecting(1001));
    const said = await long.all();
    expect([said.includes('413'), said.includes('Continue')]).toEqual([true, false]);
  });
});

describe('time and room', () => {
  test('a client that is slow to say what it wants is told that it took too long', async () => {
    const stage = await openStage({ times: { headersMs: 100, requestMs: 200 } });
    const silent = new RawConnection(stage.front.port);
    silent.writes('POST /mcp HTTP/1.1\r\nHost: local');
    const slow = new RawConnection(stage.front.port);
    slow.writes(
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    );
    expect([await silent.all(), await slow.all()].map((text) => text.slice(0, 12))).toEqual([
      'HTTP/1.1 408',
      'HTTP/1.1 408',
    ]);
  });

  test('a connection that nobody uses is closed', async () => {
    const stage = await openStage({ times: { keepAliveMs: 50 } });
    const connection = new RawConnection(stage.front.port);
    connection.writes('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await connection.all()).toContain('200 OK');
  });

  test('there are so many connections, and whoever comes besides is told so', async () => {
    const stage = await openStage({ limits: { connectionsMax: 1 } });
    const first = new RawConnection(stage.front.port);
    const ask = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    first.writes(ask);
    await first.until((text) => text.includes('ok\n'));
    const second = new RawConnection(stage.front.port);
    second.writes(ask);
    const said = await second.all();
    expect(said).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n[^]*Connection: close\r\n/);
    expect(JSON.parse(said.slice(said.indexOf('{')))).toMatchObject({
      id: null,
      error: { code: 5032, data: { code: 'TOO_MANY_CONNECTIONS', limit: 1, retryAfterMs: 1000 } },
    });
    first.socket.destroy();
  });
});

describe('draining', () => {
  test('lets what is under way end, on connections that are not used again', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const posted = client.posts(request(1, 'work'));
    const { id } = await stage.server.hears('work');
    stage.front.drain();
    const pinged = await client.posts(request(2, 'ping'));
    expect([pinged.status, pinged.header('connection')]).toEqual([200, 'close']);
    stage.server.says(result(id));
    expect(await (await posted).json()).toEqual(result(1));
  });

  test('P17 new sessions are refused by the runtime: 503, and when to come back', async () => {
    const stage = await openStage();
    await stage.opened();
    void stage.runtime.drain();
    const reply = await stage.client().posts(initialize(0));
    expect([reply.status, reply.header('retry-after'), await reply.json()]).toMatchObject([
      503,
      '1',
      { id: 0, error: { code: 5031 } },
    ]);
  });

  test('and closing ends what is being answered, and leaves no connection open', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.listens();
    const posted = client.posts(request(1, 'work'));
    await stage.server.hears('work');
    await stage.front.close();
    expect([await stream.all(), (await posted).status]).toEqual([[], 404]);
    await expect(stage.client().posts(initialize(0))).rejects.toThrow('ECONNREFUSED');
  });

  test('and closing cuts off who does not take it', async () => {
    const mebibyte = 1024 * 1024;
    const stage = await openStage({ sessionLimits: { bufferBytesMax: 64 * mebibyte } });
    const client = await stage.opened();
    const stream = await client.listens();
    stream.message.pause();
    // More than the kernel takes for a client that does not read.
    const said = notification('notifications/message', { data: 'x'.repeat(mebibyte) });
    for (let count = 0; count < 30; count++) stage.server.says(said);
    let isClosed = false;
    const closed = stage.front.close().then(() => {
      isClosed = true;
    });
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    stage.clock.advance(1000);
    await closed;
  });
});

test('an address that is taken is an error of whoever opens the front', async () => {
  const stage = await openStage();
  const { port } = stage.front;
  const other = openStage({ port });
  await expect(other).rejects.toThrow('EADDRINUSE');
  expect(openHttpFront).toBeTypeOf('function');
});

test('over TLS all is the same', async () => {
  const pem = (name: string): string => readFileSync(new URL(`../fixtures/${name}.pem`, import.meta.url), 'utf8');
  const cert = pem('localhost-cert');
  const stage = await openStage({ tls: { key: pem('localhost-key'), cert } });
  expect(stage.front.url).toBe(`https://127.0.0.1:${stage.front.port}/mcp`);
  const asked = httpsRequest({
    host: '127.0.0.1',
    port: stage.front.port,
    path: '/mcp',
    method: 'POST',
    ca: cert,
    headers: { 'Content-Type': 'application/json', ...eventsFirst },
    agent: false,
  });
  asked.end(JSON.stringify(initialize(0)));
  const [message] = (await once(asked, 'response')) as [IncomingMessage];
  expect(await new Reply(message).all()).toEqual([result(0, initializeResult())]);
});

describe('whatever somebody writes to the socket', () => {
  const method = fc.constantFrom('POST', 'GET', 'DELETE', 'PUT', 'OPTIONS', 'HEAD', 'CONNECT', 'post', 'G ET', '');
  const target = fc.constantFrom(
    '/mcp',
    '/mcp?x',
    '/',
    '/healthz',
    '*',
    'http://localhost/mcp',
    '/%00',
    'localhost:80',
    '',
  );
  const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTP/1.1', '');
  const value = fc.oneof(
    fc.constantFrom(
      'localhost',
      'application/json',
      'application/json, text/event-stream',
      's1',
      '2025-11-25',
      '2026-07-28',
    ),
    fc.constantFrom(
      '0',
      '5',
      '-1',
      '99999999999',
      'chunked',
      'gzip',
      'close',
      'h2c',
      '100-continue',
      '0-0',
      '__proto__',
      '',
    ),
    fc.string({ maxLength: 20 }),
  );
  const header = fc.tuple(
    fc.constantFrom(
      'Host',
      'Accept',
      'Content-Type',
      'Content-Length',
      'Transfer-Encoding',
      'Content-Encoding',
      'Mcp-Session-Id',
      'MCP-Protocol-Version',
      'Last-Event-ID',
      'Origin',
      'Connection',
      'Upgrade',
      'Expect',
      'X\u0000',
    ),
    value,
  );
  const body = fc.oneof(
    fc.constantFrom(
      '',
      '{}',
      '[]',
      '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      '{"jsonrpc":"2.0","method":"x"}',
      '\u0000',
    ),
    fc.json(),
    fc.constant(JSON.stringify(initialize(1))),
  );

  /** A status for each, or the end of the connection; and the next client is served as if nothing had been. */
  async function answers(stage: Stage, text: string): Promise<string> {
    const connection = new RawConnection(stage.front.port);
    connection.writes(text);
    // Whatever still lacks a part is cut short by the end of what its sender says.
    connection.socket.end();
    const said = await connection.all();
    const probe = new RawConnection(stage.front.port);
    probe.writes('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await probe.until((answer) => answer.includes('ok\n'));
    probe.socket.destroy();
    return said;
  }

  test('is answered with a status or cut off, and harms nobody', async () => {
    const stage = await openStage({ sessionLimits: { frameBytesMax: 1000 } });
    await fc.assert(
      fc.asyncProperty(
        method,
        target,
        version,
        fc.array(header, { maxLength: 6 }),
        body,
        fc.boolean(),
        async (verb, where, http, headers, content, hasLength) => {
          const all = hasLength
            ? [...headers, ['Content-Length', String(Buffer.byteLength(content))] as const]
            : headers;
          const lines = all.map(([name, said]) => `${name}: ${said}\r\n`).join('');
          const said = await answers(stage, `${verb} ${where} ${http}\r\n${lines}\r\n${content}`);
          expect(said === '' || /^HTTP\/1\.1 [1-5]\d\d /.test(said)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('that is no HTTP at all is answered so too', async () => {
    const stage = await openStage();
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200, unit: 'binary' }), async (text) => {
        const said = await answers(stage, text);
        expect(said === '' || said.startsWith('HTTP/1.1 ')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
