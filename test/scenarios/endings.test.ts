/** Every way in which a session can end: who is told what, what it is called afterwards, and that nothing of it is left. */
import { describe, expect, test } from 'vitest';
import type { EndReason, SessionState, SessionStatus } from '../../src/session/outcomes.ts';
import { builtInProfiles } from '../../src/session/profiles.ts';
import { initializeResult } from '../../src/testing/messages.ts';
import type { Playbook, PlaybookOptions, Talk, TalkOptions } from '../../src/testing/playbook.ts';
import type { RestartableServer } from '../../src/testing/scripted-peer.ts';
import { playbook } from './conversation.ts';

interface Busy extends Talk<RestartableServer> {
  readonly play: Playbook;
  /** Lets the held request 3 go on. */
  readonly release: () => Promise<void>;
}

/**
 * A session in the middle of everything: the client waits for 1, the server waits for 2, and request 3 is held for an
 * interceptor, with a notification behind it.
 */
function busySession(options: PlaybookOptions = {}, talkOptions: TalkOptions = {}): Busy {
  let decide: () => void = () => {};
  const decided = new Promise<void>((resolve) => {
    decide = resolve;
  });
  const play = playbook({
    times: { interceptorMs: 1e9 },
    interceptors: [
      {
        name: 'thinks for long',
        intercept: ({ message }) =>
          message['method'] === 'tools/slow' ? decided.then(() => ({ action: 'continue' as const })) : undefined,
      },
    ],
    ...options,
  });
  const talk = play.openWithRestarts(talkOptions);
  const { client, server } = talk;
  server.comesUp();
  talk.handshake();
  client.asks(1, 'tools/call');
  server.receivesRequest(1, 'tools/call');
  server.asks(2, 'sampling/createMessage');
  client.receivesRequest(2, 'sampling/createMessage');
  client.asks(3, 'tools/slow');
  client.notifies('notifications/roots/list_changed');
  const release = async (): Promise<void> => {
    decide();
    await play.promisesSettle();
  };
  return { play, release, ...talk };
}

interface Ending {
  readonly reason: EndReason;
  readonly state: SessionState;
  readonly status: SessionStatus;
  readonly options?: PlaybookOptions;
  readonly talkOptions?: TalkOptions;
  /** Makes the busy session end, and accounts for what its peers are told. */
  play(busy: Busy): void | Promise<void>;
}

const gone = { code: 'SESSION_NOT_FOUND', reason: 'client-gone' };

