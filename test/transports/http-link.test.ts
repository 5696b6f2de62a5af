import { describe, expect, test } from 'vitest';

import { Exchange } from '../../src/session/pending.ts';
import { remoteRestartPolicy } from '../../src/session/upstream.ts';
import { cancelled, failure, initialize, notification, progress, request, result } from '../../src/testing/messages.ts';
import {
  type Asked,
  type EventStream,
  modernCall,
  ownError,
  sessionful,
  startServer,
  talkWith,
  untilHeard,
} from './http-talk.ts';

describe('a session that its server has forgotten', () => {
  test.each([
    ['404', (asked: Asked) => asked.json(failure(null, -32001, 'Session not found'), 404)],
    ['404 and no more', (asked: Asked) => asked.empty(404)],
    ['400', (asked: Asked) => asked.json(failure(null, -32000, 'Bad Request: No valid session ID provided'), 400)],
    ['400 in text', (asked: Asked) => asked.text('Invalid session', 400, 'text/plain')],
  ])('P3 which it says with %s, is begun anew, and everything it refused is sent again', async (_what, refuse) => {
    let known = 'session-1';
    const server = await startServer((asked) => {
      if (asked.what !== 'initialize' && asked.header('mcp-session-id') !== known) refuse(asked);
      else
        sessionful(
          (call) => call.json(result(call.id, call.header('mcp-session-id'))),
          () => known,
        )(asked);
    });
    const { client, shakeHands, clock } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    expect(await client.hears()).toEqual(result(1, 'session-1'));
    known = 'session-2';
    client.asks(2, 'tools/call');
    client.asks(3, 'tools/call');
    client.asks(4, 'tools/call');
    await expect
      .poll(() => {
        clock.advance(50);
        return client.heard.length;
      })
      .toBe(5);
    expect(
      [await client.hears(), await client.hears(), await client.hears()].toSorted(
        (a, b) => Number(a['id']) - Number(b['id']),
      ),
    ).toEqual([2, 3, 4].map((id) => result(id, 'session-2')));
    const second = server.asked.filter(({ what }) => what === 'initialize')[1];
    expect(second?.message['params']).toEqual(initialize(0)['params']);
    expect(second?.header('mcp-session-id')).toBeUndefined();
  });

  test('P3 is told by whom it is asked, in what it is told again, too', async () => {
    const token = 'Bearer of the client';
    let known = 'session-1';
    const server = await startServer((asked) => {
      if (asked.header('authorization') !== token) asked.empty(401);
      else if (asked.what !== 'initialize' && asked.header('mcp-session-id') !== known) asked.empty(404);
      else
        sessionful(
          (call) => call.json(result(call.id, call.header('mcp-session-id'))),
          () => known,
        )(asked);
    });
    const talk = await talkWith(server.url, {
      hasExchanges: true,
      open: { transportType: 'http', restart: remoteRestartPolicy },
    });
    const exchange = (): Exchange => new Exchange((name) => (name === 'authorization' ? token : undefined));
    const { client } = talk;
    client.sends(initialize(0), exchange());
    await client.hears();
    client.sends(notification('notifications/initialized'), exchange());
    known = 'session-2';
    client.sends(request(1, 'tools/call'), exchange());
    await untilHeard(talk, 2);
    expect(client.heard.at(-1)).toEqual(result(1, 'session-2'));
    expect(server.asked.map((asked) => asked.header('authorization'))).toEqual(server.asked.map(() => token));
  });

  test('P10 is not sent again what was given up meanwhile, nor what it may have seen', async () => {
    let known = 'session-1';
    const server = await startServer((asked) => {
      const isKnown = asked.what === 'initialize' || asked.header('mcp-session-id') === known;
      if (!isKnown && asked.what === 'resources/list') asked.empty(404);
      else
        sessionful(
          (call) => void (isKnown && call.json(result(call.id))),
          () => known,
        )(asked);
    });
    const talk = await talkWith(server.url);
    const { client, shakeHands, clock, connector } = talk;
    await shakeHands();
    await expect.poll(() => server.log).toContain('GET');
    await expect.poll(() => connector.openRequests).toBe(0);
    known = 'session-2';
    client.asks(1, 'tools/call');
    client.asks(2, 'resources/list');
    client.asks(3, 'resources/list');
    await expect.poll(() => server.log.filter((what) => what === 'resources/list')).toHaveLength(2);
    await expect.poll(() => connector.openRequests).toBe(1);
    client.sends(cancelled(2));
    clock.advance(1000);
    expect(await client.hears()).toMatchObject({ id: 1, error: { data: { reason: 'session-lost' } } });
    await untilHeard(talk, 3);
    expect(await client.hears()).toEqual(result(3));
    expect(server.log.filter((what) => what === 'tools/call')).toHaveLength(1);
    expect(server.log.filter((what) => what === 'resources/list')).toHaveLength(3);
  });

  test('is not mistaken for a method that the server does not have', async () => {
    const server = await startServer(
      sessionful((asked) => asked.json(failure(asked.id, -32601, 'Method not found'), 404)),
    );
    const { client, shakeHands } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'no/such');
    expect(await client.hears()).toEqual(failure(1, -32601, 'Method not found'));
    expect(server.log.filter((what) => what === 'initialize')).toHaveLength(1);
  });
});

