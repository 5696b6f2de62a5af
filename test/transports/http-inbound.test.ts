import { afterEach, describe, expect, test } from 'vitest';
import { failure, initialize, initializeResult, notification, request, result } from '../../src/testing/messages.ts';
import type { HttpVisitor } from '../../src/transports/http-front-options.ts';
import { closeStages, openStage, usual } from './http-stage.ts';

afterEach(closeStages);

/** What a modern client says with each request. */
const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const modern = (id: number | string, method: string, params: object = {}): object =>
  request(id, method, { ...params, _meta: modernMeta });
const modernHeaders = (method: string): Record<string, string> => ({
  'MCP-Protocol-Version': '2026-07-28',
  'Mcp-Method': method,
});

describe('a session begins', () => {
  test('with initialize: its id is in the header of the answer', async () => {
    const stage = await openStage();
    const reply = await stage.client().posts(initialize(7));
    expect([reply.status, reply.header('mcp-session-id'), reply.header('content-type')]).toEqual([
      200,
      's1',
      'application/json',
    ]);
    expect(await reply.json()).toEqual(result(7, initializeResult()));
    expect(stage.asked).toMatchObject([{ kind: 'legacy', visitor: { principal: undefined } }]);
    expect(stage.asked[0]!.exchange?.header('content-type')).toBe('application/json');
  });

  test('is named by nobody when initialize is answered with an error, and ends', async () => {
    const stage = await openStage({
      server: (message, server) => server.says(failure(message['id'] as number, -32_602, 'not this revision')),
    });
    const reply = await stage.client().posts(initialize(0));
    expect([reply.status, reply.header('mcp-session-id')]).toEqual([200, undefined]);
    expect(await reply.json()).toEqual(failure(0, -32_602, 'not this revision'));
    await stage.untilEnded(1);
    expect(stage.ended).toEqual(['client-closed']);
  });

  test('does not begin twice under one id', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    expect((await client.posts(initialize(1))).status).toBe(400);
    expect(stage.servers.length).toBe(1);
  });

  test('R16 begins again for a client that still names a session that is gone', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    await client.deletes();
    const reply = await client.posts(initialize(1));
    expect([reply.status, reply.header('mcp-session-id')]).toEqual([200, 's2']);
  });

  test('is refused with the status of the refusal, and with when to come back', async () => {
    const stage = await openStage({ runtime: { limits: { sessions: 0 } } });
    const reply = await stage.client().posts(initialize(5));
    expect([reply.status, reply.header('retry-after')]).toEqual([503, '1']);
    expect(await reply.json()).toMatchObject({ id: 5, error: { code: 5030, data: { code: 'TOO_MANY_SESSIONS' } } });
  });

  test.each([
    ['a legacy', initialize(1), {}],
    ['a modern', modern(1, 'echo'), modernHeaders('echo')],
  ])('not when %s one’s server is lost before it is asked anything', async (_era, body, headers) => {
    const stage = await openStage({
      connector: {
        connect: (events) => {
          events.lost({ reason: 'spawn-failed', exitCode: null, signal: null, lastStderr: [] });
          return { write: () => true, pause: () => {}, close: () => {}, closeInput: () => {} };
        },
      },
    });
    const client = stage.client();
    for (const reply of [await client.posts(body, headers), await client.posts(body, headers)]) {
      expect([reply.status, await reply.json()]).toMatchObject([502, { id: 1, error: { code: 5020 } }]);
      expect(reply.header('mcp-session-id')).toBeUndefined();
    }
    expect(stage.ended.length).toBe(2);
  });

  test('ends when its client has gone before it learnt the id', async () => {
    const stage = await openStage({ server: () => {} });
    const client = stage.client();
    const posted = client.posts(initialize(0)).catch(() => 'gone');
    await (await stage.untilServer()).hears('initialize');
    client.leaves();
    expect(await posted).toBe('gone');
    await stage.untilEnded(1);
    expect(stage.ended).toEqual(['client-closed']);
  });
});

