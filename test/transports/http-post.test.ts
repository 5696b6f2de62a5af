import { describe, expect, test } from 'vitest';

import { cancelled, failure, progress, result } from '../../src/testing/messages.ts';
import { type Asked, modernCall, ownError, sessionful, startServer, talkWith } from './http-talk.ts';

describe('a server on HTTP', () => {
  test('is told everything in POSTs, and answers with JSON', async () => {
    const server = await startServer(sessionful((asked) => asked.json(result(asked.id, { tools: [] }))));
    const { client, shakeHands } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/list');
    expect(await client.hears()).toEqual(result(1, { tools: [] }));
    const [hello, initialized] = server.asked;
    expect(hello?.header('mcp-session-id')).toBeUndefined();
    expect(initialized?.header('mcp-session-id')).toBe('session-1');
    const call = server.asked.find(({ what }) => what === 'tools/list');
    expect(call?.request.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': 'session-1',
      'mcp-protocol-version': '2025-11-25',
    });
  });

  test('answers with an event stream, progress first', async () => {
    const server = await startServer(
      sessionful((asked) => {
        const stream = asked.stream();
        stream
          .says(progress('t', 1))
          .says(progress('t', 2))
          .says(result(asked.id, { ok: true }))
          .ends();
      }),
    );
    const { client, shakeHands, connector } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call', { name: 'x', _meta: { progressToken: 't' } });
    expect([await client.hears(), await client.hears(), await client.hears()]).toEqual([
      progress('t', 1),
      progress('t', 2),
      result(1, { ok: true }),
    ]);
    await expect.poll(() => connector.openRequests).toBe(0);
  });
});

describe('a request that gets no answer', () => {
  const unanswered = (id: number, detail: unknown, httpStatus?: number): object =>
    ownError(id, 5020, {
      code: 'UPSTREAM_LOST',
      reason: 'unanswered',
      detail,
      ...(httpStatus === undefined ? {} : { httpStatus }),
    });

  test.each<[string, (asked: Asked) => void, unknown, number | undefined]>([
    [
      'a page that says 500',
      (asked) => asked.text('<html><style>p{}</style><h1>Oh no</h1>\n<p>sorry</html>', 500, 'text/html'),
      'HTTP 500: Oh no sorry',
      500,
    ],
    ['503 and nothing else', (asked) => asked.empty(503), 'HTTP 503', 503],
    [
      'an error that is for somebody else',
      (asked) => asked.json(failure('server-error', -32600, 'Bad Request'), 400),
      'HTTP 400: Bad Request',
      400,
    ],
    [
      'a redirect',
      (asked) => asked.empty(307, { location: 'https://user:secret@elsewhere.example/mcp?token=1' }),
      'HTTP 307: the server is at https://elsewhere.example/mcp now, and redirects are not followed',
      307,
    ],
    ['202, as if it were a notification', (asked) => asked.empty(202), 'HTTP 202 with nothing', 202],
    ['a page', (asked) => asked.text('<p>Welcome</p>', 200, 'text/html'), 'HTTP 200 with text/html: Welcome', 200],
    [
      'an answer to another request',
      (asked) => asked.json(result(77)),
      'The response has no answer to the request',
      200,
    ],
    [
      'an event stream that ends',
      (asked) => asked.stream().writes(': nothing\n\n').ends(),
      'The event stream ended before the answer came',
      undefined,
    ],
    [
      'an event stream that is cut',
      (asked) => asked.stream().cut(),
      expect.stringMatching(/closed the connection/),
      undefined,
    ],
    ['a connection that is cut', (asked) => asked.cut(), expect.stringMatching(/closed the connection/), undefined],
  ])('R19 P5 because of %s, is told so at once, and the session goes on', async (_what, answer, detail, status) => {
    const server = await startServer(
      sessionful((asked) => (asked.what === 'ping' ? asked.json(result(asked.id)) : answer(asked))),
    );
    const { client, shakeHands, connector } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call', { name: 'x' });
    expect(await client.hears()).toEqual(unanswered(1, detail, status));
    client.asks(2, 'ping');
    expect(await client.hears()).toEqual(result(2));
    await expect.poll(() => connector.openRequests).toBe(0);
  });

  test('R6 is told the error that came in its place, under its own id', async () => {
    const server = await startServer(
      sessionful((asked) => asked.json(failure(null, -32000, 'Bad Request: unsupported'), 400)),
    );
    const { client, shakeHands } = await talkWith(server.url);
    await shakeHands();
    client.asks('call-1', 'tools/call', { name: 'x' });
    expect(await client.hears()).toEqual(failure('call-1', -32000, 'Bad Request: unsupported'));
  });

  test('S7 because it is too large is told so, and its connection is let go', async () => {
    const server = await startServer(
      sessionful((asked) => {
        asked.response.writeHead(200, { 'content-type': 'application/json' });
        asked.response.write(`{"jsonrpc":"2.0","id":1,"result":"`);
        const flood = (): void => {
          while (asked.response.writable && asked.response.write('x'.repeat(65_536))) {}
        };
        asked.response.on('drain', flood);
        flood();
      }),
    );
    const { client, shakeHands } = await talkWith(server.url, { frameBytesMax: 100_000 });
    await shakeHands();
    client.asks(1, 'tools/call', { name: 'x' });
    expect(await client.hears()).toMatchObject({ id: 1, error: { code: 4130 } });
    await expect.poll(() => server.open).toBe(0);
  });

  test('S7 because its event is too large is told so', async () => {
    const server = await startServer(
      sessionful((asked) =>
        asked
          .stream()
          .says(result(asked.id, 'x'.repeat(200_000)))
          .ends(),
      ),
    );
    const { client, shakeHands } = await talkWith(server.url, { frameBytesMax: 100_000 });
    await shakeHands();
    client.asks(1, 'tools/call', { name: 'x' });
    expect(await client.hears()).toMatchObject({ id: 1, error: { code: 4130 } });
  });
});