describe('a server that cannot be reached', () => {
  test('and never was, ends the session at once, in words that say why', async () => {
    const server = await startServer(() => {});
    await server.stops();
    const { client, endedWith, serverStopped } = await talkWith(server.url);
    client.sends(initialize(0));
    expect(await client.hears()).toEqual(
      ownError(0, 5020, {
        code: 'UPSTREAM_LOST',
        reason: 'unreachable',
        detail: `Nobody listens at ${server.url} (ECONNREFUSED 127.0.0.1:${server.port})`,
        exitCode: null,
        signal: null,
      }),
    );
    await serverStopped;
    expect(endedWith).toEqual(['upstream-exhausted']);
  });

  test('P3 P8 after it had been, is waited for: what was not sent is sent when it is back, in its order', async () => {
    const server = await startServer(sessionful((asked) => asked.json(result(asked.id))));
    const talk = await talkWith(server.url, { open: { restart: remoteRestartPolicy } });
    const { client, shakeHands, clock } = talk;
    await shakeHands();
    client.asks(1, 'tools/list');
    await client.hears();
    await server.stops();
    client.asks(2, 'tools/call');
    client.asks(3, 'tools/call');
    await expect.poll(() => talk.session.snapshot().state).toBe('active.recovering');
    clock.advance(100);
    await expect.poll(() => talk.session.snapshot().counts['upstreamLosses']).toBe(2);
    await server.listensAgain();
    await untilHeard(talk, 4);
    expect(await Promise.all([client.hears(), client.hears()])).toEqual([result(2), result(3)]);
    const after = server.log.slice(server.log.lastIndexOf('initialize'));
    expect(after.filter((what) => what !== 'GET')).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/call',
      'tools/call',
    ]);
  });

  test('P5 tells those whose answers it owes at once that there will be none', async () => {
    const server = await startServer(sessionful(() => {}));
    const { client, shakeHands } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    client.asks(2, 'tools/call');
    await expect.poll(() => server.log.filter((what) => what === 'tools/call')).toHaveLength(2);
    await server.stops();
    expect(await client.hears()).toMatchObject({ error: { code: 5020, data: { reason: 'unanswered' } } });
    expect(await client.hears()).toMatchObject({ error: { code: 5020, data: { reason: 'unanswered' } } });
  });

  test('is not sent again what it may have seen', async () => {
    const server = await startServer(sessionful((asked) => asked.cut()));
    const { client, shakeHands } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    await client.hears();
    expect(server.log.filter((what) => what === 'tools/call')).toHaveLength(1);
  });
});

