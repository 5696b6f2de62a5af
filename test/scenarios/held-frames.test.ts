/** Frames that wait in their session: in which order they go on, who may pass them, and that waiting has its limits. */
import { describe, expect, test } from 'vitest';
import type { InterceptAction, Interceptor } from '../../src/session/interception.ts';
import { cancelled, failure, initialize, initializeResult } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

/** Decides on each frame whose params or result ask for it by a key, when the test says how. */
class Judge implements Interceptor {
  readonly name = 'judge';
  readonly #waiting = new Map<string, (action: InterceptAction) => void>();

  intercept({ message }: Parameters<Interceptor['intercept']>[0]): Promise<InterceptAction> | undefined {
    const body = (message['params'] ?? message['result']) as { readonly judge?: string } | undefined;
    const key = body?.judge;
    if (key === undefined) return undefined;
    return new Promise((resolve) => this.#waiting.set(key, resolve));
  }

  decides(key: string, action: InterceptAction = { action: 'continue' }): void {
    this.#waiting.get(key)!(action);
  }
}

function judged(options: Parameters<typeof playbook>[0] = {}) {
  const judge = new Judge();
  const play = playbook({ interceptors: [judge], ...options });
  const decides = async (key: string, action?: InterceptAction): Promise<void> => {
    judge.decides(key, action);
    await play.promisesSettle();
  };
  return { play, judge, decides, ...play.open() };
}

describe('behind a frame that waits for its verdict', () => {
  test('P18 everything waits in order, and goes on in order', async () => {
    const { client, server, decides, session } = judged();
    client.asks(1, 'tools/call', { judge: 'a' });
    client.notifies('notifications/roots/list_changed');
    client.asks(2, 'tools/list');
    client.notifies('x/last');
    server.receivesNothing();
    expect(session.snapshot().held).toMatchObject([
      { ticket: 1, kind: 'request', method: 'tools/call', isDecided: false },
      { ticket: 2, kind: 'notification', isDecided: true },
      { ticket: 3, kind: 'request', isDecided: true },
      { ticket: 4, kind: 'notification', isDecided: true },
    ]);
    await decides('a');
    server.receivesRequest(1, 'tools/call', { judge: 'a' });
    server.receivesNotification('notifications/roots/list_changed');
    server.receivesRequest(2, 'tools/list');
    server.receivesNotification('x/last');
    expect(session.snapshot().held).toEqual([]);
  });

  test('P18 whoever is decided first goes on when its turn comes', async () => {
    const { client, server, decides } = judged();
    for (const key of ['a', 'b', 'c']) client.asks(key, 'tools/call', { judge: key });
    await decides('c');
    await decides('b', { action: 'block' });
    server.receivesNothing();
    client.receivesNothing();
    await decides('a');
    server.receivesRequest('a', 'tools/call', { judge: 'a' });
    client.receivesError('b', 4030, { code: 'BLOCKED', interceptor: 'judge' });
    server.receivesRequest('c', 'tools/call', { judge: 'c' });
  });

  test('P10 pings, cancellations and answers pass', async () => {
    const { client, server, decides } = judged();
    server.asks(1, 'roots/list');
    client.receivesRequest(1, 'roots/list');
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    client.notifies('x/first', { judge: 'a' });
    client.asks(2, 'ping');
    client.sends(cancelled(1));
    client.answers(1);
    server.receivesRequest(2, 'ping');
    server.receives(cancelled(1));
    server.receivesResult(1);
    server.receivesNothing();
    await decides('a');
    server.receivesNotification('x/first', { judge: 'a' });
  });

  test('the other direction and other sessions know nothing of it', async () => {
    const { play, client, server, decides } = judged();
    const other = play.open();
    client.asks(1, 'tools/call', { judge: 'a' });
    server.notifies('notifications/message');
    server.asks(1, 'roots/list');
    other.client.asks(1, 'tools/list');
    client.receivesNotification('notifications/message');
    client.receivesRequest(1, 'roots/list');
    other.server.receivesRequest(1, 'tools/list');
    server.receivesNothing();
    await decides('a');
    server.receivesRequest(1, 'tools/call', { judge: 'a' });
  });

  test('a delay holds the others as long', () => {
    const play = playbook({
      interceptors: [
        {
          name: 'brake',
          intercept: ({ message }) => (message['id'] === 1 ? { action: 'delay', delayMs: 1000 } : undefined),
        },
      ],
    });
    const { client, server } = play.open();
    client.asks(1, 'tools/call');
    play.timePasses(500);
    client.asks(2, 'tools/list');
    play.timePasses(499);
    server.receivesNothing();
    play.timePasses(101);
    server.receivesRequest(1, 'tools/call');
    server.receivesRequest(2, 'tools/list');
  });

  test('a delay that was decided late begins when it is decided', async () => {
    const { play, client, server, decides } = judged();
    client.asks(1, 'tools/call', { judge: 'a' });
    play.timePasses(1000);
    await decides('a', { action: 'delay', delayMs: 6000 });
    play.timePasses(5_999);
    server.receivesNothing();
    client.receivesNothing();
    play.timePasses(101);
    server.receivesRequest(1, 'tools/call', { judge: 'a' });
  });
});

describe('a request that is held', () => {
  test('S7 is pending: it counts against the limits, and its id is taken', async () => {
    const { client, server, decides } = judged({ limits: { pendingPerSession: 1 } });
    client.asks(1, 'tools/call', { judge: 'a' });
    client.asks(1, 'tools/list');
    client.receivesError(1, -32600, {
      code: 'INVALID_REQUEST',
      reason: 'A request with this id is still waiting for its answer',
    });
    client.asks(2, 'tools/list');
    const numbers = { current: 1, limit: 1, retryAfterMs: 1000 };
    client.receivesError(2, 4290, { code: 'TOO_MANY_REQUESTS', scope: 'session', ...numbers });
    await decides('a');
    server.receivesRequest(1, 'tools/call', { judge: 'a' });
  });

  test('S1 P7 may run into its deadline, and then no verdict matters', async () => {
    const { play, client, server, decides } = judged({ times: { requestIdleMs: 1000, interceptorMs: 10_000 } });
    client.asks(1, 'tools/call', { judge: 'a' });
    play.timePasses(500);
    client.asks(2, 'tools/list');
    play.timePasses(500);
    const data = { code: 'REQUEST_TIMEOUT', deadline: 'idle', elapsedMs: 1000 };
    client.receivesError(1, 5040, { ...data, method: 'tools/call' });
    server.receivesRequest(2, 'tools/list');
    await decides('a');
    server.receivesNothing();
    server.answers(2);
    client.receivesResult(2);
  });

  test('S1 ends with its session, and the verdict comes to nothing', async () => {
    const { client, server, session, decides } = judged();
    client.asks(1, 'tools/call', { judge: 'a' });
    session.close();
    client.receivesError(1, 4040, { code: 'SESSION_NOT_FOUND', reason: 'closed-by-operator' });
    await decides('a');
    server.receivesNothing();
  });

  test('may be mocked or modified late', async () => {
    const { client, server, counts, decides } = judged();
    client.asks(1, 'tools/call', { judge: 'a' });
    client.asks(2, 'tools/call', { judge: 'b' });
    await decides('a', { action: 'mock', result: { quick: true } });
    client.receivesResult(1, { quick: true });
    await decides('b', {
      action: 'modify',
      message: { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { tame: true } },
    });
    server.receivesRequest(2, 'tools/call', { tame: true });
    expect(counts('mocked', 'modified')).toEqual({ mocked: 1, modified: 1 });
  });
});

describe('an answer that is held', () => {
  test('S3 keeps its request waiting, and a second answer is one too many', async () => {
    const { client, server, counts, session, decides } = judged();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.answers(1, { judge: 'a' });
    server.answers(1, { second: true });
    server.answers(1, { judge: 'b' });
    client.receivesNothing();
    expect(session.snapshot().pending).toMatchObject([{ id: 1, state: 'answering' }]);
    await decides('a');
    client.receivesResult(1, { judge: 'a' });
    expect(counts('duplicateResponses', 'outcome.result')).toEqual({ duplicateResponses: 2, 'outcome.result': 1 });
  });

  test('S2 of the handshake makes the session active when it goes on', async () => {
    const { client, server, session, decides } = judged();
    client.sends(initialize(0));
    server.receives(initialize(0));
    server.answers(0, { ...initializeResult(), judge: 'a' });
    expect(session.snapshot()).toMatchObject({ state: 'initializing', protocolVersion: undefined });
    await decides('a');
    client.receivesResult(0, { ...initializeResult(), judge: 'a' });
    expect(session.snapshot()).toMatchObject({ state: 'active.serving', protocolVersion: '2025-11-25' });
  });

  test('S3 P7 may be overtaken by the deadline of its request', async () => {
    const { play, client, server, decides } = judged({ times: { requestIdleMs: 1000, interceptorMs: 10_000 } });
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.answers(1, { judge: 'a' });
    play.timePasses(1000);
    client.receivesError(1, 5040, {
      code: 'REQUEST_TIMEOUT',
      deadline: 'idle',
      elapsedMs: 1000,
      method: 'tools/call',
    });
    await decides('a');
    client.receivesNothing();
  });

  test('S1 P5 is lost with its server: the requester is told so at once, and once', async () => {
    const judge = new Judge();
    const play = playbook({ interceptors: [judge] });
    const { client, server, handshake } = play.openWithRestarts();
    server.comesUp();
    handshake();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.answers(1, { judge: 'a' });
    server.goesDown();
    client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'exited', exitCode: 0, signal: null });
    judge.decides('a');
    await play.promisesSettle();
    client.receivesNothing();
  });
});

