/** An orderly end: nothing new is taken, what is under way may finish, and the deadline stands. */
import { describe, expect, test } from 'vitest';
import type { Interceptor } from '../../src/session/interception.ts';
import { cancelled } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

const draining = { code: 'DRAINING', executed: 'no', reason: 'draining' };

describe('a runtime that drains', () => {
  test('P17 takes no new sessions and no new requests, and is done when the last one is answered', async () => {
    const play = playbook();
    const busy = play.open();
    const idle = play.open();
    for (const { handshake } of [busy, idle]) handshake();
    busy.client.asks(1, 'tools/call');
    busy.server.receivesRequest(1, 'tools/call');
    let isDone = false;
    const done = play.runtime.drain().then(() => {
      isDone = true;
    });
    await play.promisesSettle();
    expect(idle.endedWith).toEqual(['drained']);
    expect(play.isRefusedASession()).toEqual({ code: 'DRAINING', data: { executed: 'no' } });
    busy.client.asks(2, 'tools/list');
    busy.client.receivesError(2, 5031, draining);
    expect(busy.session.snapshot()).toMatchObject({ state: 'shuttingDown', status: 'active' });
    expect(isDone).toBe(false);
    busy.server.answers(1);
    busy.client.receivesResult(1);
    await done;
    expect(busy.endedWith).toEqual(['drained']);
    expect(play.runtime.totals().sessionsEnded).toMatchObject({ completed: 2 });
  });

  test('P17 settles what is left with an error when the deadline comes', async () => {
    const play = playbook({ times: { drainMs: 1000 } });
    const { client, server, session } = play.open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    const done = play.runtime.drain();
    await play.promisesSettle();
    play.timePasses(1000);
    await done;
    client.receivesError(1, 5040, { code: 'REQUEST_TIMEOUT', deadline: 'drain-deadline' });
    expect(session.snapshot()).toMatchObject({ status: 'timeout', endReason: 'drain-deadline' });
  });

  test('P17 is done at once when there is nothing to wait for, and asked twice as well', async () => {
    const play = playbook();
    await play.runtime.drain();
    await play.runtime.drain();
    expect(play.isRefusedASession()).toMatchObject({ code: 'DRAINING' });
  });

  test('P17 may be stopped in the middle: then what is left is settled now', async () => {
    const play = playbook();
    const { client, server } = play.open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    const drained = play.runtime.drain();
    await play.promisesSettle();
    await play.runtime.stop();
    await drained;
    client.receivesError(1, 4040, { code: 'SESSION_NOT_FOUND', reason: 'closed-by-operator' });
  });

  test('S4 P17 that has stopped counts what comes too late', async () => {
    const play = playbook();
    const { client, server } = play.open();
    await play.runtime.stop();
    const { unplacedEvents } = play.runtime.totals();
    client.asks(1, 'tools/call');
    server.notifies('notifications/message');
    client.leaves();
    expect(play.runtime.totals().unplacedEvents - unplacedEvents).toBe(3);
    expect(play.isRefusedASession()).toMatchObject({ code: 'DRAINING' });
  });
});

describe('a session that drains', () => {
  test('P17 still takes what helps to finish: the server’s questions, their answers, pings, cancellations', () => {
    const play = playbook();
    const { client, server, session, endedWith } = play.open();
    client.asks(1, 'tools/call', { _meta: { progressToken: 'p' } });
    client.asks(2, 'tools/call');
    expect(server.takesAll()).toHaveLength(2);
    session.drain();
    server.asks(1, 'sampling/createMessage');
    client.receivesRequest(1, 'sampling/createMessage');
    client.answers(1);
    server.receivesResult(1);
    client.asks(3, 'ping');
    server.receivesRequest(3, 'ping');
    server.answers(3);
    client.receivesResult(3);
    server.notifies('notifications/progress', { progressToken: 'p', progress: 1 });
    client.receivesNotification('notifications/progress', { progressToken: 'p', progress: 1 });
    client.sends(cancelled(2));
    server.receives(cancelled(2));
    expect(endedWith).toEqual([]);
    server.answers(1);
    client.receivesResult(1);
    expect(endedWith).toEqual(['drained']);
  });

  test('P17 takes it no less when somebody thinks about it first', async () => {
    const slow: Interceptor = {
      name: 'slow',
      intercept: ({ message }) =>
        message['method'] === 'ping' || message['method'] === 'sampling/createMessage'
          ? Promise.resolve({ action: 'continue' })
          : undefined,
    };
    const play = playbook({ interceptors: [slow] });
    const { client, server, session } = play.open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    session.drain();
    server.asks(1, 'sampling/createMessage');
    client.asks(2, 'ping');
    await play.promisesSettle();
    client.receivesRequest(1, 'sampling/createMessage');
    server.receivesRequest(2, 'ping');
    client.answers(1);
    server.receivesResult(1);
    server.answers(2);
    client.receivesResult(2);
    server.answers(1);
    client.receivesResult(1);
    expect(session.snapshot().endReason).toBe('drained');
  });

  test('P17 has one deadline, however often it is asked to', () => {
    const play = playbook({ times: { drainMs: 1000 } });
    const { client, server, session } = play.open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    session.drain();
    play.timePasses(900);
    session.drain();
    client.endsInput();
    play.timePasses(100);
    client.receivesError(1, 5040, { code: 'REQUEST_TIMEOUT', deadline: 'drain-deadline' });
    expect(session.snapshot().state).toBe('failed');
  });

  test('P17 S1 refuses at once what was never sent, because its server is away', () => {
    const play = playbook();
    const { client, server, session } = play.openWithRestarts();
    server.comesUp();
    client.asks(1, 'ping');
    server.receivesRequest(1, 'ping');
    server.answers(1);
    client.receivesResult(1);
    server.goesDown();
    client.asks(2, 'tools/list');
    session.drain();
    client.receivesError(2, 5031, draining);
    expect(session.snapshot().state).toBe('closed');
  });

  test('P17 S2 before its handshake is over lets it finish', () => {
    const play = playbook();
    const { client, server, session, endedWith } = play.open();
    client.asks(1, 'initialize', {});
    server.receivesRequest(1, 'initialize', {});
    session.drain();
    expect(session.snapshot().state).toBe('shuttingDown');
    server.answers(1);
    client.receivesResult(1);
    expect(endedWith).toEqual(['drained']);
  });
});