describe('a request of a session', () => {
  test('is answered in one JSON text when there is nothing else to say', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const reply = await client.posts(request('a', 'echo', { text: 'é' }));
    expect([reply.status, reply.header('content-type'), reply.header('content-length')]).toEqual([
      200,
      'application/json',
      '49',
    ]);
    expect(await reply.json()).toEqual(result('a', { text: 'é' }));
  });

  test.each([
    [{ 'Mcp-Session-Id': undefined }, 400],
    [{ 'Mcp-Session-Id': 'unknown' }, 404],
    [{ 'Mcp-Session-Id': '__proto__' }, 404],
    [{ 'Mcp-Session-Id': 'constructor' }, 404],
    [{ 'Mcp-Session-Id': '' }, 404],
    [{ 'Mcp-Session-Id': ['s1', 's1'] }, 404],
    [{ 'MCP-Protocol-Version': '1999-01-01' }, 400],
    [{ 'MCP-Protocol-Version': '2026-07-28' }, 400],
    [{ 'MCP-Protocol-Version': '2024-10-07' }, 200],
    [{ 'MCP-Protocol-Version': undefined }, 200],
    [{ Accept: 'application/json' }, 406],
    [{ Accept: undefined }, 406],
    [{ 'Content-Type': 'text/plain' }, 415],
    [{ 'Content-Type': undefined }, 415],
    [{ 'Content-Encoding': 'gzip' }, 415],
    [{ 'Content-Encoding': 'identity' }, 200],
  ])('R15 with the headers %j is answered with %i', async (headers, status) => {
    const stage = await openStage();
    const client = await stage.opened();
    const reply = await client.posts(request(3, 'ping'), headers);
    expect(reply.status).toBe(status);
    expect(reply.header('content-type')).toBe('application/json');
    const body = await reply.json();
    expect('error' in body).toBe(status !== 200);
    if (status === 404)
      expect(body).toMatchObject({ id: 3, error: { code: 4040, data: { code: 'SESSION_NOT_FOUND' } } });
  });

  test('may name the revision that its peers have agreed on, though nobody else knows it', async () => {
    const stage = await openStage({
      server: (message, server) => server.says(result(message['id'] as number, initializeResult('2024-12-24-own'))),
    });
    const client = await stage.opened();
    const reply = await client.posts(request(1, 'ping'), { 'MCP-Protocol-Version': '2024-12-24-own' });
    expect(reply.status).toBe(200);
  });

  test('P20 of somebody else finds no session', async () => {
    const visitor = (principal: string | undefined, route: string | undefined): HttpVisitor => ({
      principal,
      route,
      key: '',
    });
    const stage = await openStage({
      identify: (asked) => visitor(asked.header('x-principal'), asked.header('x-route')),
    });
    const client = await stage.opened({ 'X-Principal': 'alice', 'X-Route': 'a' });
    expect((await client.posts(request(1, 'ping'))).status).toBe(200);
    expect((await client.posts(request(1, 'ping'), { 'X-Principal': 'mallory' })).status).toBe(404);
    expect((await client.posts(request(1, 'ping'), { 'X-Principal': undefined })).status).toBe(404);
    expect((await client.posts(request(1, 'ping'), { 'X-Route': 'b' })).status).toBe(404);
    expect(stage.session.metadata().principal).toBe('alice');
  });
});

describe('a POST without requests', () => {
  test('is taken with 202 and no body: notifications, and answers of the client', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const replies = [
      await client.posts(notification('notifications/roots/list_changed')),
      await client.posts(result('nobody asked')),
    ];
    expect(replies.map(({ status }) => status)).toEqual([202, 202]);
    expect(await Promise.all(replies.map(async (reply) => reply.text()))).toEqual(['', '']);
    expect(await stage.server.hears('notifications/roots/list_changed')).toBeDefined();
  });

  test.each([
    '{"jsonrpc":"2.0","method":7}',
    '{"jsonrpc":"2.0"}',
    '{nope',
    '',
    '7',
    '"text"',
    'null',
    '[]',
    '[1,2',
    '[{]',
  ])('that is malformed is refused with 400 and no id: %s', async (body) => {
    const stage = await openStage();
    for (const client of [await stage.opened(), stage.client()]) {
      const reply = await client.posts(body);
      expect(reply.status).toBe(400);
      expect(await reply.json()).toMatchObject({ id: null, error: { code: expect.any(Number) as number } });
    }
  });
});

