/** A server that goes away and comes back: what is repeated to it, what the client notices, and when there is no way back. */
import { describe, expect, test } from 'vitest';
import type { RequestId } from '../../src/protocol/envelope.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import {
  type Message,
  initialize,
  initializeResult,
  notification,
  progress,
  request,
} from '../../src/testing/messages.ts';
import type { Playbook, PlaybookOptions, Talk, TalkOptions } from '../../src/testing/playbook.ts';
import type { RestartableServer } from '../../src/testing/scripted-peer.ts';
import { playbook } from './conversation.ts';

interface Recoverable extends Talk<RestartableServer> {
  readonly play: Playbook;
}

const exited = { code: 'UPSTREAM_LOST', reason: 'exited', exitCode: 0, signal: null };

/** A session whose handshake is over, with a server that can be started again. */
function served(options?: PlaybookOptions, talkOptions?: TalkOptions): Recoverable {
  const play = playbook(options);
  const talk = play.openWithRestarts(talkOptions);
  talk.server.comesUp();
  talk.handshake();
  return { play, ...talk };
}

/** A whole exchange, asked by the client. */
function exchange({ client, server }: Recoverable, id: number, method: string, params: object): void {
  client.asks(id, method, params);
  server.receivesRequest(id, method, params);
  server.answers(id);
  client.receivesResult(id);
}

/** The server goes down, is started again, and has been sent the handshake; the handshake is returned. */
function restarted({ play, server }: Recoverable): Message {
  server.goesDown();
  play.timePasses(100);
  server.comesUp();
  const [hello, ...others] = server.takesAll();
  expect(others).toEqual([]);
  return hello!;
}

function accepts({ server }: Recoverable, hello: Message, answer: object = initializeResult()): void {
  server.answers(hello['id'] as string, answer);
}