const endings: readonly Ending[] = [
  {
    reason: 'client-gone',
    state: 'closed',
    status: 'completed',
    play: ({ client, server }) => {
      client.leaves();
      server.receivesError(2, 4040, gone);
    },
  },
  {
    reason: 'client-closed',
    state: 'closed',
    status: 'completed',
    play: async ({ client, server, release }) => {
      client.endsInput();
      server.receivesError(2, 4040, gone);
      await release();
      server.receivesRequest(3, 'tools/slow');
      server.receivesNotification('notifications/roots/list_changed');
      server.answers(1);
      server.answers(3);
      client.receivesResult(1);
      client.receivesResult(3);
    },
  },
  {
    reason: 'drained',
    state: 'closed',
    status: 'completed',
    play: async ({ client, server, session, release }) => {
      session.drain();
      await release();
      server.receivesRequest(3, 'tools/slow');
      server.receivesNotification('notifications/roots/list_changed');
      server.answers(3);
      server.answers(1);
      client.receivesResult(3);
      client.receivesResult(1);
      server.receivesError(2, 4040, gone);
    },
  },
  {
    reason: 'closed-by-operator',
    state: 'closed',
    status: 'completed',
    play: ({ client, server, session }) => {
      session.close();
      client.receivesError(1, 4040, { code: 'SESSION_NOT_FOUND', reason: 'closed-by-operator' });
      client.receivesError(3, 4040, { code: 'SESSION_NOT_FOUND', reason: 'closed-by-operator' });
      server.receivesError(2, 4040, gone);
    },
  },
  {
    reason: 'shutdown-agreed',
    state: 'closed',
    status: 'completed',
    talkOptions: { profile: builtInProfiles.get('lsp-like')! },
    play: async ({ client, server, release }) => {
      await release();
      server.receivesRequest(3, 'tools/slow');
      server.receivesNotification('notifications/roots/list_changed');
      client.asks(4, 'shutdown');
      server.receivesRequest(4, 'shutdown');
      server.answers(4, null);
      client.receivesResult(4, null);
      server.answers(1);
      client.receivesResult(1);
      server.answers(3);
      client.receivesResult(3);
      server.receivesError(2, 4040, gone);
    },
  },
  {
    reason: 'evicted',
    state: 'closed',
    status: 'completed',
    options: { limits: { sessions: 1 } },
    play: async ({ play, client, server, release }) => {
      await release();
      server.receivesRequest(3, 'tools/slow');
      server.receivesNotification('notifications/roots/list_changed');
      server.answers(1);
      server.answers(3);
      client.answers(2);
      client.receivesResult(1);
      client.receivesResult(3);
      server.receivesResult(2);
      play.open();
    },
  },
  {
    reason: 'drain-deadline',
    state: 'failed',
    status: 'timeout',
    play: ({ play, client, server, session }) => {
      session.drain();
      play.timePasses(24_999);
      client.receivesNothing();
      play.timePasses(1);
      client.receivesError(1, 5040, { code: 'REQUEST_TIMEOUT', deadline: 'drain-deadline' });
      client.receivesError(3, 5040, { code: 'REQUEST_TIMEOUT', deadline: 'drain-deadline' });
      server.receivesError(2, 4040, gone);
    },
  },
  {
    reason: 'age',
    state: 'failed',
    status: 'timeout',
    options: { times: { interceptorMs: 1e9, sessionAgeMs: 10_000 } },
    play: ({ play, client, server }) => {
      play.timePasses(10_100);
      client.receivesError(1, 5040, { code: 'REQUEST_TIMEOUT', deadline: 'age' });
      client.receivesError(3, 5040, { code: 'REQUEST_TIMEOUT', deadline: 'age' });
      server.receivesError(2, 4040, gone);
    },
  },
  {
    reason: 'idle',
    state: 'failed',
    status: 'timeout',
    options: { times: { sessionIdleMs: 10_000 } },
    play: async ({ play, client, server, session, release }) => {
      await release();
      server.receivesRequest(3, 'tools/slow');
      server.receivesNotification('notifications/roots/list_changed');
      play.timePasses(60_000);
      expect(session.snapshot().state).toBe('active.serving');
      server.answers(1);
      server.answers(3);
      client.answers(2);
      client.receivesResult(1);
      client.receivesResult(3);
      server.receivesResult(2);
      play.timePasses(9_900);
      expect(session.snapshot().state).toBe('active.serving');
      play.timePasses(200);
    },
  },
  {
    reason: 'upstream-exhausted',
    state: 'failed',
    status: 'failed',
    talkOptions: { restart: { restartsMax: 0, withinMs: 1000, backoffMs: 0 } },
    play: ({ client, server }) => {
      server.goesDown({ exitCode: 3, lastStderr: ['out of memory'] });
      const loss = { reason: 'exited', exitCode: 3, signal: null, lastStderr: ['out of memory'] };
      client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', ...loss });
      client.receivesError(3, 5020, { code: 'UPSTREAM_LOST', ...loss });
      client.receivesNotification('notifications/cancelled', { requestId: 2, reason: 'The server went away' });
    },
  },
  {
    reason: 'upstream-lost',
    state: 'failed',
    status: 'failed',
    play: ({ client, server, session }) => {
      session.drain();
      server.goesDown({ reason: 'connection-lost', exitCode: null, signal: 'SIGKILL' });
      const loss = { reason: 'connection-lost', exitCode: null, signal: 'SIGKILL' };
      client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', ...loss });
      client.receivesNotification('notifications/cancelled', { requestId: 2, reason: 'The server went away' });
      client.receivesError(3, 5020, { code: 'UPSTREAM_LOST', reason: 'upstream-lost' });
    },
  },
  {
    reason: 'upstream-changed',
    state: 'failed',
    status: 'failed',
    play: ({ play, client, server }) => {
      server.goesDown();
      client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'exited', exitCode: 0, signal: null });
      client.receivesNotification('notifications/cancelled', { requestId: 2, reason: 'The server went away' });
      play.timePasses(100);
      server.comesUp();
      const [hello] = server.takesAll();
      server.answers(hello!['id'] as string, initializeResult('2025-11-25', { tools: {} }));
      client.receivesError(3, 5020, { code: 'UPSTREAM_LOST', reason: 'upstream-changed' });
    },
  },
  {
    reason: 'recovery-deadline',
    state: 'failed',
    status: 'failed',
    play: ({ play, client, server }) => {
      server.goesDown();
      client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'exited', exitCode: 0, signal: null });
      client.receivesNotification('notifications/cancelled', { requestId: 2, reason: 'The server went away' });
      play.timePasses(29_999);
      client.receivesNothing();
      play.timePasses(1);
      client.receivesError(3, 5020, { code: 'UPSTREAM_LOST', reason: 'recovery-deadline' });
    },
  },
  {
    reason: 'buffer-full',
    state: 'failed',
    status: 'failed',
    options: { times: { interceptorMs: 1e9 }, limits: { bufferBytesMax: 10 } },
    play: async ({ client, server, release }) => {
      await release();
      server.receivesRequest(3, 'tools/slow');
      server.receivesNotification('notifications/roots/list_changed');
      server.stopsReading();
      client.answers(2);
      server.receivesResult(2);
      client.notifies('notifications/roots/list_changed');
      client.receivesError(1, 4040, { code: 'SESSION_NOT_FOUND', reason: 'buffer-full' });
      client.receivesError(3, 4040, { code: 'SESSION_NOT_FOUND', reason: 'buffer-full' });
    },
  },
];

