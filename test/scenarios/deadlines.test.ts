/** How long a request may take: idle and absolute deadlines, what moves them and what does not. */
import { describe, expect, test } from 'vitest';
import { defaultProfile } from '../../src/session/profiles.ts';
import { progress } from '../../src/testing/messages.ts';
import type { PlaybookOptions } from '../../src/testing/playbook.ts';
import { playbook } from './conversation.ts';

function called(options: PlaybookOptions = {}) {
  const play = playbook(options);
  const talk = play.open();
  talk.handshake();
  const { client, server } = talk;
  client.asks(1, 'tools/call', { _meta: { progressToken: 't' } });
  server.receivesRequest(1, 'tools/call', { _meta: { progressToken: 't' } });
  const progresses = (): void => {
    server.sends(progress('t', 1));
    client.receives(progress('t', 1));
  };
  return { play, progresses, ...talk };
}

const timedOut = (deadline: string, elapsedMs: number, method = 'tools/call'): object => ({
  code: 'REQUEST_TIMEOUT',
  deadline,
  elapsedMs,
  method,
});
const calledOff = { requestId: 1, reason: 'The request timed out' };

describe('a request', () => {
  test('P7 may be without a sign of life for 300 s, and is never cut short', () => {
    const { play, client, server } = called();
    play.timePasses(299_999);
    client.receivesNothing();
    server.receivesNothing();
    play.timePasses(100);
    client.receivesError(1, 5040, timedOut('idle', 300_000));
    server.receivesNotification('notifications/cancelled', calledOff);
  });

  test('P7 R12 lives on with every progress, up to 3600 s in all', () => {
    const { play, client, server, progresses } = called();
    for (let elapsedMs = 0; elapsedMs < 3_500_000; elapsedMs += 250_000) {
      progresses();
      play.timePasses(250_000);
    }
    client.receivesNothing();
    progresses();
    play.timePasses(100_000);
    client.receivesError(1, 5040, timedOut('absolute', 3_600_000));
    server.receivesNotification('notifications/cancelled', calledOff);
  });

  test('P7 R12 is due one idle time after its last progress, however much it made before', () => {
    const { play, client, server, progresses } = called();
    play.timePasses(299_000);
    progresses();
    progresses();
    play.timePasses(299_999);
    client.receivesNothing();
    play.timePasses(100);
    client.receivesError(1, 5040, timedOut('idle', 599_000));
    server.receivesNotification('notifications/cancelled', calledOff);
  });

  test('P7 does not live on by what others do: other progress, log lines, other answers', () => {
    const { play, client, server } = called();
    client.asks(2, 'tools/call', { _meta: { progressToken: 'other' } });
    play.timePasses(200_000);
    server.sends(progress('other', 1));
    server.sends(progress('T', 1));
    server.notifies('notifications/message');
    server.answers(2);
    client.sends(progress('t', 1));
    play.timePasses(100_100);
    const told = client.takesAll();
    expect(told.at(-1)).toMatchObject({ id: 1, error: { code: 5040 } });
    expect(server.takesAll().at(-1)).toMatchObject({ params: calledOff });
  });

  test('P7 has the deadlines of its method where the profile names some, each by itself', () => {
    const methodTimes = {
      'tools/call': { idleMs: 1000 },
      'prompts/get': { absoluteMs: 2000 },
      'resources/read': { idleMs: Infinity, absoluteMs: Infinity },
    };
    const play = playbook({ profile: { ...defaultProfile, methodTimes } });
    const { client, server } = play.open();
    client.asks(1, 'tools/call');
    client.asks(2, 'prompts/get');
    client.asks(3, 'resources/read');
    play.timePasses(1000);
    client.receivesError(1, 5040, timedOut('idle', 1000));
    play.timePasses(1000);
    client.receivesError(2, 5040, timedOut('absolute', 2000, 'prompts/get'));
    play.timePasses(7_200_000);
    client.receivesNothing();
    expect(server.takesAll()).toHaveLength(5);
  });

  test('P7 has whatever deadlines the runtime was given, or none', () => {
    const { play, client, server } = called({ times: { requestIdleMs: Infinity, requestAbsoluteMs: Infinity } });
    play.timePasses(7 * 24 * 3_600_000);
    client.receivesNothing();
    server.answers(1);
    client.receivesResult(1);
  });

  test('P7 that is a ping is due after 30 s, progress or not', () => {
    const play = playbook();
    const { client, server } = play.open();
    client.asks(1, 'ping', { _meta: { progressToken: 1 } });
    server.receivesRequest(1, 'ping', { _meta: { progressToken: 1 } });
    play.timePasses(20_000);
    server.sends(progress(1, 1));
    client.receives(progress(1, 1));
    play.timePasses(10_000);
    client.receivesError(1, 5040, timedOut('absolute', 30_000, 'ping'));
    server.receivesNotification('notifications/cancelled', calledOff);
  });

  test('P7 that waits in us for an upstream has its deadline too, and nobody is called off', () => {
    const play = playbook({ times: { requestIdleMs: 1000 } });
    const { client, server } = play.openWithRestarts();
    client.asks(1, 'tools/call');
    play.timePasses(1000);
    client.receivesError(1, 5040, timedOut('idle', 1000));
    server.comesUp();
    server.receivesNothing();
  });

  test('P7 each has its own: two that began at other times end at other times', () => {
    const play = playbook();
    const { client, server, session } = play.open();
    client.asks(1, 'tools/call');
    play.timePasses(1000);
    client.asks(2, 'tools/call');
    expect(session.snapshot().pending).toMatchObject([
      { id: 1, ageMs: 1000, dueInMs: 299_000 },
      { id: 2, ageMs: 0, dueInMs: 300_000 },
    ]);
    play.timePasses(299_000);
    client.receivesError(1, 5040, timedOut('idle', 300_000));
    play.timePasses(1000);
    client.receivesError(2, 5040, timedOut('idle', 300_000));
    server.takesAll();
  });
});