describe('a server that comes back', () => {
  test('P3 is told the handshake again, under an id of our own, and the client notices nothing', () => {
    const talk = served();
    const { client, server, session } = talk;
    const hello = restarted(talk);
    expect(hello).toEqual({ ...initialize(0), id: hello['id'] });
    expect(hello['id']).toMatch(/^ninelives:s1:/);
    expect(session.snapshot()).toMatchObject({ id: 's1', state: 'active.recovering', status: 'active' });
    accepts(talk, hello);
    server.receives(notification('notifications/initialized'));
    server.receivesNothing();
    client.receivesNothing();
    expect(session.snapshot()).toMatchObject({ id: 's1', state: 'active.serving', pending: [] });
    exchange(talk, 1, 'tools/list', {});
    expect(talk.counts('upstreamLosses', 'recoveries')).toEqual({ upstreamLosses: 1, recoveries: 1 });
    expect(Object.values(talk.play.runtime.totals().upstreamRestarts).reduce((sum, count) => sum + count)).toBe(1);
  });

  test('P3 is told the log level and the subscriptions that are in force, and no others', () => {
    const talk = served();
    const { client, server } = talk;
    exchange(talk, 1, 'logging/setLevel', { level: 'debug' });
    exchange(talk, 2, 'logging/setLevel', { level: 'error' });
    exchange(talk, 3, 'resources/subscribe', { uri: 'test://a' });
    exchange(talk, 4, 'resources/subscribe', { uri: 'test://b' });
    exchange(talk, 5, 'resources/subscribe', { uri: 'test://c' });
    exchange(talk, 6, 'resources/unsubscribe', { uri: 'test://b' });
    client.asks(7, 'resources/subscribe', { uri: 'test://refused' });
    server.receivesRequest(7, 'resources/subscribe', { uri: 'test://refused' });
    server.answersWithError(7, -32002, 'no such resource');
    expect(client.takesAll()).toHaveLength(1);
    accepts(talk, restarted(talk));
    server.receives(notification('notifications/initialized'));
    const replayed = server.takesAll();
    expect(replayed.map(({ method, params }) => [method, params])).toEqual([
      ['logging/setLevel', { level: 'error' }],
      ['resources/subscribe', { uri: 'test://a' }],
      ['resources/subscribe', { uri: 'test://c' }],
    ]);
    for (const { id } of replayed) server.answers(id as string);
    client.receivesNothing();
    expect(talk.session.snapshot().pending).toEqual([]);
  });

  test('R8 P3 is told nothing in the client’s own names: neither ids nor progress tokens', () => {
    const talk = served();
    const { client, server } = talk;
    exchange(talk, 1, 'resources/subscribe', { uri: 'test://a', _meta: { progressToken: 1, 'x/trace': 'kept' } });
    accepts(talk, restarted(talk));
    server.receives(notification('notifications/initialized'));
    client.asks(1, 'tools/call', { _meta: { progressToken: 1 } });
    const [subscription, call] = server.takesAll();
    expect(subscription).toEqual(
      request(subscription!['id'] as string, 'resources/subscribe', { uri: 'test://a', _meta: { 'x/trace': 'kept' } }),
    );
    expect(call).toEqual(request(1, 'tools/call', { _meta: { progressToken: 1 } }));
    server.answers(subscription!['id'] as string);
    client.receivesNothing();
    server.answers(1);
    client.receivesResult(1);
  });

  test.each<['at once' | 'later']>([['at once'], ['later']])(
    'P3 is told what an interceptor had made of it %s, not what the client had said',
    async (when) => {
      const talk = served({
        interceptors: [
          {
            name: 'keeps apart',
            intercept: ({ message }) => {
              if (message['method'] !== 'resources/subscribe') return undefined;
              const action = { action: 'modify', message: { ...message, params: { uri: 'test://tenant/a' } } } as const;
              return when === 'later' ? Promise.resolve(action) : action;
            },
          },
        ],
      });
      const { play, client, server } = talk;
      client.asks(1, 'resources/subscribe', { uri: 'test://a' });
      await play.promisesSettle();
      server.receivesRequest(1, 'resources/subscribe', { uri: 'test://tenant/a' });
      server.answers(1);
      client.receivesResult(1);
      accepts(talk, restarted(talk));
      server.receives(notification('notifications/initialized'));
      expect(server.takesAll()).toMatchObject([{ method: 'resources/subscribe', params: { uri: 'test://tenant/a' } }]);
    },
  );

  test('P3 is told nothing that an interceptor had turned into something else', () => {
    const talk = served({
      interceptors: [
        {
          name: 'turns',
          intercept: ({ message }) =>
            message['method'] === 'resources/subscribe'
              ? { action: 'modify', message: { ...message, method: 'x/look', params: { uri: 'test://a' } } }
              : undefined,
        },
      ],
    });
    const { client, server } = talk;
    client.asks(1, 'resources/subscribe', { uri: 'test://a' });
    server.receivesRequest(1, 'x/look', { uri: 'test://a' });
    server.answers(1);
    client.receivesResult(1);
    accepts(talk, restarted(talk));
    server.receives(notification('notifications/initialized'));
    server.receivesNothing();
  });

  test('P3 hears that the handshake is complete once: from us, or from a client that had not said so yet', () => {
    const play = playbook();
    const early = { play, ...play.openWithRestarts() };
    const { client, server } = early;
    server.comesUp();
    client.sends(initialize(0));
    server.receives(initialize(0));
    server.answers(0, initializeResult());
    client.receivesResult(0, initializeResult());
    const hello = restarted(early);
    client.notifies('notifications/initialized');
    accepts(early, hello);
    server.receives(notification('notifications/initialized'));
    server.receivesNothing();
  });

  test('P3 P18 is given what waited for it, in order, after what it had to be told first', () => {
    const talk = served();
    const { client, server } = talk;
    exchange(talk, 1, 'logging/setLevel', { level: 'error' });
    server.goesDown();
    client.asks(2, 'tools/call', { n: 1 });
    client.notifies('notifications/roots/list_changed');
    client.asks(3, 'tools/call', { n: 2 });
    talk.play.timePasses(100);
    server.comesUp();
    client.asks(4, 'tools/call', { n: 3 });
    accepts(talk, server.takesAll()[0]!);
    server.receives(notification('notifications/initialized'));
    expect(server.takesAll().map(({ method, params }) => [method, params])).toEqual([
      ['logging/setLevel', { level: 'error' }],
      ['tools/call', { n: 1 }],
      ['notifications/roots/list_changed', undefined],
      ['tools/call', { n: 2 }],
      ['tools/call', { n: 3 }],
    ]);
    for (const id of [2, 3, 4]) {
      server.answers(id);
      client.receivesResult(id);
    }
  });

  test('P9 may speak while it is told the handshake', () => {
    const talk = served();
    const { client, server } = talk;
    const hello = restarted(talk);
    server.notifies('notifications/message', { data: 'starting again' });
    server.asks(1, 'ping');
    client.receivesNotification('notifications/message', { data: 'starting again' });
    const id = client.takesAll().at(-1)!['id'] as RequestId;
    client.answers(id);
    server.receivesResult(1);
    accepts(talk, hello);
    server.receives(notification('notifications/initialized'));
  });

  test('P4 P9 gets no answer to a question of its former life, though it counts from the beginning', () => {
    const talk = served();
    const { client, server, counts } = talk;
    server.asks(1, 'elicitation/create', { message: 'Delete all?', _meta: { progressToken: 1 } });
    client.receivesRequest(1, 'elicitation/create', { message: 'Delete all?', _meta: { progressToken: 1 } });
    const hello = restarted(talk);
    client.receivesNotification('notifications/cancelled', { requestId: 1, reason: 'The server went away' });
    accepts(talk, hello);
    server.takesAll();
    server.asks(1, 'elicitation/create', { message: 'Send it?', _meta: { progressToken: 1 } });
    const id = client.takesAll().at(-1)!['id'] as RequestId;
    client.notifies('notifications/progress', { progressToken: 1, progress: 1 });
    client.answers(1, { action: 'accept' });
    server.receivesNothing();
    client.notifies('notifications/progress', { progressToken: id, progress: 2 });
    server.receivesNotification('notifications/progress', { progressToken: 1, progress: 2 });
    client.answers(id, { action: 'decline' });
    server.receivesResult(1, { action: 'decline' });
    expect(counts('lateResponses', 'lateProgress')).toEqual({ lateResponses: 1, lateProgress: 1 });
  });

  test('P10 gives up a question by the id that the client knows', () => {
    const talk = served();
    const { client, server } = talk;
    accepts(talk, restarted(talk));
    server.takesAll();
    server.asks(1, 'sampling/createMessage');
    const id = client.takesAll().at(-1)!['id'] as RequestId;
    server.notifies('notifications/cancelled', { requestId: 1 });
    client.receivesNotification('notifications/cancelled', { requestId: id });
  });

  test('P5 R4 answers nothing of its former life', () => {
    const talk = served();
    const { client, server, counts } = talk;
    client.asks(1, 'tools/call', { _meta: { progressToken: 'p' } });
    server.receivesRequest(1, 'tools/call', { _meta: { progressToken: 'p' } });
    server.goesDown({ exitCode: 137, signal: 'SIGKILL', lastStderr: ['Killed'] });
    const loss = { reason: 'exited', exitCode: 137, signal: 'SIGKILL', lastStderr: ['Killed'] };
    client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', ...loss });
    talk.play.timePasses(100);
    server.comesUp();
    server.sends(progress('p', 1));
    server.answers(1);
    client.receivesNothing();
    expect(counts('lateResponses', 'lateProgress')).toEqual({ lateResponses: 1, lateProgress: 1 });
    server.takesAll();
  });

  test('P3 needs no handshake where there was none', () => {
    const play = playbook();
    const { client, server, session } = play.openWithRestarts();
    server.comesUp();
    const modern = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    client.asks(1, 'tools/list', modern);
    server.receivesRequest(1, 'tools/list', modern);
    server.goesDown();
    client.receivesError(1, 5020, exited);
    client.asks(2, 'tools/list', modern);
    play.timePasses(100);
    server.comesUp();
    server.receivesRequest(2, 'tools/list', modern);
    expect(session.snapshot().state).toBe('active.serving');
  });

  test('P3 that was lost before it had answered initialize is simply asked again by its client', () => {
    const play = playbook();
    const { client, server, session, handshake } = play.openWithRestarts();
    server.comesUp();
    client.sends(initialize(0));
    server.receives(initialize(0));
    server.goesDown();
    client.receivesError(0, 5020, exited);
    expect(session.snapshot().state).toBe('initializing');
    play.timePasses(100);
    server.comesUp();
    handshake({ id: 1 });
    expect(session.snapshot().state).toBe('active.serving');
  });

  test('P3 may be lost again in the middle of it, and comes back again', () => {
    const talk = served();
    const { client, server, session, counts } = talk;
    const first = restarted(talk);
    server.goesDown();
    client.asks(1, 'tools/list');
    talk.play.timePasses(200);
    server.comesUp();
    const [second] = server.takesAll();
    expect(second!['id']).not.toBe(first['id']);
    accepts(talk, second!);
    server.receives(notification('notifications/initialized'));
    server.receivesRequest(1, 'tools/list');
    expect(session.snapshot().state).toBe('active.serving');
    expect(counts('upstreamLosses', 'recoveries')).toEqual({ upstreamLosses: 2, recoveries: 1 });
  });
});

