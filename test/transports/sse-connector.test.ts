import { describe, expect, test } from 'vitest';

import { remoteRestartPolicy } from '../../src/session/upstream.ts';
import { cancelled, failure, initialize, initializeResult, request, result } from '../../src/testing/messages.ts';
import { sseConnector } from '../../src/transports/sse-connector.ts';
import {
  type Asked,
  type EventStream,
  type HttpTalk,
  type TalkOptions,
  ownError,
  startServer,
  talkWith,
} from './http-talk.ts';

type Answer = (asked: Asked, stream: EventStream) => void;

/** A server of 2024-11-05. What it says to a POST is up to the test; by default it answers the handshake and takes the rest. */
function older(answer: Answer = () => {}, endpoint = '/messages?sessionId=1') {
  let stream: EventStream | undefined;
  return (asked: Asked): void => {
    if (asked.method === 'GET') {
      stream = asked.stream().tells('endpoint', endpoint);
      return;
    }
    if (asked.what === 'initialize') {
      asked.empty();
      stream?.says(result(asked.id, initializeResult('2024-11-05')));
    } else if (asked.what.startsWith('notifications/')) asked.empty();
    else answer(asked, stream!);
  };
}

const answering: Answer = (asked, stream) => {
  asked.empty();
  stream.says(result(asked.id, { done: asked.what }));
};

async function talk(url: string, options: TalkOptions = {}): Promise<HttpTalk> {
  return talkWith(url, { kind: sseConnector, ...options });
}