describe('a session that ends', () => {
  test.each(endings)('S1 S2 F5 F6 as $reason is $state and owns nothing', async (ending) => {
    const busy = busySession(ending.options, ending.talkOptions);
    await ending.play(busy);
    const { client, server, session, play, endedWith } = busy;
    client.receivesNothing();
    server.receivesNothing();
    const { state, status, endReason, pending, held } = session.snapshot();
    expect({ state, status, endReason, pending, held }).toEqual({
      state: ending.state,
      status: ending.status,
      endReason: ending.reason,
      pending: [],
      held: [],
    });
    expect(endedWith).toEqual([ending.reason]);
    expect(play.runtime.totals().pending).toEqual({ ordinary: 0, reserved: 0, listen: 0, question: 0 });
    expect(client.closedBecause).toBe(ending.reason);
    const settled = play.observations.flatMap((seen) =>
      seen.type === 'request-settled' && seen.sessionId === session.id ? [`${seen.direction} ${seen.id}`] : [],
    );
    expect(settled).toHaveLength(new Set(settled).size);
    expect(settled).toEqual(expect.arrayContaining(['client-to-server 1', 'client-to-server 3', 'server-to-client 2']));
  });

  test('S1 is gone for the runtime too, with its timers', () => {
    const { play, client, server } = busySession();
    client.leaves();
    server.goesDown();
    server.takesAll();
    expect([...play.runtime.sessions()]).toEqual([]);
    play.timePasses(100);
    expect(play.clock.pending).toBe(0);
  });

  test('S2 F6 is called active until it has ended, in whatever state', () => {
    const { play, server, client, session } = busySession();
    const statusIn = (state: SessionState): void => {
      expect(session.snapshot()).toMatchObject({ state, status: 'active', endReason: undefined });
    };
    const other = play.open();
    expect(other.session.snapshot()).toMatchObject({ state: 'initializing', status: 'active' });
    statusIn('active.serving');
    server.goesDown();
    statusIn('active.recovering');
    play.timePasses(100);
    server.comesUp();
    server.answers(server.takesAll()[0]!['id'] as string, initializeResult());
    statusIn('active.serving');
    session.drain();
    statusIn('shuttingDown');
    client.takesAll();
    server.takesAll();
  });

  test('S4 takes nothing more, and says so in the counts and in the log', () => {
    const { play, client, server, session } = busySession();
    session.close();
    client.takesAll();
    server.takesAll();
    const { unplacedEvents } = play.runtime.totals();
    client.asks(9, 'tools/list');
    server.answers(1);
    session.drain();
    expect(play.runtime.totals().unplacedEvents - unplacedEvents).toBe(3);
    const lines = [1, 2].map(() => play.log.says('warn', 'the session of this frame has ended'));
    expect(lines.map(({ fields }) => fields)).toMatchObject([
      { session: session.id, event: 'frame.request', direction: 'client-to-server', id: 9, method: 'tools/list' },
      { session: session.id, event: 'frame.response', direction: 'server-to-client', id: 1 },
    ]);
    expect(play.log.lines('warn')).toEqual([]);
    expect(play.observations.at(-1)).toMatchObject({ type: 'session-ended', sessionId: session.id });
    client.receivesNothing();
  });
});