describe('a server that comes back as another', () => {
  test.each<[string, (talk: Recoverable, id: string) => void]>([
    ['other capabilities', ({ server }, id) => server.answers(id, initializeResult('2025-11-25', { tools: {} }))],
    ['another protocol version', ({ server }, id) => server.answers(id, initializeResult('2025-06-18'))],
    ['an error', ({ server }, id) => server.answersWithError(id, -32603, 'not today')],
    ['nothing that makes sense', ({ server }, id) => server.answers(id, {})],
  ])('P3 with %s is no server of this session: the session fails', (_case, answer) => {
    const talk = served();
    const { client, session, endedWith } = talk;
    const hello = restarted(talk);
    client.asks(1, 'tools/list');
    answer(talk, hello['id'] as string);
    client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'upstream-changed' });
    expect(session.snapshot()).toMatchObject({ state: 'failed', status: 'failed' });
    expect(endedWith).toEqual(['upstream-changed']);
  });

  test('P3 with the same capabilities in another order is the same', () => {
    const play = playbook();
    const talk = { play, ...play.openWithRestarts() };
    talk.server.comesUp();
    talk.handshake({ capabilities: { tools: { listChanged: true }, logging: {} } });
    const hello = restarted(talk);
    accepts(talk, hello, initializeResult('2025-11-25', { logging: {}, tools: { listChanged: true } }));
    talk.server.receives(notification('notifications/initialized'));
    expect(talk.session.snapshot().state).toBe('active.serving');
  });
});

