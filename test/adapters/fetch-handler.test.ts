import { type EventSourceMessage, createParser } from 'eventsource-parser';
import { describe, expect, test } from 'vitest';
import { type FetchHandlerOptions, type FetchVisitor, createFetchHandler } from '../../src/adapters/fetch-handler.ts';
import type { UpstreamConnector } from '../../src/ports.ts';
import type { RuntimeOptions } from '../../src/runtime/api.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { type Message, initialize, notification, request, result } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { loadedBy } from '../pins/loaded-modules.ts';
import { TestServer, both, usual } from '../transports/http-stage.ts';
import { modernCall } from '../transports/http-talk.ts';

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string | ReadableStream;
  readonly signal?: AbortSignal;
  readonly from?: FetchVisitor;
}

/** A handler on a runtime whose time stands still, and the servers of its sessions. */
class Stage {
  readonly clock = new VirtualClock();
  readonly servers: TestServer[] = [];
  readonly visitors: FetchVisitor[] = [];
  readonly runtime;
  readonly handler;

  constructor(options: Partial<FetchHandlerOptions> = {}, runtimeOptions: RuntimeOptions = {}) {
    this.runtime = createRuntime({ checksInvariants: true, ...runtimeOptions, clock: this.clock });
    this.handler = createFetchHandler({
      runtime: this.runtime,
      server: (visitor) => this.#serverOf(visitor),
      restart: neverRestart,
      ...options,
    });
  }

  #serverOf(visitor: FetchVisitor): UpstreamConnector {
    const server = new TestServer(usual);
    this.visitors.push(visitor);
    this.servers.push(server);
    return server;
  }

  get server(): TestServer {
    return this.servers.at(-1)!;
  }

  async sends({ method = 'POST', path = '/mcp', headers = {}, body, signal, from }: Sent): Promise<Response> {
    const hasBody = body !== undefined;
    return this.handler.fetch(
      new Request(`http://localhost${path}`, {
        method,
        headers: { Accept: both, ...(hasBody ? { 'Content-Type': 'application/json' } : {}), ...headers },
        ...(hasBody ? { body: isRaw(body) ? body : JSON.stringify(body), duplex: 'half' } : {}),
        ...(signal === undefined ? {} : { signal }),
      }),
      from,
    );
  }

  /** The headers of a client that has shaken hands. */
  async opens(from?: FetchVisitor): Promise<Readonly<Record<string, string>>> {
    const answer = await this.sends({ body: initialize(0), ...(from === undefined ? {} : { from }) });
    const headers = {
      'Mcp-Session-Id': answer.headers.get('mcp-session-id') ?? '',
      'MCP-Protocol-Version': '2025-11-25',
    };
    await this.sends({
      headers,
      body: notification('notifications/initialized'),
      ...(from === undefined ? {} : { from }),
    });
    return headers;
  }
}

function isRaw(body: object | string): body is string | ReadableStream {
  return typeof body === 'string' || body instanceof ReadableStream;
}

/** The events of a stream, one after the other. */
class Events {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #events: EventSourceMessage[] = [];
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({ onEvent: (event) => this.#events.push(event) });

  constructor({ body }: Response) {
    this.reader = body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  }

  /** The next message; undefined when there is no more. */
  async next(): Promise<(Message & { readonly eventId: string | undefined }) | undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined && event.data !== '') {
        return { ...(JSON.parse(event.data) as Message), eventId: event.id };
      }
      if (event !== undefined) continue;
      const { done, value } = await this.reader.read();
      if (done) return undefined;
      this.#parser.feed(this.#decoder.decode(value, { stream: true }));
    }
  }
}