describe('the order of messages', () => {
  test('is that in which they were written, as far as what comes first is only to be taken', async () => {
    const held: Asked[] = [];
    const server = await startServer((asked) => {
      if (asked.what === 'notifications/roots/list_changed') held.push(asked);
      else sessionful((call) => call.json(result(call.id)))(asked);
    });
    const { client, shakeHands } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/list');
    client.notifies('notifications/roots/list_changed');
    client.notifies('notifications/progress', { progressToken: 'x', progress: 1 });
    client.asks(2, 'tools/call');
    await expect.poll(() => held).toHaveLength(1);
    expect(await client.hears()).toEqual(result(1));
    expect(server.log).not.toContain('tools/call');
    held[0]?.empty();
    expect(await client.hears()).toEqual(result(2));
    expect(server.log.slice(-2)).toEqual(['notifications/progress', 'tools/call']);
  });

  test('holds nothing up for longer than a moment', async () => {
    const server = await startServer((asked) => {
      if (asked.what !== 'notifications/roots/list_changed') sessionful((call) => call.json(result(call.id)))(asked);
    });
    const { client, shakeHands, clock } = await talkWith(server.url);
    await shakeHands();
    client.notifies('notifications/roots/list_changed');
    client.asks(2, 'tools/call');
    await expect.poll(() => server.log).toContain('notifications/roots/list_changed');
    clock.advance(5000);
    expect(await client.hears()).toEqual(result(2));
  });

  test('is nobody’s where several clients share what is no session', async () => {
    const server = await startServer((asked) => {
      if (asked.what === 'tools/list') asked.json(result(asked.id));
    });
    const { client } = await talkWith(server.url);
    client.notifies('notifications/initialized');
    client.asks(1, 'tools/list');
    expect(await client.hears()).toEqual(result(1));
  });

  test('lets everything that a hasty client says wait for the session', async () => {
    const server = await startServer(
      sessionful((asked) => asked.json(result(asked.id, asked.header('mcp-session-id') ?? 'none'))),
    );
    const { client } = await talkWith(server.url);
    client.sends(initialize(0));
    client.notifies('notifications/initialized');
    client.asks(1, 'tools/list');
    await client.hears();
    expect(await client.hears()).toEqual(result(1, 'session-1'));
    expect(server.log.filter((what) => what !== 'GET')).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
    ]);
  });

  test('P9 opens the stream of the server before the first call: what the call makes it say there is heard', async () => {
    let stream: EventStream | undefined;
    const server = await startServer((asked) => {
      if (asked.what === 'GET') stream = asked.stream();
      else
        sessionful((call) => {
          stream?.says({ jsonrpc: '2.0', id: 'q', method: 'roots/list' });
          call.json(result(call.id));
        })(asked);
    });
    const { client } = await talkWith(server.url);
    client.sends(initialize(0));
    await client.hears();
    client.notifies('notifications/initialized');
    client.asks(1, 'tools/call');
    const heard = [await client.hears(), await client.hears()];
    expect(heard).toContainEqual({ jsonrpc: '2.0', id: 'q', method: 'roots/list' });
    expect(server.log.slice(0, 4)).toEqual(['initialize', 'notifications/initialized', 'GET', 'tools/call']);
  });

  test('keeps no call waiting for a server that says nothing about its stream', async () => {
    const server = await startServer((asked) => {
      if (asked.what !== 'GET') sessionful((call) => call.json(result(call.id)))(asked);
    });
    const { client, clock } = await talkWith(server.url);
    client.sends(initialize(0));
    await client.hears();
    client.notifies('notifications/initialized');
    client.asks(1, 'tools/call');
    await expect.poll(() => server.log).toContain('GET');
    expect(server.log).not.toContain('tools/call');
    clock.advance(1000);
    expect(await client.hears()).toEqual(result(1));
  });

  test('never keeps an answer that a call waits for behind the call', async () => {
    let call: { readonly asked: Asked; readonly stream: EventStream } | undefined;
    const server = await startServer((asked) => {
      if (asked.what === 'response') {
        asked.empty();
        call?.stream.says(result(call.asked.id, asked.message['result'])).ends();
      } else {
        sessionful((first) => {
          call = { asked: first, stream: first.stream() };
          call.stream.says(request('q1', 'roots/list'));
        })(asked);
      }
    });
    const { client, shakeHands } = await talkWith(server.url, { agentOptions: { connectionsMax: 1 } });
    await shakeHands();
    client.asks(1, 'tools/call');
    expect(await client.hears()).toEqual(request('q1', 'roots/list'));
    client.sends(result('q1', { roots: [] }));
    expect(await client.hears()).toEqual(result(1, { roots: [] }));
  });
});