describe('P8 how often a server is started again', () => {
  test('P8 three times within a minute, each pause twice as long, and then no more', () => {
    const { play, client, server, session } = served();
    for (const pauseMs of [100, 200, 400]) {
      server.goesDown({ exitCode: 1, lastStderr: ['boom'] });
      play.timePasses(pauseMs - 1);
      expect(server.isRunning).toBe(false);
      play.timePasses(1);
      expect(server.isRunning).toBe(true);
      server.comesUp();
      server.takesAll();
    }
    client.asks(1, 'tools/list');
    server.goesDown({ exitCode: 1, lastStderr: ['boom', 'bang'] });
    client.receivesError(1, 5020, { ...exited, exitCode: 1, lastStderr: ['boom', 'bang'] });
    expect(session.snapshot()).toMatchObject({ state: 'failed', endReason: 'upstream-exhausted' });
    expect(server.stoppedWith).toMatchObject({ exitCode: 1, lastStderr: ['boom', 'bang'] });
    play.timePasses(3_600_000);
    expect(server.starts).toBe(4);
  });

  test('P8 what is longer ago than the window does not count', () => {
    const talk = served();
    const { play, server, session } = talk;
    for (let round = 0; round < 10; round++) {
      const hello = restarted(talk);
      accepts(talk, hello);
      server.receives(notification('notifications/initialized'));
      play.timePasses(60_000);
    }
    expect([server.starts, session.snapshot().state]).toEqual([11, 'active.serving']);
  });

  test('P8 never, where the policy says so: what waits is told at once', () => {
    const { client, server, session } = served({}, { restart: neverRestart });
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.goesDown({ exitCode: 9 });
    client.receivesError(1, 5020, { ...exited, exitCode: 9 });
    expect(session.snapshot().endReason).toBe('upstream-exhausted');
    expect(server.starts).toBe(1);
  });

  test('P8 never, when it could not be started at all: it will not the next time either', () => {
    const play = playbook();
    const { client, server, session } = play.openWithRestarts();
    client.asks(1, 'tools/list');
    server.goesDown({ reason: 'spawn-failed', exitCode: null, lastStderr: ['no such file'] });
    const loss = { reason: 'spawn-failed', exitCode: null, signal: null, lastStderr: ['no such file'] };
    client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', ...loss });
    expect(session.snapshot()).toMatchObject({ state: 'failed', status: 'failed' });
    expect([server.starts, server.stoppedWith]).toEqual([1, expect.objectContaining({ reason: 'spawn-failed' })]);
  });
});