describe('S7 what finds no room among the held', () => {
  test('S7 is refused or counted, never lost without a word', async () => {
    const { client, server, counts, decides } = judged({ limits: { heldFramesPerSession: 1 } });
    client.asks(1, 'tools/list');
    client.asks(2, 'tools/list');
    expect(server.takesAll()).toHaveLength(2);
    server.notifies('x/held', { judge: 'a' });
    server.answers(1, { judge: 'b' });
    client.receivesError(1, 4290, {
      code: 'TOO_MANY_REQUESTS',
      scope: 'held',
      current: 1,
      limit: 1,
      retryAfterMs: 1000,
    });
    server.notifies('x/behind');
    server.asks(1, 'roots/list');
    server.receivesError(1, 4290, {
      code: 'TOO_MANY_REQUESTS',
      scope: 'held',
      current: 1,
      limit: 1,
      retryAfterMs: 1000,
    });
    expect(counts('refusedHeld', 'dropped')).toEqual({ refusedHeld: 3, dropped: 1 });
    await decides('a');
    client.receivesNotification('x/held', { judge: 'a' });
    server.answers(2);
    client.receivesResult(2);
  });

  test('S7 R6 an error without id is counted when it is dropped', () => {
    const play = playbook({
      limits: { heldFramesPerSession: 0 },
      interceptors: [{ name: 'brake', intercept: () => ({ action: 'delay', delayMs: 10 }) }],
    });
    const { client, server, counts } = play.open();
    server.sends(failure(null, -32700, 'Parse error'));
    play.timePasses(200);
    client.receivesNothing();
    expect(counts('dropped', 'refusedHeld')).toEqual({ dropped: 1, refusedHeld: 1 });
  });
});
