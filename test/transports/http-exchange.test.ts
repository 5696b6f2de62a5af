import { afterEach, describe, expect, test } from 'vitest';
import {
  cancelled,
  failure,
  initialize,
  initializeResult,
  notification,
  progress,
  request,
  result,
} from '../../src/testing/messages.ts';
import { closeStages, openStage } from './http-stage.ts';

afterEach(closeStages);

const eventsFirst = { Accept: 'text/event-stream, application/json' };
const modernHeaders = (method: string): Record<string, string> => ({
  'MCP-Protocol-Version': '2026-07-28',
  'Mcp-Method': method,
});
const modern = (id: number, method: string, meta: object = {}): object =>
  request(id, method, {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      ...meta,
    },
  });

describe('the answer to a POST', () => {
  test('P18 R13 is a stream when something comes before it: progress, then the answer, then the end', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const posted = client.posts(request(1, 'work', { _meta: { progressToken: 'mine' } }));
    const { id, params } = await stage.server.hears('work');
    const { progressToken } = (params as { readonly _meta: { readonly progressToken: number } })._meta;
    stage.server.says(progress(progressToken, 1));
    stage.server.says(progress(progressToken, 2));
    stage.server.says(result(id));
    const reply = await posted;
    expect([reply.status, reply.header('content-type'), reply.header('cache-control')]).toEqual([
      200,
      'text/event-stream',
      'no-cache, no-transform',
    ]);
    expect(await reply.all()).toEqual([progress('mine', 1), progress('mine', 2), result(1)]);
  });

  test('P9 carries what the server asks its client, whose answer goes back in a POST of its own', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const reply = client.posts(request(1, 'work'));
    const { id } = await stage.server.hears('work');
    stage.server.says(request('q', 'sampling/createMessage'));
    const stream = await reply;
    expect(await stream.next()).toEqual(request('q', 'sampling/createMessage'));
    expect((await client.posts(result('q', { model: 'none' }))).status).toBe(202);
    expect(await stage.server.takes((message) => message['id'] === 'q')).toEqual(result('q', { model: 'none' }));
    stage.server.says(result(id));
    expect(await stream.all()).toEqual([result(1)]);
  });

  test('is a stream at once for a client that names streams first', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'slow'), eventsFirst);
    expect(stream.header('content-type')).toBe('text/event-stream');
    const { id } = await stage.server.hears('slow');
    stage.server.says(result(id));
    expect(await stream.all()).toEqual([result(1)]);
  });

  test('begins with an event without message where its client says a revision that has them', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'echo', {}), eventsFirst);
    expect(await stream.event()).toEqual({ id: '1-1', data: '', event: undefined });
    expect(stream.retryMs).toBe(1000);
    expect(await stream.event()).toMatchObject({ id: '1-2', event: 'message' });
    const older = await client.posts(request(1, 'echo', {}), { ...eventsFirst, 'MCP-Protocol-Version': '2025-03-26' });
    expect(await older.event()).toMatchObject({ id: '2-3', event: 'message' });
  });

  test('of initialize says the session in the headers of its stream, and its revision says what it begins with', async () => {
    const stage = await openStage();
    const stream = await stage.client().posts(initialize(0), eventsFirst);
    expect(stream.header('mcp-session-id')).toBe('s1');
    expect([(await stream.event())?.data, await stream.all()]).toEqual(['', [result(0, initializeResult())]]);
    const older = await stage.client().posts(initialize(0, '2025-06-18'), eventsFirst);
    expect((await older.event())?.data).not.toBe('');
  });

  test('becomes a stream when it has to wait long, so that its client may come back for it', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const posted = client.posts(request(1, 'slow'));
    const { id } = await stage.server.hears('slow');
    stage.clock.advance(5000);
    const stream = await posted;
    expect((await stream.event())?.data).toBe('');
    stage.server.says(result(id));
    expect(await stream.all()).toEqual([result(1)]);
  });

  test('of a megabyte comes whole, under the id of its request', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const text = 'é'.repeat(600_000);
    const reply = await client.posts(request('large', 'echo', { text }));
    expect(await reply.json()).toEqual(result('large', { text }));
  });

  test.each([
    ['pendingPerSession', 429],
    ['requests that the server lost', 502],
  ])('has the status of what went wrong: %s', async (what, status) => {
    const stage = await openStage({ runtime: { limits: { pendingPerSession: 1 } } });
    const client = await stage.opened();
    const first = client.posts(request(1, 'never'));
    await stage.server.hears('never');
    if (what === 'pendingPerSession') {
      const second = await client.posts(request(2, 'never'));
      expect([second.status, second.header('retry-after')]).toEqual([status, '1']);
      expect(await second.json()).toMatchObject({ id: 2, error: { data: { code: 'TOO_MANY_REQUESTS' } } });
      return;
    }
    stage.server.dies();
    const reply = await first;
    expect([reply.status, await reply.json()]).toMatchObject([status, { id: 1, error: { code: 5020 } }]);
  });

  test('is told on the stream once there is one', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'never'), eventsFirst);
    await stage.server.hears('never');
    stage.server.dies();
    expect(await stream.all()).toMatchObject([{ id: 1, error: { code: 5020 } }]);
  });
});