describe('a server of 2024-11-05', () => {
  test('is told everything where it says, and answers on its stream', async () => {
    const server = await startServer(older(answering));
    const { client, shakeHands } = await talk(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    expect(await client.hears()).toEqual(result(1, { done: 'tools/call' }));
    expect(server.asked.map(({ method, request: { url } }) => `${method} ${url}`)).toEqual([
      'GET /mcp',
      'POST /messages?sessionId=1',
      'POST /messages?sessionId=1',
      'POST /messages?sessionId=1',
    ]);
    expect(server.asked[0]?.header('accept')).toBe('text/event-stream');
    expect(server.asked.at(-1)?.request.headers).toMatchObject({
      'content-type': 'application/json',
      'mcp-protocol-version': '2024-11-05',
    });
  });

  test('may ask, and is answered', async () => {
    const server = await startServer(
      older((asked, stream) => {
        asked.empty();
        if (asked.what === 'response') stream.says(result(1, asked.message['result']));
        else stream.says(request('q', 'roots/list'));
      }),
    );
    const { client, shakeHands } = await talk(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    expect(await client.hears()).toEqual(request('q', 'roots/list'));
    client.sends(result('q', { roots: [] }));
    expect(await client.hears()).toEqual(result(1, { roots: [] }));
  });

  test('reads what it is told in order, as far as it is only to be taken', async () => {
    const held: Asked[] = [];
    const server = await startServer((asked) => {
      if (asked.what === 'notifications/roots/list_changed') held.push(asked);
      else older(answering)(asked);
    });
    const answers = older(answering);
    server.answers = (asked) => {
      if (asked.what === 'notifications/roots/list_changed') held.push(asked);
      else answers(asked);
    };
    const { client, shakeHands } = await talk(server.url);
    await shakeHands();
    client.notifies('notifications/roots/list_changed');
    client.asks(1, 'tools/call');
    await expect.poll(() => held).toHaveLength(1);
    expect(server.log).not.toContain('tools/call');
    held[0]?.empty();
    expect(await client.hears()).toEqual(result(1, { done: 'tools/call' }));
  });

  test('that takes no note holds nothing up for longer than a moment', async () => {
    const answers = older(answering);
    const server = await startServer((asked) => {
      if (asked.what !== 'notifications/roots/list_changed') answers(asked);
    });
    const { client, shakeHands, clock } = await talk(server.url);
    await shakeHands();
    client.notifies('notifications/roots/list_changed');
    client.asks(1, 'tools/call');
    await expect.poll(() => server.log).toContain('notifications/roots/list_changed');
    clock.advance(5000);
    expect(await client.hears()).toEqual(result(1, { done: 'tools/call' }));
  });

  test('R9 is told of what is given up, unless it has not been asked yet', async () => {
    const held: Asked[] = [];
    const answers = older((asked) => asked.empty());
    const server = await startServer((asked) => {
      if (asked.what === 'notifications/roots/list_changed') held.push(asked);
      else answers(asked);
    });
    const { client, shakeHands } = await talk(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    await expect.poll(() => server.log).toContain('tools/call');
    client.sends(cancelled(1));
    await expect.poll(() => server.log).toContain('notifications/cancelled');
    client.notifies('notifications/roots/list_changed');
    client.asks(2, 'resources/list');
    client.sends(cancelled(2));
    client.asks(3, 'tools/list');
    await expect.poll(() => held).toHaveLength(1);
    held[0]?.empty();
    await expect.poll(() => server.log).toContain('tools/list');
    expect(server.log.filter((what) => what === 'notifications/cancelled')).toHaveLength(1);
    expect(server.log).not.toContain('resources/list');
  });

  test('R19 that refuses a message is not waited for', async () => {
    const server = await startServer(older((asked) => asked.json(failure(null, -32602, 'Bad Request'), 400)));
    const { client, shakeHands } = await talk(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    expect(await client.hears()).toEqual(
      ownError(1, 5020, {
        code: 'UPSTREAM_LOST',
        reason: 'unanswered',
        detail: 'HTTP 400: Bad Request',
        httpStatus: 400,
      }),
    );
  });

  test('is left by the end of its stream, after what the client had said last', async () => {
    const server = await startServer(older());
    const { client, shakeHands, session, serverStopped } = await talk(server.url);
    await shakeHands();
    client.notifies('notifications/roots/list_changed');
    session.close();
    await serverStopped;
    expect(server.log.at(-1)).toBe('notifications/roots/list_changed');
    await expect.poll(() => server.open).toBe(0);
  });

  test('that does not take the last message is left all the same', async () => {
    const answers = older();
    const server = await startServer((asked) => {
      if (asked.what !== 'notifications/roots/list_changed') answers(asked);
    });
    const { client, shakeHands, session, serverStopped, clock } = await talk(server.url);
    await shakeHands();
    client.notifies('notifications/roots/list_changed');
    await expect.poll(() => server.log).toContain('notifications/roots/list_changed');
    session.close();
    clock.advance(1000);
    await serverStopped;
    await expect.poll(() => server.open).toBe(0);
  });
});

describe('the loss of its stream', () => {
  test('P5 settles what it was asked, and P3 the session is begun anew on another', async () => {
    const streams: EventStream[] = [];
    const server = await startServer((asked) => {
      if (asked.method === 'GET') streams.push(asked.stream().tells('endpoint', `/m?s=${streams.length}`));
      else {
        asked.empty();
        if (asked.what === 'initialize') streams.at(-1)?.says(result(asked.id, initializeResult()));
        if (asked.what === 'tools/list') streams.at(-1)?.says(result(asked.id, asked.request.url));
      }
    });
    const { client, shakeHands, clock } = await talk(server.url, { open: { restart: remoteRestartPolicy } });
    await shakeHands();
    client.asks(1, 'tools/call');
    await expect.poll(() => server.log).toContain('tools/call');
    streams[0]?.ends();
    expect(await client.hears()).toMatchObject({
      id: 1,
      error: { code: 5020, data: { reason: 'connection-lost', detail: `${server.url} ended its stream` } },
    });
    client.asks(2, 'tools/list');
    clock.advance(100);
    expect(await client.hears()).toEqual(result(2, '/m?s=1'));
  });

  test('P3 shows in a message that it does not know any more, too, and that is sent again', async () => {
    let known = '1';
    let stream: EventStream | undefined;
    const server = await startServer((asked) => {
      if (asked.method === 'GET') stream = asked.stream().tells('endpoint', `/m?s=${known}`);
      else if (asked.request.url !== `/m?s=${known}`) asked.text('Session not found', 404, 'text/plain');
      else {
        asked.empty();
        if (asked.what === 'initialize') stream?.says(result(asked.id, initializeResult()));
        if (asked.what === 'tools/list') stream?.says(result(asked.id, asked.request.url));
      }
    });
    const { client, shakeHands, clock } = await talk(server.url);
    await shakeHands();
    await expect.poll(() => server.log).toContain('notifications/initialized');
    known = '2';
    client.asks(1, 'tools/list');
    await expect.poll(() => server.log).toContain('tools/list');
    await expect.poll(() => server.open).toBe(0);
    clock.advance(100);
    expect(await client.hears()).toEqual(result(1, '/m?s=2'));
  });
});

describe('a server that is none of 2024-11-05', () => {
  test.each<[string, (asked: Asked) => void, string]>([
    [
      'names a place elsewhere',
      (asked) => asked.stream().tells('endpoint', 'https://evil.example/m'),
      'names a place for messages that is not its own',
    ],
    [
      'answers with a page',
      (asked) => asked.text('<p>Hi</p>', 200, 'text/html'),
      'answered HTTP 200 with no event stream',
    ],
    ['has no stream', (asked) => asked.text('Method Not Allowed', 405, 'text/plain'), 'HTTP 405: Method Not Allowed'],
    ['ends its stream at once', (asked) => asked.stream().ends(), 'ended its stream'],
    ['cuts the connection', (asked) => asked.cut(), 'closed the connection'],
  ])('because it %s is told so, and is not asked again', async (_what, answer, detail) => {
    const server = await startServer(answer);
    const { client, serverStopped, endedWith } = await talk(server.url);
    client.sends(initialize(0));
    expect(await client.hears()).toMatchObject({
      id: 0,
      error: { code: 5020, data: { reason: 'unreachable', detail: expect.stringContaining(detail) } },
    });
    await serverStopped;
    expect(endedWith).toEqual(['upstream-exhausted']);
    expect(server.log).toEqual(['GET']);
  });

  test('because it names no place in time is told so', async () => {
    const server = await startServer((asked) => asked.stream().writes(': soon\n\n'));
    const { client, clock } = await talk(server.url);
    client.sends(initialize(0));
    await expect.poll(() => server.open).toBe(1);
    clock.advance(10_000);
    expect(await client.hears()).toMatchObject({ error: { data: { detail: expect.stringContaining('10000 ms') } } });
    await expect.poll(() => server.open).toBe(0);
  });

  test('because nobody is there is told so', async () => {
    const server = await startServer(() => {});
    await server.stops();
    const { client } = await talk(server.url);
    client.sends(initialize(0));
    expect(await client.hears()).toMatchObject({
      error: {
        data: {
          reason: 'unreachable',
          detail: `Nobody listens at ${server.url} (ECONNREFUSED 127.0.0.1:${server.port})`,
        },
      },
    });
  });
});