describe('a stream that ends before the answer came', () => {
  test('R19 is gone on with after its last event, when the time has come that the server named', async () => {
    let calls = 0;
    const server = await startServer((asked) => {
      if (asked.what === 'GET' && asked.header('last-event-id') !== undefined) {
        const stream = asked.stream();
        if (asked.header('last-event-id') === 'e1') stream.says('', 'e2').ends();
        else
          stream
            .says(progress('t', 1), 'e3')
            .says(result(1, { late: true }), 'e4')
            .ends();
        return;
      }
      sessionful((call) => {
        calls += 1;
        call.stream().writes('id: e1\nretry: 300\ndata: \n\n').ends();
      })(asked);
    });
    const { client, shakeHands, clock, connector } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call', { name: 'x', _meta: { progressToken: 't' } });
    await expect.poll(() => server.log).toContain('tools/call');
    await expect.poll(() => connector.openRequests).toBe(0);
    clock.advance(299);
    expect(server.log.filter((what) => what === 'GET')).toHaveLength(1);
    clock.advance(1);
    await expect.poll(() => server.log.filter((what) => what === 'GET')).toHaveLength(2);
    await expect.poll(() => connector.openRequests).toBe(0);
    clock.advance(300);
    expect(await client.hears()).toEqual(progress('t', 1));
    expect(await client.hears()).toEqual(result(1, { late: true }));
    expect(calls).toBe(1);
    const resumed = server.asked.at(-1);
    expect(resumed?.request.headers).toMatchObject({
      accept: 'text/event-stream',
      'last-event-id': 'e2',
      'mcp-session-id': 'session-1',
      'mcp-protocol-version': '2025-11-25',
    });
  });

  test('R19 and cannot be gone on with is told at last to whoever waits', async () => {
    const server = await startServer((asked) => {
      if (asked.header('last-event-id') !== undefined) asked.cut();
      else sessionful((call) => call.stream().says('', 'e1').ends())(asked);
    });
    const { client, shakeHands, clock, connector } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call', { name: 'x' });
    await expect.poll(() => server.log).toContain('tools/call');
    for (const gets of [2, 3]) {
      await expect.poll(() => connector.openRequests).toBe(0);
      clock.advance(1000);
      await expect.poll(() => server.log.filter((what) => what === 'GET')).toHaveLength(gets);
    }
    expect(await client.hears()).toMatchObject({
      id: 1,
      error: { code: 5020, data: { reason: 'unanswered', detail: expect.stringContaining('2 times in vain') } },
    });
  });

  test('is not gone on with when its request has timed out', async () => {
    const server = await startServer(sessionful((call) => call.stream().says('', 'e1').ends()));
    const { client, shakeHands, clock, connector } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call', { name: 'x' });
    await expect.poll(() => server.log).toContain('tools/call');
    await expect.poll(() => connector.openRequests).toBe(0);
    client.sends(cancelled(1));
    await expect.poll(() => server.log).toContain('notifications/cancelled');
    clock.advance(60_000);
    expect(server.log.filter((what) => what === 'GET')).toHaveLength(1);
  });
});

describe('a request of the modern era', () => {
  test('says in headers what it is, belongs to no session, and needs no handshake', async () => {
    const server = await startServer((asked) => asked.json(result(asked.id, { resultType: 'complete' })));
    const { client, serverStopped, session } = await talkWith(server.url);
    client.sends(modernCall(1));
    expect(await client.hears()).toEqual(result(1, { resultType: 'complete' }));
    const { headers } = server.asked[0]!.request;
    expect(headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': '=?base64?d8O2cmxk?=',
      'content-type': 'application/json',
    });
    expect(headers).not.toHaveProperty('mcp-session-id');
    session.close();
    await serverStopped;
    expect(server.log).toEqual(['tools/call']);
  });
});
