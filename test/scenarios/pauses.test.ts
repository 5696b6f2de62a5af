/** Frames that wait for a person: how long, who waits behind them, and what is decided when nobody decides. */
import { describe, expect, test } from 'vitest';
import type { InterceptAction, InterceptAnswer, HoldScope } from '../../src/session/interception.ts';
import { cancelled, failure } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

/** A session in which a message that says `hold` is paused until the test decides. */
function paused(pause: { scope?: HoldScope; otherwise?: InterceptAction; pauseMs?: number } = {}) {
  const waiting: ((answer: InterceptAnswer) => void)[] = [];
  const play = playbook({
    interceptors: [
      {
        name: 'desk',
        intercept: ({ message }) => {
          const body = (message['params'] ?? message['result']) as { readonly hold?: boolean } | undefined;
          if (body?.hold !== true) return undefined;
          const until = new Promise<InterceptAnswer>((resolve) => void waiting.push(resolve));
          return { action: 'pause', until, pauseMs: 60_000, ...pause };
        },
      },
    ],
  });
  const decides = async (answer?: InterceptAnswer): Promise<void> => {
    waiting.shift()!(answer);
    await play.promisesSettle();
  };
  return { play, decides, ...play.open() };
}

describe('a paused frame', () => {
  test('waits longer than an interceptor may take, and goes on when it is let', async () => {
    const { play, client, server, decides, session } = paused();
    client.asks(1, 'tools/call', { hold: true });
    play.timePasses(30_000);
    server.receivesNothing();
    expect(session.snapshot().pending).toMatchObject([{ id: 1, state: 'held' }]);
    await decides();
    server.receivesRequest(1, 'tools/call', { hold: true });
    server.answers(1);
    client.receivesResult(1);
  });

  test('may be changed, refused or answered by who decides, or paused once more', async () => {
    const { client, server, decides } = paused();
    for (const id of [1, 2, 3]) client.asks(id, 'tools/call', { hold: true });
    await decides([
      { action: 'tag', labels: ['seen'] },
      { action: 'modify', message: { jsonrpc: '2.0', id: 1, method: 'tools/call' } },
    ]);
    await decides({ action: 'block', by: 'Anna' });
    const again = {
      action: 'pause',
      until: Promise.resolve({ action: 'mock', result: 3 } as const),
      pauseMs: 9,
    } as const;
    await decides(again);
    server.receivesRequest(1, 'tools/call');
    client.receivesError(2, 4030, { code: 'BLOCKED', interceptor: 'Anna' });
    client.receivesResult(3, 3);
  });

  test.each<[string, InterceptAction | undefined]>([
    ['goes on', undefined],
    ['is refused', { action: 'block' }],
  ])('that nobody decides about %s when its time is over, as was said before', async (_what, otherwise) => {
    const { play, client, server } = paused(otherwise === undefined ? {} : { otherwise });
    client.asks(1, 'tools/call', { hold: true });
    play.timePasses(60_000);
    await play.promisesSettle();
    if (otherwise === undefined) server.receivesRequest(1, 'tools/call', { hold: true });
    else client.receivesError(1, 4030, { code: 'BLOCKED', interceptor: 'desk' });
  });

  test('holds up what follows in its direction, or nobody where that is said', async () => {
    for (const scope of ['direction', 'exchange'] as const) {
      const { client, server, decides } = paused({ scope });
      client.asks(1, 'tools/call', { hold: true });
      client.asks(2, 'tools/list');
      if (scope === 'exchange') server.receivesRequest(2, 'tools/list');
      server.receivesNothing();
      await decides();
      server.receivesRequest(1, 'tools/call', { hold: true });
      if (scope === 'direction') server.receivesRequest(2, 'tools/list');
    }
  });

  test('beside the queue goes on while the head of the queue still waits, and is gone with its request', async () => {
    const { play, client, server, decides, session } = paused({ scope: 'exchange' });
    client.asks(1, 'tools/call', { hold: true });
    client.asks(2, 'tools/call', { hold: true });
    client.sends(cancelled(1));
    expect(session.snapshot().held).toMatchObject([{ ticket: 2 }]);
    await decides();
    await decides();
    server.receivesRequest(2, 'tools/call', { hold: true });
    play.timePasses(70_000);
  });

  test('of a client that has sent its last is still heard by the server, before the end of its input', async () => {
    const { client, server, decides } = paused({ scope: 'exchange' });
    client.asks(1, 'tools/call', { hold: true });
    client.endsInput();
    await decides();
    server.receivesRequest(1, 'tools/call', { hold: true });
    server.answers(1);
    client.receivesResult(1);
  });

  test('can be an answer: its request waits on', async () => {
    const { client, server, decides } = paused();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.answers(1, { hold: true });
    client.receivesNothing();
    await decides({ action: 'mock', result: { safe: true } });
    client.receivesResult(1, { safe: true });
  });

  test('whose decision fails is refused, and so is what follows a pause in one list', async () => {
    const { client, decides } = paused();
    client.asks(1, 'tools/call', { hold: true });
    client.asks(2, 'tools/call', { hold: true });
    await decides({ action: 'explode' } as unknown as InterceptAction);
    client.receivesError(1, 5000, {
      code: 'INTERCEPTOR_FAILED',
      interceptor: 'desk',
      reason: 'it returned no known action',
    });
    await decides([{ action: 'pause', until: Promise.resolve(), pauseMs: 1 }, { action: 'block' }]);
    client.receivesError(2, 5000, {
      code: 'INTERCEPTOR_FAILED',
      interceptor: 'desk',
      reason: 'nothing may follow a pause',
    });
  });

  test('has the usual time again for whoever is asked after it', async () => {
    const play = playbook({
      interceptors: [
        { name: 'desk', intercept: () => ({ action: 'pause', until: new Promise(() => {}), pauseMs: 20_000 }) },
        { name: 'hangs', intercept: () => new Promise(() => {}) },
      ],
    });
    const { client } = play.open();
    client.asks(1, 'tools/call');
    play.timePasses(20_000);
    await play.promisesSettle();
    play.timePasses(4_900);
    client.receivesNothing();
    play.timePasses(200);
    client.receives(
      failure(1, 5000, 'An interceptor failed on the message', {
        code: 'INTERCEPTOR_FAILED',
        interceptor: 'hangs',
        reason: 'too slow',
      }),
    );
  });
});

describe('a delayed frame', () => {
  test('beside the queue holds up nobody, and goes on when its time is over', () => {
    const play = playbook({
      interceptors: [
        {
          name: 'slow',
          intercept: ({ message }) =>
            message['id'] === 1 ? { action: 'delay', delayMs: 1000, scope: 'exchange' } : undefined,
        },
      ],
    });
    const { client, server } = play.open();
    client.asks(1, 'tools/call');
    client.asks(2, 'tools/list');
    server.receivesRequest(2, 'tools/list');
    play.timePasses(1100);
    server.receivesRequest(1, 'tools/call');
  });

  test('beside the queue waits for a server that is away, and goes on when it is back', () => {
    const play = playbook({
      interceptors: [{ name: 'slow', intercept: () => ({ action: 'delay', delayMs: 100, scope: 'exchange' }) }],
    });
    const { client, server } = play.openWithRestarts();
    client.asks(1, 'ping');
    play.timePasses(300);
    server.comesUp();
    server.receivesRequest(1, 'ping');
  });
});