describe('a handler of the Fetch standard', () => {
  test('loads no package and nothing of Node', () => {
    expect([...loadedBy('src/adapters/fetch-handler.ts').packages]).toEqual([]);
  });

  test('serves a client that shakes hands', async () => {
    const stage = new Stage();
    const headers = await stage.opens();
    const answer = await stage.sends({ headers, body: request('é', 'echo', { a: 1 }) });
    expect([answer.status, await answer.json()]).toEqual([200, result('é', { a: 1 })]);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect([...stage.runtime.sessions()].map(({ transportType }) => transportType)).toEqual(['http']);
  });

  test('serves a client of the modern era, whose requests share a session', async () => {
    const server = new TestServer((message, self) => {
      if (message['method'] === 'tools/call') self.says(result(message['id'] as number, { text: 'done' }));
    });
    const stage = new Stage({ server });
    const headers = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': 'echo' };
    const calls = [1, 1].map(async (id) => stage.sends({ headers, body: modernCall(id, {}, 'echo') }));
    const answers = await Promise.all(calls.map(async (call) => (await call).json() as Promise<Message>));
    expect(answers).toEqual([result(1, { text: 'done' }), result(1, { text: 'done' })]);
    expect([...stage.runtime.sessions()].length).toBe(1);
  });

  test('tells its server apart by visitor, and calls it a session each', async () => {
    const stage = new Stage();
    await stage.opens({ principal: 'ada', route: 'one' });
    await stage.opens({ principal: 'bob' });
    await stage.opens();
    expect(stage.visitors).toEqual([{ principal: 'ada', route: 'one' }, { principal: 'bob' }, {}]);
  });

  test('P20 lets nobody into the session of somebody else', async () => {
    const stage = new Stage();
    const ada = { principal: 'ada' };
    const headers = await stage.opens(ada);
    for (const from of [{ principal: 'bob' }, { principal: 'ada', route: 'other' }, {}]) {
      const statuses = [
        await stage.sends({ headers, body: request(1, 'ping'), from }),
        await stage.sends({ headers, method: 'GET', from }),
        await stage.sends({ headers, method: 'DELETE', from }),
      ].map(({ status }) => status);
      expect(statuses).toEqual([404, 404, 404]);
    }
    expect((await stage.sends({ headers, body: request(1, 'ping'), from: ada })).status).toBe(200);
  });

  test('keeps apart the requests without session of visitors whose names could be mixed up', async () => {
    const stage = new Stage({ sessionless: 'pass' });
    const visitors: readonly FetchVisitor[] = [
      { principal: 'a,b', route: 'c' },
      { principal: 'a', route: 'b,c' },
      { principal: 'a', route: 'undefined' },
      { principal: 'a' },
      { route: 'a' },
      {},
    ];
    for (const from of visitors) {
      expect((await stage.sends({ body: request(1, 'echo'), from })).status).toBe(200);
    }
    expect(stage.servers.length).toBe(visitors.length);
  });

  test('may be asked by a program that has found the way already', async () => {
    const stage = new Stage({ path: '*' });
    expect((await stage.sends({ path: '/tenants/7/healthz', body: initialize(0) })).status).toBe(200);
    const elsewhere = await new Stage({ path: '/here' }).sends({ path: '/mcp', body: initialize(0) });
    expect(elsewhere.status).toBe(404);
  });

  test('needs no `this`', async () => {
    const { fetch } = new Stage().handler;
    expect((await fetch(new Request('http://localhost/healthz'))).status).toBe(200);
  });
});