describe('a request that is given up', () => {
  test('R9 is called off at the server, and its response is ended by us', async () => {
    const server = await startServer((asked) => {
      if (asked.what === 'notifications/cancelled') asked.empty();
      else sessionful((call) => call.stream().says(progress('t', 1)))(asked);
    });
    const { client, shakeHands } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call', { _meta: { progressToken: 't' } });
    await client.hears();
    client.sends(cancelled(1));
    await expect.poll(() => server.log).toContain('notifications/cancelled');
    expect(server.asked.at(-1)?.message['params']).toMatchObject({ requestId: 1 });
    await expect.poll(() => server.open).toBe(0);
  });

  test('R9 P7 because its time is over, too', async () => {
    const server = await startServer((asked) => {
      if (asked.what === 'notifications/cancelled') asked.empty();
      else sessionful(() => {})(asked);
    });
    const { client, shakeHands, clock } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    await expect.poll(() => server.log).toContain('tools/call');
    clock.advance(300_000);
    expect(await client.hears()).toMatchObject({ id: 1, error: { code: 5040 } });
    await expect.poll(() => server.log).toContain('notifications/cancelled');
    await expect.poll(() => server.open).toBe(0);
  });

  test('R11 in the modern era is given up by the end of its response, and nothing else is said', async () => {
    const server = await startServer((asked) => asked.stream().says(progress('t', 1)));
    const { client } = await talkWith(server.url);
    client.sends(modernCall(1, { progressToken: 't' }));
    await client.hears();
    client.sends(cancelled(1));
    await expect.poll(() => server.open).toBe(0);
    expect(server.log).toEqual(['tools/call']);
  });

  test('P10 before it has left, is never sent', async () => {
    const first: Asked[] = [];
    const server = await startServer((asked) => {
      if (asked.what === 'initialize') first.push(asked);
      else asked.json(result(asked.id));
    });
    const { client } = await talkWith(server.url);
    client.sends(initialize(0));
    await expect.poll(() => first).toHaveLength(1);
    client.asks(1, 'tools/call');
    client.sends(cancelled(1));
    client.asks(2, 'tools/list');
    first[0]?.welcome();
    await client.hears();
    expect(await client.hears()).toEqual(result(2));
    expect(server.log).toEqual(['initialize', 'tools/list']);
  });

  test('P10 while it waits for a connection, is never sent', async () => {
    const calls: Asked[] = [];
    const server = await startServer(sessionful((asked) => void calls.push(asked)));
    const { client, shakeHands, connector } = await talkWith(server.url, { agentOptions: { connectionsMax: 1 } });
    await shakeHands();
    client.asks(1, 'tools/call');
    await expect.poll(() => calls).toHaveLength(1);
    client.asks(2, 'resources/list');
    client.sends(cancelled(2));
    client.asks(3, 'tools/list');
    calls[0]?.json(result(1));
    await expect.poll(() => calls).toHaveLength(2);
    calls[1]?.json(result(3));
    expect([await client.hears(), await client.hears()]).toEqual([result(1), result(3)]);
    expect(server.log).not.toContain('resources/list');
    expect(server.log).not.toContain('notifications/cancelled');
    await expect.poll(() => connector.openRequests).toBe(0);
  });
});