describe('a handshake that was too long to be kept', () => {
  test('P3 ends the session when the server comes back: one that was never initialized serves nobody', () => {
    const play = playbook();
    const { client, server, session } = play.openWithRestarts();
    server.comesUp();
    const hello = { ...initialize(0), params: { ...(initialize(0)['params'] as object), pad: 'x'.repeat(256 * 1024) } };
    client.sends(hello);
    server.receives(hello);
    server.answers(0, initializeResult());
    client.receivesResult(0, initializeResult());
    client.notifies('notifications/initialized');
    server.receivesNotification('notifications/initialized');
    server.goesDown();
    client.asks(1, 'tools/list');
    play.timePasses(100);
    expect(session.snapshot().state).toBe('active.recovering');
    server.comesUp();
    server.receivesNothing();
    client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'upstream-lost' });
    expect(session.snapshot()).toMatchObject({ state: 'failed', status: 'failed', endReason: 'upstream-lost' });
    expect([client.closedBecause, server.closedBecause]).toEqual(['upstream-lost', 'the session ended']);
  });
});

describe('while its server is away', () => {
  test('P3 a client may leave, and the server is not started again', () => {
    const { play, client, server, session } = served();
    server.goesDown();
    client.asks(1, 'tools/list');
    client.leaves();
    play.timePasses(30_000);
    expect([server.starts, session.snapshot().endReason]).toEqual([1, 'client-gone']);
    expect(server.stoppedWith).toMatchObject({ reason: 'exited' });
  });

  test('P3 a client may end its input: what was never sent is refused', () => {
    const { play, client, server, session } = served();
    server.goesDown();
    client.asks(1, 'tools/list');
    client.endsInput();
    client.receivesError(1, 5031, { code: 'DRAINING', executed: 'no', reason: 'draining' });
    play.timePasses(30_000);
    expect([server.starts, session.snapshot().endReason]).toEqual([1, 'client-closed']);
  });

  test('P3 the deadline for its return ends the session', () => {
    const { play, client, server, session } = served();
    server.goesDown();
    play.timePasses(29_999);
    expect(session.snapshot().state).toBe('active.recovering');
    play.timePasses(1);
    expect(session.snapshot()).toMatchObject({ state: 'failed', endReason: 'recovery-deadline' });
    client.receivesNothing();
  });

  test('P3 time in which it came back is not held against it the next time', () => {
    const talk = served();
    const { play, server, session } = talk;
    const hello = restarted(talk);
    play.timePasses(25_000);
    accepts(talk, hello);
    server.receives(notification('notifications/initialized'));
    play.timePasses(60_000);
    expect(session.snapshot().state).toBe('active.serving');
    restarted(talk);
    play.timePasses(25_000);
    expect(session.snapshot().state).toBe('active.recovering');
  });
});
