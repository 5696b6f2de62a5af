import { once } from 'node:events';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type NodeListenerOptions, nodeListener } from '../../src/adapters/node-listener.ts';
import { RawConnection } from '../transports/http-stage.ts';

class Moment {
  comes!: () => void;
  readonly came = new Promise<void>((resolve) => {
    this.comes = resolve;
  });
}

type Handler = (request: Request, from?: object) => Promise<Response>;
type Incoming = IncomingMessage & { originalUrl?: string; body?: unknown };

const servers = new Set<Server>();

afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers.clear();
});

/** A server whose requests go to a handler. @param before what a framework does to a request first. */
async function served(
  fetch: Handler,
  options: NodeListenerOptions<Incoming> = {},
  before: (request: Incoming) => Promise<unknown> = async () => undefined,
): Promise<number> {
  const listener = nodeListener<Incoming>({ fetch }, options);
  const server = createServer((request, response) => {
    void before(request).then((body) => listener(request, response, body));
  });
  servers.add(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const post = async (port: number, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/mcp?a=b`, { method: 'POST', body, headers });

describe('a request', () => {
  test('arrives with its URL, its headers and its body', async () => {
    const port = await served(async (request) =>
      Response.json([request.method, request.url, request.headers.get('x-a'), await request.text()]),
    );
    const reply = await post(port, 'é', { 'X-A': '1' });
    expect(await reply.json()).toEqual(['POST', `http://127.0.0.1:${port}/mcp?a=b`, '1', 'é']);
  });

  test('has the path that the framework was asked for, and a visitor', async () => {
    const port = await served(
      async (request, from) => Response.json([new URL(request.url).pathname, from]),
      { from: ({ method }) => ({ principal: `who ${method}s` }) },
      async (request) => {
        request.originalUrl = '/whole/path';
      },
    );
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).json()).toEqual(['/whole/path', { principal: 'who GETs' }]);
  });

  test.each<[string, unknown, string]>([
    ['bytes', Buffer.from('{"a": 1}'), '{"a": 1}'],
    ['text', '{"a": 1}', '{"a": 1}'],
    ['what a parser has made of it', { a: 1 }, '{"a":1}'],
  ])('whose body was read already has it as %s', async (_what, body, text) => {
    const echo: Handler = async (request) =>
      Response.json([await request.text(), request.headers.get('content-length')]);
    const given = await served(echo, {}, async (request) => {
      await readAll(request);
      return body;
    });
    const kept = await served(echo, {}, async (request) => {
      await readAll(request);
      request.body = body;
      return () => 'the next handler';
    });
    for (const port of [given, kept]) expect(await (await post(port, '{"a": 1}')).json()).toEqual([text, null]);
  });

  test('whose body nobody has kept is misuse: 500, and whoever asked to know is told', async () => {
    const errors: unknown[] = [];
    const port = await served(
      async () => new Response('never'),
      { onError: (error) => errors.push(error) },
      async (request) => {
        await readAll(request);
      },
    );
    expect((await post(port, '{}')).status).toBe(500);
    expect(errors).toMatchObject([{ name: 'LocalError', code: 'BODY_TAKEN' }]);
  });

  test('that a parser has left alone is read, whatever it left in its place', async () => {
    const port = await served(
      async (request) => new Response(await request.text()),
      {},
      async (request) => {
        request.body = {};
      },
    );
    expect(await (await post(port, 'whole')).text()).toBe('whole');
  });

  test('that the standard does not know is refused, and one without a host is for none', async () => {
    const port = await served(async (request) => Response.json([request.url, request.headers.get('host')]));
    const ask = async (text: string): Promise<string> => {
      const connection = new RawConnection(port);
      connection.writes(text);
      return connection.all();
    };
    expect(await ask('TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toContain('HTTP/1.1 400');
    expect(await ask('GET /mcp HTTP/1.0\r\n\r\n')).toContain('["http://host.invalid/mcp",null]');
  });

  test('may come on HTTP/2', async () => {
    const listener = nodeListener({
      fetch: async (request) =>
        Response.json([request.url, request.headers.get('host'), await request.text()], { status: 201 }),
    });
    const server = createHttp2Server((request, response) => listener(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({ ':method': 'POST', ':path': '/mcp' });
    stream.end('body');
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect([headers[':status'], JSON.parse(Buffer.concat(chunks).toString())]).toEqual([
      201,
      [`http://127.0.0.1:${port}/mcp`, `127.0.0.1:${port}`, 'body'],
    ]);
    session.close();
    server.close();
  });

  test('whose body nobody wants does not hold up the next one', async () => {
    const port = await served(async (request) => {
      await request.body?.cancel();
      return new Response('refused', { status: 413, headers: { 'Content-Length': '7' } });
    });
    const connection = new RawConnection(port);
    const body = 'x'.repeat(1_000_000);
    for (let count = 0; count < 2; count++) {
      connection.writes(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }
    const said = await connection.until((text) => text.split('refused').length === 3);
    expect(said.match(/413/g)).toHaveLength(2);
    connection.socket.destroy();
  });
});

describe('a response', () => {
  test('that fails is 500, and told to whoever asked to know', async () => {
    const errors: unknown[] = [];
    const failed = new Error('no');
    const onError = (error: unknown): void => {
      errors.push(error);
      throw new Error('of the one who is told');
    };
    const port = await served(async () => Promise.reject(failed), { onError });
    expect([(await post(port, '')).status, errors]).toEqual([500, [failed]]);
  });

  test('begins before there is anything to say in it', async () => {
    const port = await served(async () => new Response(new ReadableStream({})));
    const reply = await fetch(`http://127.0.0.1:${port}/`);
    expect(reply.status).toBe(200);
    await reply.body?.cancel();
  });

  test('that is cut off is cut off for the client, too', async () => {
    const port = await served(
      async () => new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('cut off')) })),
    );
    const reply = await fetch(`http://127.0.0.1:${port}/`);
    await expect(reply.text()).rejects.toThrow('terminated');
  });

  test('whose client leaves is cancelled, and its request aborted', async () => {
    const cancelled = new Moment();
    const aborted = new Moment();
    const port = await served(async (request) => {
      request.signal.addEventListener('abort', () => aborted.comes());
      return new Response(new ReadableStream({ cancel: () => cancelled.comes() }));
    });
    const reply = await fetch(`http://127.0.0.1:${port}/`);
    await reply.body?.cancel();
    expect(await Promise.all([cancelled.came, aborted.came])).toHaveLength(2);
  });

  test('that comes when its client is gone is cancelled', async () => {
    const asked = new Moment();
    const cancelled = new Moment();
    const port = await served(async (request) => {
      const gone = once(request.signal, 'abort');
      asked.comes();
      await gone;
      return new Response(new ReadableStream({ cancel: () => cancelled.comes() }));
    });
    const connection = new RawConnection(port);
    connection.writes('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await asked.came;
    connection.socket.destroy();
    expect(await cancelled.came).toBeUndefined();
  });

  test('P16 is read no faster than its client takes it', async () => {
    const piece = new Uint8Array(64 * 1024);
    let pulled = 0;
    let isStuck: () => void = () => {};
    const stuck = new Promise<void>((resolve) => {
      isStuck = resolve;
    });
    const all = 1000;
    const port = await served(
      async () =>
        new Response(
          new ReadableStream({
            pull: (controller) => {
              pulled++;
              const before = pulled;
              controller.enqueue(piece);
              // Nothing was asked for while the event loop went round and round: the client is full.
              let rounds = 0;
              const look = (): void => {
                if (pulled !== before) return;
                if (++rounds > 200) isStuck();
                else setImmediate(look);
              };
              look();
              if (pulled === all) controller.close();
            },
          }),
        ),
    );
    const connection = new RawConnection(port);
    connection.socket.pause();
    connection.writes('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await stuck;
    expect(pulled).toBeLessThan(all / 2);
    connection.socket.resume();
    await connection.all();
    expect(pulled).toBe(all);
  });
});