test('a response that stays open though its request was answered elsewhere is ended in time', async () => {
  let stream: EventStream | undefined;
  const server = await startServer((asked) => {
    if (asked.what === 'GET') stream = asked.stream();
    else
      sessionful((call) => {
        call.stream();
        stream?.says(result(call.id, 'on the other stream'));
      })(asked);
  });
  const { client, shakeHands, clock } = await talkWith(server.url);
  await shakeHands();
  await expect.poll(() => stream).toBeDefined();
  client.asks(1, 'tools/call');
  expect(await client.hears()).toEqual(result(1, 'on the other stream'));
  expect(server.open).toBe(2);
  clock.advance(10_000);
  await expect.poll(() => server.open).toBe(1);
});

describe('pressure', () => {
  test('P16 from a server that answers nothing holds up its client, and lets it go on in the end', async () => {
    const calls: Asked[] = [];
    let answers = (asked: Asked): void => void calls.push(asked);
    const server = await startServer(sessionful((asked) => answers(asked)));
    const { client, shakeHands } = await talkWith(server.url);
    await shakeHands();
    await expect.poll(() => server.log).toContain('GET');
    const text = 'x'.repeat(900_000);
    let asked = 0;
    while (!client.paused.includes(true)) client.asks(++asked, 'tools/call', { text });
    // What is on its way, what waits for its turn, and what waits in the session.
    expect(asked).toBeGreaterThanOrEqual(20);
    expect(asked).toBeLessThanOrEqual(24);
    await expect.poll(() => calls.length).toBeGreaterThanOrEqual(16);
    expect(calls.length).toBeLessThanOrEqual(18);
    answers = (one) => one.json(result(one.id));
    for (const one of calls) answers(one);
    const ids = new Set<unknown>();
    while (ids.size < asked) ids.add((await client.hears())['id']);
    expect(client.paused.at(-1)).toBe(false);
  });

  test('P16 from a client that does not read holds up the server', async () => {
    let written = 0;
    const steps = 400;
    const server = await startServer(
      sessionful((asked) => {
        const stream = asked.stream();
        const goOn = (): void => {
          while (written < steps) {
            written += 1;
            stream.says(notification('notifications/message', { step: written, text: 'x'.repeat(50_000) }));
            if (asked.response.writableNeedDrain) {
              asked.response.once('drain', goOn);
              return;
            }
          }
          stream.says(result(asked.id)).ends();
        };
        goOn();
      }),
    );
    const { client, session, shakeHands } = await talkWith(server.url);
    await shakeHands();
    client.isFull = true;
    client.asks(1, 'tools/call');
    await expect.poll(() => written).toBeGreaterThan(20);
    const before = await settled(() => written);
    expect(before).toBeLessThan(steps);
    client.isFull = false;
    session.client.drained();
    for (let step = 1; step <= steps; step += 1) {
      expect(await client.hears()).toMatchObject({ params: { step } });
    }
    expect(await client.hears()).toEqual(result(1));
  });

  /** The value when it has stopped to grow. */
  async function settled(value: () => number): Promise<number> {
    let before = -1;
    await expect.poll(() => before === (before = value()), { interval: 100 }).toBe(true);
    return before;
  }
});