describe('the statuses of the specification', () => {
  const json = { 'Content-Type': 'application/json' };
  test.each<[string, Sent, number]>([
    ['a body that is no JSON', { body: '{' }, 400],
    ['JSON that is no message', { body: '{"id":1}' }, 400],
    ['nothing at all', { body: '', headers: json }, 400],
    ['a request that names no session', { body: request(1, 'ping') }, 400],
    ['a session that nobody knows', { body: request(1, 'ping'), headers: { 'Mcp-Session-Id': 'x' } }, 404],
    ['another type of content', { body: initialize(0), headers: { 'Content-Type': 'text/plain' } }, 415],
    ['a body that is packed', { body: initialize(0), headers: { 'Content-Encoding': 'gzip' } }, 415],
    ['an answer that nobody could give', { body: initialize(0), headers: { Accept: 'application/json' } }, 406],
    ['another method', { method: 'PUT', body: initialize(0) }, 405],
    ['another path', { path: '/', body: initialize(0) }, 404],
    ['a page of somebody else', { body: initialize(0), headers: { Origin: 'http://evil.example' } }, 403],
    ['another host', { body: initialize(0), headers: { Host: 'evil.example' } }, 403],
    ['a stream of no session', { method: 'GET' }, 400],
    ['a body that is too large', { body: initialize('x'.repeat(2000)) }, 413],
  ])('R15 %s', async (_what, sent, status) => {
    const stage = new Stage({ limits: { frameBytesMax: 1000 } });
    expect((await stage.sends(sent)).status).toBe(status);
    expect(stage.servers.length).toBe(0);
  });

  test('R15 a revision that does not exist', async () => {
    const stage = new Stage();
    const headers = { ...(await stage.opens()), 'MCP-Protocol-Version': '1999-01-01' };
    expect((await stage.sends({ headers, body: request(1, 'ping') })).status).toBe(400);
  });

  test('a body is not read to its end when it is too large', async () => {
    const stage = new Stage({ limits: { frameBytesMax: 1000 } });
    let pulled = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        pulled++;
        controller.enqueue(new Uint8Array(400));
      },
    });
    expect((await stage.sends({ body })).status).toBe(413);
    expect(pulled).toBeLessThan(6);
  });

  test('a body that breaks off in the middle is answered, and nothing of it is left', async () => {
    const stage = new Stage();
    const headers = await stage.opens();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"jsonrpc"')),
      pull: (controller) => controller.error(new Error('gone')),
    });
    expect((await stage.sends({ headers, body })).status).toBe(400);
    expect((await stage.sends({ headers, body: request(1, 'ping') })).status).toBe(200);
  });
});

describe('a stream of the client’s own', () => {
  test('R17 hears what belongs to no request, once, and is gone with its reader', async () => {
    const stage = new Stage();
    const headers = await stage.opens();
    const listening = new Events(await stage.sends({ headers, method: 'GET' }));
    expect((await stage.sends({ headers, method: 'GET' })).status).toBe(409);
    stage.server.says(notification('notifications/tools/list_changed'));
    const heard = await listening.next();
    expect(heard).toMatchObject(notification('notifications/tools/list_changed'));
    await listening.reader.cancel();
    stage.server.says(notification('notifications/prompts/list_changed'));
    const again = new Events(
      await stage.sends({ headers: { ...headers, 'Last-Event-ID': heard!.eventId ?? '' }, method: 'GET' }),
    );
    expect(await again.next()).toMatchObject(notification('notifications/prompts/list_changed'));
  });

  test('P14 says a comment when nothing else is said for a while', async () => {
    const stage = new Stage();
    const { body } = await stage.sends({ headers: await stage.opens(), method: 'GET' });
    stage.clock.advance(25_000);
    const { value } = await (body!.getReader() as ReadableStreamDefaultReader<Uint8Array>).read();
    expect(new TextDecoder().decode(value)).toBe(': keepalive\n\n');
  });

  test('ends with the session, which its client may end', async () => {
    const stage = new Stage();
    const headers = await stage.opens();
    const listening = new Events(await stage.sends({ headers, method: 'GET' }));
    expect((await stage.sends({ headers, method: 'DELETE' })).status).toBe(200);
    expect(await listening.next()).toBeUndefined();
    expect((await stage.sends({ headers, body: request(1, 'ping') })).status).toBe(404);
  });
});