describe('R21 the end of a connection', () => {
  test('R21 the server reads the end of its input after the last message, and is closed when the client is answered', () => {
    const { client, server, handshake, session } = openedWithRestarts();
    handshake();
    client.asks(1, 'tools/call');
    client.endsInput();
    server.receivesRequest(1, 'tools/call');
    expect([server.isInputClosed, server.closedBecause]).toEqual([true, undefined]);
    expect(session.snapshot().state).toBe('shuttingDown');
    server.answers(1);
    client.receivesResult(1);
    expect([client.closedBecause, server.closedBecause]).toEqual(['client-closed', 'the session ended']);
  });

  test('R21 S1 a client that has ended its input cannot be asked any more: the server is told at once', () => {
    const { client, server, handshake } = openedWithRestarts();
    handshake();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    client.endsInput();
    server.asks(1, 'sampling/createMessage');
    server.receivesError(1, 4040, gone);
    client.receivesNothing();
    server.notifies('notifications/message');
    server.answers(1);
    client.receivesNotification('notifications/message');
    client.receivesResult(1);
  });

  test('R21 a method called shutdown means nothing by itself', () => {
    const { client, server, handshake, session } = openedWithRestarts();
    handshake();
    client.asks(1, 'shutdown');
    server.receivesRequest(1, 'shutdown');
    server.answers(1, null);
    client.receivesResult(1, null);
    expect(session.snapshot().state).toBe('active.serving');
  });

  test('R21 S5 where a profile gives it a meaning, only a success ends the session', () => {
    const { client, server, handshake, session } = openedWithRestarts({ profile: builtInProfiles.get('lsp-like')! });
    handshake();
    client.asks(1, 'shutdown');
    server.receivesRequest(1, 'shutdown');
    server.answersWithError(1, -32000, 'not now');
    client.receives({ jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'not now' } });
    expect(session.snapshot().state).toBe('active.serving');
    client.asks(2, 'tools/call', { name: 'shutdown' });
    server.receivesRequest(2, 'tools/call', { name: 'shutdown' });
    server.answers(2, null);
    client.receivesResult(2, null);
    expect(session.snapshot().state).toBe('active.serving');
  });

  test('R21 a server that leaves by itself may be started again, as the policy says', () => {
    const { client, server, handshake, session } = openedWithRestarts();
    handshake();
    server.goesDown({ exitCode: 0 });
    client.receivesNothing();
    expect(session.snapshot().state).toBe('active.recovering');
  });
});

function openedWithRestarts(options: TalkOptions = {}): Talk<RestartableServer> {
  const talk = playbook().openWithRestarts(options);
  talk.server.comesUp();
  return talk;
}