describe('R14 a batch', () => {
  test('is split where its revision has batches, and answered in one stream', async () => {
    const stage = await openStage();
    const client = stage.client();
    await client.shakesHands('2025-03-26');
    const batch = [request(1, 'echo', { n: 1 }), notification('notifications/x'), request(2, 'echo', { n: 2 })];
    const reply = await client.posts(batch);
    expect(reply.header('content-type')).toBe('text/event-stream');
    expect(await reply.all()).toEqual([result(1, { n: 1 }), result(2, { n: 2 })]);
  });

  test('is refused where it has none', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const reply = await client.posts([request(1, 'ping'), request(2, 'ping')]);
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { code: -32_600 } }]);
  });

  test.each([
    ['initialize', [initialize(1), request(2, 'ping')]],
    ['a modern request', [request(1, 'ping'), modern(2, 'tools/list')]],
  ])('never holds %s', async (_what, batch) => {
    const stage = await openStage();
    const client = stage.client();
    await client.shakesHands('2025-03-26');
    expect((await client.posts(batch)).status).toBe(400);
    expect(stage.servers.length).toBe(1);
  });

  test('of one message is one message', async () => {
    const stage = await openStage();
    const client = stage.client();
    await client.shakesHands('2025-03-26');
    expect(await (await client.posts([request(1, 'echo', {})])).json()).toEqual(result(1, {}));
  });
});