describe('a call', () => {
  test('P5 whose server dies is answered at once', async () => {
    const stage = new Stage();
    const headers = await stage.opens();
    const call = stage.sends({ headers, body: request(1, 'work') });
    await stage.server.hears('work');
    stage.server.dies();
    const answer = await call;
    expect([answer.status, await answer.json()]).toMatchObject([
      502,
      { id: 1, error: { code: 5020, data: { code: 'UPSTREAM_LOST', exitCode: 1 } } },
    ]);
  });

  test('that is answered in a stream can be gone on with where its reader has left it', async () => {
    const stage = new Stage();
    const headers = await stage.opens();
    const call = stage.sends({ headers, body: request(1, 'work', { _meta: { progressToken: 'p' } }) });
    const { id, params } = (await stage.server.hears('work')) as unknown as {
      readonly id: number;
      readonly params: { readonly _meta: { readonly progressToken: string } };
    };
    const { progressToken } = params._meta;
    stage.server.says(notification('notifications/progress', { progressToken, progress: 1 }));
    const events = new Events(await call);
    const heard = await events.next();
    expect(heard).toMatchObject({ params: { progressToken: 'p', progress: 1 } });
    await events.reader.cancel();
    stage.server.says(result(id, { done: true }));
    const rest = new Events(
      await stage.sends({ method: 'GET', headers: { ...headers, 'Last-Event-ID': heard!.eventId ?? '' } }),
    );
    expect(await rest.next()).toMatchObject(result(1, { done: true }));
    expect(await rest.next()).toBeUndefined();
  });

  test('S7 is refused when too many wait', async () => {
    const stage = new Stage({}, { limits: { pendingPerSession: 2 } });
    const headers = await stage.opens();
    const calls = [1, 2, 3].map(async (id) => stage.sends({ headers, body: request(id, 'work') }));
    expect((await calls[2]!).status).toBe(429);
  });

  test('P16 whose reader is slow slows its server down, and goes on when it reads', async () => {
    const mebibyte = 1024 * 1024;
    const stage = new Stage();
    const headers = await stage.opens();
    const call = stage.sends({ headers, body: request(1, 'work') });
    const { id } = await stage.server.hears('work');
    let said = 0;
    for (; !stage.server.isPaused; said++) {
      stage.server.says(notification('notifications/message', { data: 'x'.repeat(64 * 1024) }));
    }
    expect(said * 64 * 1024).toBeLessThan(2 * mebibyte);
    const events = new Events(await call);
    for (let heard = 0; heard < said; heard++) expect(await events.next()).toHaveProperty('params');
    await stage.server.until(() => !stage.server.isPaused);
    stage.server.says(result(id, {}));
    expect(await events.next()).toMatchObject(result(1, {}));
  });
});

describe('draining and closing', () => {
  test('P17 a handler that drains opens no session, and those that are open go on', async () => {
    const stage = new Stage();
    const headers = await stage.opens();
    stage.handler.drain();
    const refused = await stage.sends({ body: initialize(0) });
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: { data: { code: 'DRAINING' } } }]);
    expect((await stage.sends({ headers, body: request(1, 'ping') })).status).toBe(200);
    expect((await stage.sends({ method: 'GET', path: '/readyz' })).status).toBe(503);
  });

  test('S1 a handler that closes answers what waits, ends its sessions, and opens none', async () => {
    const stage = new Stage();
    const headers = await stage.opens();
    const call = stage.sends({ headers, body: request(1, 'work') });
    await stage.server.hears('work');
    await Promise.all([stage.handler.close(), stage.handler.close()]);
    expect((await call).status).toBe(404);
    expect([...stage.runtime.sessions()]).toEqual([]);
    expect((await stage.sends({ body: initialize(0) })).status).toBe(503);
    expect((await stage.sends({ headers, body: request(1, 'ping') })).status).toBe(404);
  });

  test('leaves nothing behind', async () => {
    const stage = new Stage();
    const headers = await stage.opens();
    await stage.sends({ headers, method: 'GET' });
    const closed = stage.handler.close();
    stage.clock.advance(60_000);
    await closed;
    await stage.runtime.stop();
    expect(stage.clock.pending).toBe(0);
  });
});

test('pages of named origins may use it, and read what they need', async () => {
  const stage = new Stage({ door: { allowHosts: ['mcp.example'], allowOrigins: ['https://page.example'] } });
  const headers = { Host: 'mcp.example', Origin: 'https://page.example' };
  const preflight = await stage.sends({ method: 'OPTIONS', headers });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
    204,
    'https://page.example',
  ]);
  const opened = await stage.sends({ headers, body: initialize(0) });
  expect(opened.headers.get('access-control-expose-headers')).toBe('Mcp-Session-Id, WWW-Authenticate');
});

test('a door that cannot be kept is misuse, and said to be', () => {
  expect(() => new Stage({ door: { allowHosts: ['no host'] } })).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', cause: expect.any(RangeError) as RangeError }) as Error,
  );
});