test('an exchange knows the headers of its request, for a server that reads some of them', async () => {
  const stage = await openStage();
  const client = await stage.opened({ 'User-Agent': 'a client', 'Mcp-Param-Region': 'us-west1' });
  await client.posts(request(1, 'echo', {}));
  const exchange = stage.asked[0]?.exchange;
  expect(exchange?.header('user-agent')).toBe('a client');
  expect(exchange?.headersWith('mcp-param-')).toEqual([['mcp-param-region', 'us-west1']]);
});

describe('a cancelled request', () => {
  test('R9 ends its POST, without an answer', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const posted = client.posts(request(1, 'never'));
    const { id } = await stage.server.hears('never');
    expect((await client.posts(cancelled(1))).status).toBe(202);
    const reply = await posted;
    expect([reply.status, reply.header('content-type'), await reply.all()]).toEqual([200, 'text/event-stream', []]);
    expect(await stage.server.hears('notifications/cancelled')).toEqual(cancelled(id));
  });

  test('R9 ends its stream', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'never'), eventsFirst);
    await stage.server.hears('never');
    await client.posts(cancelled(1));
    expect(await stream.all()).toEqual([]);
  });

  test('leaves the others of its batch in place', async () => {
    const stage = await openStage();
    const client = stage.client();
    await client.shakesHands('2025-03-26');
    const posted = client.posts([request(1, 'one'), request(2, 'two')]);
    const { id } = await stage.server.hears('two');
    await client.posts(cancelled(1));
    stage.server.says(result(id));
    expect(await (await posted).json()).toEqual(result(2));
  });
});

describe('a client that breaks off', () => {
  test('R11 of the legacy era cancels nothing', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'work'), eventsFirst);
    const { id } = await stage.server.hears('work');
    stream.breaks();
    await client.posts(request(2, 'ping'));
    expect(stage.session.snapshot().pending).toMatchObject([{ id: 1, method: 'work' }]);
    stage.server.says(result(id));
    expect(stage.session.snapshot().pending).toEqual([]);
    expect(stage.server.heard.map((message) => message['method'])).not.toContain('notifications/cancelled');
  });

  test('R11 of the modern era cancels: the server is told', async () => {
    const stage = await openStage();
    const client = stage.client();
    const posted = client.posts(modern(1, 'work'), modernHeaders('work'));
    const { id } = await (await stage.untilServer()).hears('work');
    stage.clock.advance(5000);
    (await posted).breaks();
    expect(await stage.server.hears('notifications/cancelled')).toMatchObject({ params: { requestId: id } });
  });

  test('R11 of the modern era cancels before anything was said, too', async () => {
    const stage = await openStage();
    const client = stage.client();
    const posted = client.posts(modern(1, 'work'), modernHeaders('work')).catch(() => 'gone');
    const { id } = await (await stage.untilServer()).hears('work');
    client.leaves();
    expect(await posted).toBe('gone');
    expect(await stage.server.hears('notifications/cancelled')).toMatchObject({ params: { requestId: id } });
  });
});

describe('in the modern era', () => {
  test.each([
    [-32_601, 404],
    [-32_600, 400],
    [-32_020, 400],
    [-32_021, 400],
    [-32_022, 400],
    [-32_602, 200],
    [-32_603, 200],
    [7, 200],
  ])('an error %i of the server has the status %i', async (code, status) => {
    const stage = await openStage({
      server: (message, server) => server.says(failure(message['id'] as number, code, 'no')),
    });
    const reply = await stage.client().posts(modern(9, 'work'), modernHeaders('work'));
    expect([reply.status, await reply.json()]).toEqual([status, failure(9, code, 'no')]);
  });

  test('a stream has no event ids, and nothing to come back to', async () => {
    const stage = await openStage();
    const posted = stage.client().posts(modern(1, 'work', { progressToken: 5 }), modernHeaders('work'));
    const { id, params } = await (await stage.untilServer()).hears('work');
    const { progressToken } = (params as { readonly _meta: { readonly progressToken: number } })._meta;
    stage.server.says(progress(progressToken, 1));
    const stream = await posted;
    expect(await stream.event()).toMatchObject({ id: undefined, event: 'message' });
    stage.server.says(result(id));
    expect(await stream.all()).toEqual([result(1)]);
  });

  test('a listener hears that the server gives up its stream, before that ends', async () => {
    const stage = await openStage();
    const posted = stage.client().posts(modern(4, 'subscriptions/listen'), modernHeaders('subscriptions/listen'));
    const { id } = await (await stage.untilServer()).hears('subscriptions/listen');
    stage.server.says(
      notification('notifications/subscriptions/acknowledged', {
        _meta: { 'io.modelcontextprotocol/subscriptionId': id },
      }),
    );
    const stream = await posted;
    expect(await stream.next()).toMatchObject({ params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 4 } } });
    stage.server.says(cancelled(id));
    expect(await stream.all()).toEqual([cancelled(4)]);
  });
});
