import { describe, expect, test } from 'vitest';

import { failure, initialize, initializeResult, request, result } from '../../src/testing/messages.ts';
import { httpUpstream } from '../../src/transports/http-detect.ts';
import {
  type Asked,
  type EventStream,
  type HttpTalk,
  type TalkOptions,
  modernCall,
  ownError,
  sessionful,
  startServer,
  talkWith,
} from './http-talk.ts';

async function talk(url: string, options: TalkOptions = {}): Promise<HttpTalk> {
  return talkWith(url, { kind: httpUpstream, ...options });
}

/** A server that speaks HTTP with server-sent events alone, and says so to a POST at its stream's place as the test wants. */
function older(refuse: (asked: Asked) => void) {
  let stream: EventStream | undefined;
  return (asked: Asked): void => {
    if (asked.method === 'GET') stream = asked.stream().tells('endpoint', '/messages');
    else if (asked.request.url !== '/messages') refuse(asked);
    else {
      asked.empty();
      if (asked.what === 'initialize') stream?.says(result(asked.id, initializeResult('2024-11-05')));
      else if (asked.message['id'] !== undefined) stream?.says(result(asked.id, 'on the stream'));
    }
  };
}

const notFound = (asked: Asked): void => asked.text('Cannot POST /mcp', 404, 'text/html');

describe('a server whose transport is not known', () => {
  test('is found to speak streamable HTTP by its answer to initialize', async () => {
    const server = await startServer(sessionful((asked) => asked.json(result(asked.id, 'in the response'))));
    const { client } = await talk(server.url);
    client.sends(initialize(0));
    client.notifies('notifications/initialized');
    client.asks(1, 'tools/list');
    await client.hears();
    expect(await client.hears()).toEqual(result(1, 'in the response'));
    expect(server.log.filter((what) => what === 'initialize')).toHaveLength(1);
  });

  test.each([
    [404, notFound],
    [405, (asked: Asked) => asked.empty(405)],
    [400, (asked: Asked) => asked.text('Bad Request', 400, 'text/plain')],
  ])(
    'is found to be older when it refuses initialize with %i, and nothing is lost by that',
    async (_status, refuse) => {
      const server = await startServer(older(refuse));
      const { client } = await talk(server.url);
      client.sends(initialize(0));
      client.notifies('notifications/initialized');
      client.asks(1, 'tools/list');
      expect(await client.hears()).toEqual(result(0, initializeResult('2024-11-05')));
      expect(await client.hears()).toEqual(result(1, 'on the stream'));
      expect(server.log).toEqual(['initialize', 'GET', 'initialize', 'notifications/initialized', 'tools/list']);
    },
  );

  test('is found to be older by a client that asks which revisions it speaks, before it shakes hands', async () => {
    const server = await startServer(older(notFound));
    const { client } = await talk(server.url);
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    client.asks('probe', 'server/discover', { _meta });
    expect(await client.hears()).toEqual(result('probe', 'on the stream'));
    expect(server.log).toEqual(['server/discover', 'GET', 'server/discover']);
  });

  test('is asked only once: sessions that come after know it', async () => {
    const server = await startServer(older(notFound));
    let connector: ReturnType<typeof httpUpstream> | undefined;
    const options: TalkOptions = { kind: (all) => (connector ??= httpUpstream(all)) };
    const first = await talkWith(server.url, options);
    await first.shakeHands();
    const second = await talkWith(server.url, options);
    await second.shakeHands();
    expect(server.log.filter((what) => what !== 'notifications/initialized')).toEqual([
      ...['initialize', 'GET', 'initialize'],
      ...['GET', 'initialize'],
    ]);
  });

  test('that refuses in JSON-RPC is not asked for a stream', async () => {
    const server = await startServer((asked) => asked.json(failure(null, -32600, 'Bad Request: no'), 400));
    const { client } = await talk(server.url);
    client.sends(initialize(0));
    expect(await client.hears()).toEqual(failure(0, -32600, 'Bad Request: no'));
    expect(server.log).toEqual(['initialize']);
  });

  test.each<[string, (asked: Asked) => void]>([
    ['no stream', (asked) => asked.empty(404)],
    ['a stream without a place for messages', (asked) => asked.stream().ends()],
  ])('that has %s either is told to have refused, and can be asked again', async (_what, stream) => {
    let isUp = false;
    const server = await startServer((asked) => {
      if (isUp) sessionful((call) => call.json(result(call.id)))(asked);
      else if (asked.method === 'GET') stream(asked);
      else notFound(asked);
    });
    const { client } = await talk(server.url);
    client.sends(initialize(0));
    expect(await client.hears()).toEqual(
      ownError(0, 5020, {
        code: 'UPSTREAM_LOST',
        reason: 'unanswered',
        detail: 'HTTP 404: Cannot POST /mcp',
        httpStatus: 404,
      }),
    );
    isUp = true;
    client.sends(initialize(1));
    expect(await client.hears()).toEqual(result(1, initializeResult()));
  });

  test('that fails otherwise is not asked for a stream, and what came behind the handshake goes on', async () => {
    const server = await startServer((asked) => {
      if (asked.what === 'initialize') asked.empty(503);
      else asked.json(result(asked.id));
    });
    const { client } = await talk(server.url);
    client.sends(initialize(0));
    client.asks(1, 'ping');
    expect(await client.hears()).toMatchObject({ id: 0, error: { data: { httpStatus: 503 } } });
    expect(await client.hears()).toEqual(result(1));
    expect(server.log).toEqual(['initialize', 'ping']);
  });

  test('is no question where the client begins with a call', async () => {
    const server = await startServer((asked) => {
      if (asked.what === 'tools/call') asked.empty(404);
      else asked.json(result(asked.id));
    });
    const { client } = await talk(server.url);
    client.sends(modernCall(1));
    expect(await client.hears()).toMatchObject({ id: 1, error: { data: { httpStatus: 404 } } });
    client.sends(request(2, 'ping'));
    expect(await client.hears()).toEqual(result(2));
    expect(server.log).toEqual(['tools/call', 'ping']);
  });

  test('can be left before anything is known', async () => {
    const asked: Asked[] = [];
    const server = await startServer((one) => {
      if (one.method === 'GET') asked.push(one);
      else notFound(one);
    });
    const { client, session, serverStopped } = await talk(server.url);
    client.sends(initialize(0));
    await expect.poll(() => asked).toHaveLength(1);
    session.close();
    await serverStopped;
    await expect.poll(() => server.open).toBe(0);
  });
});