describe('a modern request', () => {
  test('needs no session, and shares one with those of its visitor', async () => {
    const stage = await openStage({
      identify: (asked) => ({ principal: undefined, route: undefined, key: asked.header('x-key') ?? '' }),
    });
    const client = stage.client();
    const ask = async (id: number, key: string): Promise<object> => {
      const reply = await client.posts(modern(id, 'echo', { key }), { ...modernHeaders('echo'), 'X-Key': key });
      return { status: reply.status, session: reply.header('mcp-session-id'), body: await reply.json() };
    };
    const [one, two, three] = await Promise.all([ask(1, 'a'), ask(1, 'a'), ask(1, 'b')]);
    const answer = (key: string): object => ({
      status: 200,
      session: undefined,
      body: { id: 1, result: { key } },
    });
    expect([one, two, three]).toMatchObject([answer('a'), answer('a'), answer('b')]);
    expect(stage.asked.map(({ kind, visitor }) => [kind, visitor.key])).toEqual([
      ['logical', 'a'],
      ['logical', 'b'],
    ]);
  });

  test('is one by what it says itself, whatever session it names', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const reply = await client.posts(modern(1, 'echo'), modernHeaders('echo'));
    expect([reply.status, stage.asked.map(({ kind }) => kind)]).toEqual([200, ['legacy', 'logical']]);
  });

  test('is no handshake, though it is called initialize', async () => {
    const stage = await openStage({
      server: (message, server) => server.says(failure(message['id'] as number, -32_601, 'gone')),
    });
    const reply = await stage.client().posts(modern(500, 'initialize'), modernHeaders('initialize'));
    expect([reply.status, reply.header('mcp-session-id')]).toEqual([404, undefined]);
    expect(await reply.json()).toEqual(failure(500, -32_601, 'gone'));
  });

  test('says so in its metadata, and not in its header alone', async () => {
    const stage = await openStage();
    const reply = await stage.client().posts(request(101, 'server/discover', {}), modernHeaders('server/discover'));
    expect([reply.status, await reply.json()]).toMatchObject([400, { id: 101, error: { code: -32_602 } }]);
    expect(stage.servers.length).toBe(0);
  });

  test.each([
    ['Mcp-Method names another', modern(1, 'echo'), { ...modernHeaders('ping') }, -32_020],
    ['Mcp-Method is missing', modern(1, 'echo'), { 'MCP-Protocol-Version': '2026-07-28' }, -32_020],
    ['MCP-Protocol-Version names another', modern(1, 'echo'), { 'MCP-Protocol-Version': '2025-11-25' }, -32_020],
    ['Mcp-Name is missing', modern(1, 'tools/call', { name: 'a' }), modernHeaders('tools/call'), -32_020],
    ['it is a legacy handshake', initialize(1), modernHeaders('initialize'), -32_020],
    [
      'the metadata lacks what it needs',
      request(1, 'echo', { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } }),
      modernHeaders('echo'),
      -32_602,
    ],
  ])('is refused with 400 when %s', async (_what, body, headers, code) => {
    const stage = await openStage();
    const reply = await stage.client().posts(body, headers);
    const data = {
      code: code === -32_020 ? 'HEADER_MISMATCH' : 'INVALID_PARAMS',
      reason: expect.any(String) as string,
    };
    expect([reply.status, await reply.json()]).toMatchObject([400, { id: 1, error: { code, data } }]);
    expect(stage.servers.length).toBe(0);
  });

  test('of a revision that nobody knows has a server to itself, which ends when it does not know it either', async () => {
    const stage = await openStage({ server: () => {} });
    const client = stage.client();
    const ask = async (revision: string): Promise<unknown> => {
      const _meta = { ...modernMeta, 'io.modelcontextprotocol/protocolVersion': revision };
      const headers = { ...modernHeaders('echo'), 'MCP-Protocol-Version': revision };
      const reply = await client.posts(request(1, 'echo', { _meta }), headers);
      return [reply.status, await reply.json()];
    };
    const known = ask('2026-07-28');
    const first = await stage.untilServer();
    first.says(result((await first.hears('echo')).id));
    expect(await known).toEqual([200, result(1)]);
    const strange = [ask('v999.0.0'), ask('v999.0.0')];
    const second = await stage.untilServer(2);
    const asked = [await second.hears('echo'), await second.hears('echo')];
    for (const { id } of asked) second.says(failure(id, -32_022, 'unknown'));
    const refused = [400, failure(1, -32_022, 'unknown')];
    expect(await Promise.all(strange)).toEqual([refused, refused]);
    await stage.untilEnded(1);
    expect([stage.servers.length, stage.ended, first.isClosed]).toEqual([2, ['client-closed'], false]);
  });

  test('is none that shakes hands and names a legacy revision in its metadata', async () => {
    const stage = await openStage();
    const { params } = initialize(0) as { readonly params: object };
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2025-11-25' };
    const reply = await stage.client().posts(request(0, 'initialize', { ...params, _meta }));
    expect([reply.status, reply.header('mcp-session-id')]).toEqual([200, 's1']);
  });

  test('begins a new session when the one before has ended', async () => {
    const stage = await openStage();
    const client = stage.client();
    const ask = async (): Promise<number> => (await client.posts(modern(1, 'echo'), modernHeaders('echo'))).status;
    await ask();
    stage.session.close();
    expect([await ask(), stage.servers.length]).toEqual([200, 2]);
  });

  test('of a notification is known by its header', async () => {
    const stage = await openStage();
    const reply = await stage.client().posts(notification('notifications/own'), modernHeaders('notifications/own'));
    expect([reply.status, stage.asked[0]?.kind]).toEqual([202, 'logical']);
    expect(await stage.server.hears('notifications/own')).toBeDefined();
  });
});

test('P4 R7 two clients and two requests of one client may all have the same id', async () => {
  const stage = await openStage({
    server: (message, server) => {
      if (message['method'] !== 'slow') usual(message, server);
    },
  });
  const [alice, bob] = [await stage.opened(), await stage.opened()];
  const [aliceServer, bobServer] = stage.servers;
  const asked = [alice, alice, bob].map(async (client, n) => client.posts(request(1, 'slow', { n })));
  const [first, second, third] = [
    await aliceServer!.hears('slow'),
    await aliceServer!.hears('slow'),
    await bobServer!.hears('slow'),
  ];
  for (const [server, { id, params }] of [
    [bobServer!, third],
    [aliceServer!, second],
    [aliceServer!, first],
  ] as const) {
    server.says(result(id, params));
  }
  const answers = await Promise.all(asked.map(async (reply) => (await reply).json()));
  expect(answers).toEqual([0, 1, 2].map((n) => result(1, { n })));
});