describe('the end of a session', () => {
  test('R20 is told to the server, after what the client had said last', async () => {
    const server = await startServer(sessionful((asked) => asked.empty()));
    const { client, shakeHands, serverStopped, session } = await talkWith(server.url);
    await shakeHands();
    client.notifies('notifications/roots/list_changed');
    session.close();
    await serverStopped;
    expect(server.log.slice(-2)).toEqual(['notifications/roots/list_changed', 'DELETE']);
    expect(server.asked.at(-1)?.header('mcp-session-id')).toBe('session-1');
  });

  test('is an end, even if the server does not answer', async () => {
    const server = await startServer((asked) => {
      if (asked.what !== 'DELETE') sessionful(() => {})(asked);
    });
    const { shakeHands, serverStopped, session, clock, connector } = await talkWith(server.url);
    await shakeHands();
    session.close();
    await expect.poll(() => server.log).toContain('DELETE');
    clock.advance(2000);
    await serverStopped;
    expect(connector.openRequests).toBe(0);
    await expect.poll(() => server.open).toBe(0);
  });

  test('R21 comes when the client has said all it wanted, after the last answer', async () => {
    const calls: Asked[] = [];
    const server = await startServer(sessionful((asked) => void calls.push(asked)));
    const { client, shakeHands, serverStopped, session } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    await expect.poll(() => calls).toHaveLength(1);
    session.client.closed(false);
    calls[0]?.json(result(1));
    expect(await client.hears()).toEqual(result(1));
    await serverStopped;
    expect(server.log.at(-1)).toBe('DELETE');
  });

  test('leaves no response open', async () => {
    const server = await startServer(sessionful((asked) => void asked.stream()));
    const { client, shakeHands, serverStopped, session, connector } = await talkWith(server.url);
    await shakeHands();
    client.asks(1, 'tools/call');
    client.asks(2, 'tools/call');
    await expect.poll(() => server.open).toBe(2);
    session.close();
    await serverStopped;
    expect(connector.openRequests).toBe(0);
    await expect.poll(() => server.open).toBe(0);
  });
});

describe('headers', () => {
  test('of the user are sent with everything, and win; credentials in the URL are Basic authorization', async () => {
    const server = await startServer(sessionful((asked) => asked.json(result(asked.id))));
    const url = server.url.replace('http://', 'http://us%20er:s%C3%A9cret@');
    const { client, shakeHands, serverStopped, session } = await talkWith(url, {
      headers: { 'X-Api-Key': 'k1', 'User-Agent': 'mine' },
    });
    await shakeHands();
    client.asks(1, 'tools/list');
    await client.hears();
    session.close();
    await serverStopped;
    expect(new Set(server.log)).toEqual(
      new Set(['initialize', 'notifications/initialized', 'GET', 'tools/list', 'DELETE']),
    );
    for (const asked of server.asked) {
      expect(asked.request.headers).toMatchObject({
        'x-api-key': 'k1',
        'user-agent': 'mine',
        authorization: `Basic ${Buffer.from('us er:sécret').toString('base64')}`,
      });
    }
  });

  test('of the client are passed on as far as they are for the server', async () => {
    const server = await startServer(sessionful((asked) => asked.json(result(asked.id))));
    const said: Readonly<Record<string, string>> = {
      authorization: 'Bearer t',
      cookie: 'c=1',
      host: 'front.example',
      'user-agent': 'the-client/1',
      traceparent: '00-1-1-00',
      'mcp-param-region': 'eu',
      'mcp-session-id': 'of-the-front',
      'mcp-protocol-version': '2025-06-18',
      connection: 'close',
    };
    const exchange = new Exchange(
      (name) => said[name],
      (prefix) => Object.entries(said).filter(([name]) => name.startsWith(prefix)),
    );
    const { client } = await talkWith(server.url, { hasExchanges: true });
    client.sends(initialize(0), exchange);
    await client.hears();
    client.sends(notification('notifications/initialized'), exchange);
    await expect.poll(() => server.log).toContain('GET');
    const [hello, , stream] = server.asked;
    expect(hello?.request.headers).toMatchObject({
      authorization: 'Bearer t',
      'user-agent': 'the-client/1',
      traceparent: '00-1-1-00',
      'mcp-param-region': 'eu',
      'mcp-protocol-version': '2025-06-18',
      host: `127.0.0.1:${server.port}`,
    });
    expect(hello?.request.headers).not.toHaveProperty('cookie');
    expect(hello?.request.headers).not.toHaveProperty('mcp-session-id');
    expect(stream?.request.headers).toMatchObject({ authorization: 'Bearer t', 'user-agent': 'the-client/1' });
    expect(stream?.request.headers).not.toHaveProperty('traceparent');
  });
});