describe('while the server asks the client something', () => {
  test('P7 the idle time of what the client asked stands still, and goes on where it stood', () => {
    const { play, client, server, session } = called();
    play.timePasses(299_000);
    server.asks(1, 'elicitation/create');
    client.receivesRequest(1, 'elicitation/create');
    play.timePasses(3_000_000);
    client.receivesNothing();
    expect(session.snapshot().pending).toMatchObject([
      { id: 1, direction: 'client-to-server', dueInMs: 301_000 },
      { id: 1, direction: 'server-to-client', dueInMs: 600_000 },
    ]);
    client.answers(1);
    server.receivesResult(1);
    play.timePasses(900);
    client.receivesNothing();
    play.timePasses(200);
    client.receivesError(1, 5040, timedOut('idle', 3_300_000));
    server.receivesNotification('notifications/cancelled', calledOff);
  });

  test('P7 it stands still until the last question is answered', () => {
    const { play, client, server } = called();
    play.timePasses(299_000);
    server.asks('a', 'roots/list');
    play.timePasses(10_000);
    server.asks('b', 'roots/list');
    client.answers('a');
    play.timePasses(10_000);
    expect(client.takesAll()).toHaveLength(2);
    client.answers('b');
    play.timePasses(1_100);
    client.receivesError(1, 5040, timedOut('idle', 320_000));
    expect(server.takesAll()).toHaveLength(3);
  });

  test('P7 the absolute deadline never stands still', () => {
    const { play, client, server } = called({ times: { requestAbsoluteMs: 600_000 } });
    play.timePasses(500_000 - 200_001);
    server.asks(1, 'elicitation/create');
    client.receivesRequest(1, 'elicitation/create');
    play.timePasses(300_100);
    client.receivesError(1, 5040, timedOut('absolute', 600_000));
    server.receivesNotification('notifications/cancelled', calledOff);
    client.answers(1);
    server.receivesResult(1);
  });

  test('P7 the question itself waits for a person: it has an absolute deadline only', () => {
    const play = playbook();
    const { client, server, handshake } = play.open();
    handshake();
    server.asks(1, 'sampling/createMessage');
    client.receivesRequest(1, 'sampling/createMessage');
    play.timePasses(3_599_000);
    server.receivesNothing();
    play.timePasses(1_000);
    server.receivesError(1, 5040, timedOut('absolute', 3_600_000, 'sampling/createMessage'));
    client.receivesNotification('notifications/cancelled', calledOff);
  });
});

describe('a session on a transport whose sessions outlive connections', () => {
  test('ends when nothing happens for 30 minutes, and each frame puts it off', () => {
    const play = playbook();
    const { client, server, session } = play.open({ transportType: 'http' });
    play.timePasses(1_799_000);
    client.notifies('notifications/roots/list_changed');
    server.receivesNotification('notifications/roots/list_changed');
    play.timePasses(1_799_000);
    expect(session.snapshot().status).toBe('active');
    play.timePasses(1_100);
    expect(session.snapshot()).toMatchObject({ status: 'timeout', endReason: 'idle' });
  });

  test('an open stream or a pending request keeps it', () => {
    const play = playbook({ times: { requestIdleMs: Infinity, requestAbsoluteMs: Infinity } });
    const streaming = play.open({ transportType: 'http' });
    const waiting = play.open({ transportType: 'http' });
    streaming.client.opensStream();
    waiting.client.asks(1, 'tools/call');
    waiting.server.receivesRequest(1, 'tools/call');
    play.timePasses(20_000_000);
    for (const { session } of [streaming, waiting]) expect(session.snapshot().status).toBe('active');
    streaming.client.closesStream();
    waiting.server.answers(1);
    waiting.client.receivesResult(1);
    play.timePasses(1_800_100);
    expect([streaming.endedWith, waiting.endedWith]).toEqual([['idle'], ['idle']]);
  });

  test('no session is older than a day, busy or not', () => {
    const play = playbook({ times: { requestIdleMs: Infinity, requestAbsoluteMs: Infinity } });
    const { client, server, endedWith } = play.open({ transportType: 'http' });
    client.opensStream();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    play.timePasses(86_399_900);
    expect(endedWith).toEqual([]);
    play.timePasses(200);
    client.receivesError(1, 5040, { code: 'REQUEST_TIMEOUT', deadline: 'age' });
    expect(endedWith).toEqual(['age']);
  });

  test('where the connection is the session, neither limit counts unless it was asked for', () => {
    const play = playbook();
    const talks = (['stdio', 'websocket', 'in-memory'] as const).map((transportType) => play.open({ transportType }));
    play.timePasses(7 * 86_400_000);
    expect(talks.map(({ session }) => session.snapshot().status)).toEqual(['active', 'active', 'active']);
    const strict = playbook({ times: { sessionIdleMs: 1000 } });
    const { endedWith } = strict.open({ transportType: 'stdio' });
    strict.timePasses(1_100);
    expect(endedWith).toEqual(['idle']);
  });
});
