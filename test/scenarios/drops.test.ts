/** Frames that go nowhere, and the faults that go with them: whoever waits is told at its deadline, or by the end. */
import { describe, expect, test } from 'vitest';
import type { InterceptAction, Interceptor } from '../../src/session/interception.ts';
import { cancelled } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

const on = (text: string, action: InterceptAction): Interceptor => ({
  name: 'the rule',
  intercept: ({ message }) => (JSON.stringify(message).includes(text) ? action : undefined),
});

const dropping = (text = 'lost') => playbook({ interceptors: [on(text, { action: 'drop' })] });

describe('a dropped', () => {
  test('request is a request until its deadline: it counts, and its server never hears of it', () => {
    const play = dropping();
    const { client, server, session, counts } = play.open();
    client.asks(1, 'tools/call', { lost: true });
    server.receivesNothing();
    expect(session.snapshot().pending).toMatchObject([{ id: 1, state: 'dropped' }]);
    play.timePasses(300_100);
    client.receivesError(1, 5040, {
      code: 'REQUEST_TIMEOUT',
      deadline: 'idle',
      elapsedMs: expect.any(Number),
      method: 'tools/call',
    });
    server.receivesNothing();
    expect(counts('dropped', 'outcome.timeout')).toEqual({ dropped: 1, 'outcome.timeout': 1 });
  });

  test('request can be cancelled, and an answer that comes under its id is nobody’s', () => {
    const { client, server, counts } = dropping().open();
    client.asks(1, 'tools/call', { lost: true });
    server.answers(1);
    client.sends(cancelled(1));
    server.receivesNothing();
    client.receivesNothing();
    expect(counts('outcome.cancelled', 'bogusResponses')).toEqual({ 'outcome.cancelled': 1, bogusResponses: 1 });
  });

  test('request of the server ends by its deadline, too', () => {
    const play = dropping();
    const { client, server } = play.open();
    server.asks(1, 'roots/list', { lost: true });
    client.receivesNothing();
    play.timePasses(3_600_100);
    server.receives({ jsonrpc: '2.0', id: 1, error: expect.objectContaining({ code: 5040 }) });
  });

  test('request that was held before leaves the queue to the next', async () => {
    const play = playbook({
      interceptors: [
        {
          name: 'thinks',
          intercept: ({ message }) => (message['id'] === 1 ? Promise.resolve({ action: 'drop' } as const) : undefined),
        },
      ],
    });
    const { client, server, session } = play.open();
    client.asks(1, 'tools/call');
    client.asks(2, 'tools/call');
    await play.promisesSettle();
    server.receivesRequest(2, 'tools/call');
    expect(session.snapshot()).toMatchObject({
      held: [],
      pending: [
        { id: 1, state: 'dropped' },
        { id: 2, state: 'open' },
      ],
    });
  });

  test('answer leaves its request waiting: the next one counts', async () => {
    for (const isLate of [false, true]) {
      const play = playbook({
        interceptors: [
          {
            name: 'the rule',
            intercept: ({ message }) => {
              if (!JSON.stringify(message).includes('lost')) return undefined;
              return isLate ? Promise.resolve({ action: 'drop' } as const) : { action: 'drop' };
            },
          },
        ],
      });
      const { client, server, counts } = play.open();
      client.asks(1, 'tools/call');
      server.receivesRequest(1, 'tools/call');
      server.answers(1, { lost: true });
      await play.promisesSettle();
      client.receivesNothing();
      server.answers(1, { found: true });
      client.receivesResult(1, { found: true });
      expect(counts('dropped', 'outcome.result')).toEqual({ dropped: 1, 'outcome.result': 1 });
    }
  });

  test('notification is dropped once, in both directions', () => {
    const { client, server, counts } = dropping().open();
    client.notifies('x/lost');
    server.notifies('x/lost');
    client.receivesNothing();
    server.receivesNothing();
    expect(counts('dropped')).toEqual({ dropped: 2 });
  });

  test('request of a session whose server is lost for good is told so', () => {
    const { client, server } = dropping().open();
    client.asks(1, 'tools/call', { lost: true });
    server.isLost();
    client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'closed', exitCode: null, signal: null });
  });
});

describe('a fault', () => {
  test('ends the session, and what waits in it', () => {
    const play = playbook({ interceptors: [on('fatal', { action: 'drop', fault: 'close-session' })] });
    const { client, server, endedWith } = play.open();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    client.asks(2, 'tools/call', { fatal: true });
    for (const id of [1, 2])
      client.receivesError(id, 4040, { code: 'SESSION_NOT_FOUND', reason: 'closed-by-operator' });
    expect(endedWith).toEqual(['closed-by-operator']);
  });

  test('ends the server, which is started again as after any loss', () => {
    const play = playbook({ interceptors: [on('fatal', { action: 'drop', fault: 'kill-upstream' })] });
    const { client, server, session } = play.openWithRestarts();
    server.comesUp();
    client.asks(1, 'tools/call', { fatal: true });
    client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'exited', exitCode: null, signal: 'SIGKILL' });
    play.timePasses(200);
    expect(server.starts).toBe(2);
    expect(session.snapshot().endReason).toBeUndefined();
  });
});

describe('labels of an interceptor', () => {
  test('are set with the frame, whatever becomes of it, and shown to observers once', () => {
    const play = playbook({
      interceptors: [
        {
          name: 'tags',
          intercept: ({ message }) =>
            message['id'] === 1
              ? [{ action: 'tag', labels: ['a', 'b'] }, { action: 'block' }]
              : [
                  { action: 'tag', labels: ['c'] },
                  { action: 'tag', labels: ['a'], isSet: false },
                ],
        },
      ],
    });
    const { client, server, session } = play.open();
    client.asks(1, 'ping');
    client.receivesError(1, 4030, { code: 'BLOCKED', interceptor: 'tags' });
    expect(session.metadata().session_tags).toEqual(expect.arrayContaining(['a', 'b']));
    client.asks(2, 'ping');
    server.receivesRequest(2, 'ping');
    expect(session.metadata().session_tags).toEqual(expect.arrayContaining(['b', 'c']));
    expect(play.observations.filter(({ type }) => type === 'tags-changed').length).toBeGreaterThanOrEqual(2);
  });
});
