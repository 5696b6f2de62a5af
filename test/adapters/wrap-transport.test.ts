import { afterEach, describe, expect, test } from 'vitest';
import { wrapTransport } from '../../src/adapters/wrap-transport.ts';
import { createRuntime, type Interceptor, LocalError, type Runtime, type RuntimeOptions } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { HandTransport } from './hand-transport.ts';
import { newClient, newPair, newServer, type SdkKind } from './sdk-kinds.ts';

const runtimes: Runtime[] = [];
function newRuntime(options: Partial<RuntimeOptions> = {}): Runtime {
  const runtime = createRuntime({ ids: { sessionId: () => crypto.randomUUID() }, checksInvariants: true, ...options });
  runtimes.push(runtime);
  return runtime;
}
afterEach(async () => {
  for (const runtime of runtimes.splice(0)) {
    if ([...runtime.sessions()].length > 0) throw new Error('A session was left open');
    await runtime.stop();
  }
});

type Side = 'client' | 'server';

/** A client and a server in memory, with a session on one side, and what is needed to end them. */
async function between(kind: SdkKind, side: Side, options: Partial<RuntimeOptions> = {}) {
  const runtime = newRuntime(options);
  const [toServer, toClient] = newPair(kind);
  const [client, server] = [newClient(kind), newServer(kind)];
  const clientSide = side === 'client' ? wrapTransport(toServer, { runtime, peer: 'server' }) : toServer;
  const serverSide = side === 'server' ? wrapTransport(toClient, { runtime, peer: 'client' }) : toClient;
  await server.connect(serverSide);
  await client.connect(clientSide);
  return { runtime, client, server, clientSide, serverSide };
}

const everyCase = (['v1', 'v2'] as const).flatMap((kind) =>
  (['client', 'server'] as const).map((side) => ({ kind, side })),
);

describe.each(everyCase)('a session on the $side side, SDK $kind', ({ kind, side }) => {
  test('carries calls, many at a time, and their answers', async () => {
    const { client, runtime } = await between(kind, side);
    const texts = Array.from({ length: 200 }, (_, index) => `text ${index}`);
    expect(await Promise.all(texts.map((text) => client.call('echo', { text })))).toEqual(texts);
    expect([...runtime.sessions()]).toMatchObject([{ status: 'active', pending: [] }]);
    await client.close();
  });

  test('carries progress, in order', async () => {
    const { client } = await between(kind, side);
    const heard: number[] = [];
    await client.call('work', {}, { onprogress: ({ progress }) => void heard.push(progress) });
    expect(heard).toEqual([1, 2, 3]);
    await client.close();
  });

  test('P9 carries what the server asks its client, and the answer', async () => {
    const { client } = await between(kind, side);
    expect(await client.call('sample')).toContain('a word');
    expect(await client.call('elicit')).toContain('decline');
    await client.close();
  });

  test('P10 carries a cancellation, and the request is settled', async () => {
    const { client, server, runtime } = await between(kind, side);
    const giveUp = new AbortController();
    const call = client.call('hang', {}, { signal: giveUp.signal });
    await server.saw('hang');
    giveUp.abort('enough');
    await expect(call).rejects.toThrow('enough');
    await server.saw('aborted hang');
    expect([...runtime.sessions()][0]).toMatchObject({ pending: [], counts: { 'outcome.cancelled': 1 } });
    await client.close();
  });

  test('carries errors of tools', async () => {
    const { client } = await between(kind, side);
    await expect(client.call('fail')).rejects.toThrow('it did not work');
    await client.close();
  });

  test.each(['client', 'server'] as const)('ends when the %s closes, and says so once', async (closer) => {
    const { client, server, clientSide, serverSide } = await between(kind, side);
    // The transports of SDK v1 in memory say so twice to whoever closes.
    const wrapped = side === 'client' ? clientSide : serverSide;
    let closed = 0;
    const { onclose } = wrapped;
    wrapped.onclose = () => {
      closed += 1;
      onclose?.();
    };
    const call = client.call('hang').catch((error: unknown) => error);
    await server.saw('hang');
    await (closer === 'client' ? client : server).close();
    expect(await call).toBeInstanceOf(Error);
    expect(closed).toBe(1);
  });

  test('P5 tells a request that its server closed, and why', async () => {
    const { client, server } = await between(kind, side);
    const call = client.call('hang').catch((error: unknown) => error);
    await server.saw('hang');
    await server.close();
    expect(await call).toMatchObject({ data: { code: 'UPSTREAM_LOST' } });
  });

  test('ends a request at its deadline, and the server is told', async () => {
    const clock = new VirtualClock({ startMs: 0, epochMs: 1e12 });
    const { client, server } = await between(kind, side, { clock, times: { requestIdleMs: 1000 } });
    const call = client.call('hang').catch((error: unknown) => error);
    await server.saw('hang');
    clock.advance(1000);
    expect(await call).toMatchObject({ data: { code: 'REQUEST_TIMEOUT' } });
    await server.saw('aborted hang');
    await client.close();
  });

  test('S7 refuses what is above a limit', async () => {
    const { client, server } = await between(kind, side, { limits: { pendingPerSession: 1 } });
    const first = client.call('hang').catch((error: unknown) => error);
    await server.saw('hang');
    await expect(client.call('echo', { text: 'a' })).rejects.toMatchObject({ data: { code: 'TOO_MANY_REQUESTS' } });
    await client.close();
    await first;
  });

  test('lets an interceptor change a message, and what was said along with it stays', async () => {
    const shout: Interceptor = {
      name: 'shout',
      intercept: ({ method, message }) =>
        method === 'tools/call'
          ? { action: 'modify', message: { ...message, params: { name: 'echo', arguments: { text: 'LOUD' } } } }
          : undefined,
    };
    const { client } = await between(kind, side, { interceptors: [shout] });
    expect(await client.call('echo', { text: 'quiet' })).toBe('LOUD');
    await client.close();
  });
});

const ping = (id: unknown) => ({ jsonrpc: '2.0', id, method: 'ping' });

/** A wrapped transport whose far end and whose protocol object are both the test. */
async function inHand(peer: 'client' | 'server', options: Partial<RuntimeOptions> = {}) {
  const runtime = newRuntime(options);
  const far = new HandTransport();
  const near = wrapTransport(far, { runtime, peer });
  const heard: { readonly message: object; readonly extra: object | undefined }[] = [];
  const closed: string[] = [];
  const errors: string[] = [];
  near.onmessage = (message, extra) => void heard.push({ message, extra });
  near.onclose = () => void closed.push('closed');
  near.onerror = (error) => void errors.push(error.message);
  await near.start();
  return { runtime, far, near, heard, closed, errors };
}

describe.each(['client', 'server'] as const)('a wrapped transport with the %s at its far end', (peer) => {
  test('hands on what is said along with messages, both ways, and the very messages', async () => {
    const { far, near, heard } = await inHand(peer);
    const [extra, options] = [{ authInfo: { token: 't' } }, { relatedRequestId: 7, timeout: 5 }];
    const [question, notice] = [ping(1), { jsonrpc: '2.0', method: 'notifications/message', params: {} }];
    far.onmessage?.(question, extra);
    await near.send(notice, options);
    expect(heard[0]!.message).toBe(question);
    expect(heard[0]!.extra).toBe(extra);
    expect(far.sent[0]!.message).toBe(notice);
    expect(far.sent[0]!.options).toBe(options);
    await near.close();
  });

  test('hands on a cancellation with what is said along with it', async () => {
    const { far, near } = await inHand(peer);
    await near.send(ping(1));
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    const options = { relatedRequestId: 3 };
    await near.send(cancelled, options);
    expect(far.sent.at(-1)).toEqual({ message: cancelled, options });
    await near.close();
  });

  test('keeps what is said along with a message that an interceptor changes or holds back', async () => {
    const change: Interceptor = {
      name: 'change',
      intercept: async ({ message }) => ({ action: 'modify', message: { ...message, changed: true } }),
    };
    const { far, near, heard } = await inHand(peer, { interceptors: [change] });
    const arrived = new Promise<void>((resolve) => {
      const { onmessage } = near;
      near.onmessage = (message, extra) => {
        onmessage?.(message, extra);
        resolve();
      };
    });
    const extra = { authInfo: { token: 't' } };
    far.onmessage?.(ping(1), extra);
    await arrived;
    expect(heard).toEqual([{ message: { ...ping(1), changed: true }, extra }]);
    await near.close();
  });

  test('shows what the wrapped one is, and hands on what it is told', async () => {
    const { far, near } = await inHand(peer);
    far.sessionId = 'mine';
    far.hasPerRequestStream = true;
    near.setProtocolVersion('2025-11-25');
    near.setSupportedProtocolVersions(['a', 'b']);
    expect([near.sessionId, near.hasPerRequestStream, far.told]).toEqual([
      'mine',
      true,
      ['start', '2025-11-25', ['a', 'b']],
    ]);
    await near.close();
  });

  test('rejects what the wrapped one rejects, and then settles the request without another word', async () => {
    const { runtime, far, near, heard, errors } = await inHand(peer);
    const broken = new Error('ECONNRESET');
    far.answer = () => Promise.reject(broken);
    await expect(near.send(ping(1))).rejects.toBe(broken);
    await new Promise((resolve) => setImmediate(resolve));
    expect([...runtime.sessions()]).toMatchObject([{ state: 'initializing', pending: [] }]);
    expect([heard, errors]).toEqual([[], []]);
    await near.close();
  });

  test('rejects what the wrapped one throws', async () => {
    const { far, near } = await inHand(peer);
    far.answer = () => {
      throw new Error('thrown');
    };
    await expect(near.send(ping(1))).rejects.toThrow('thrown');
    await near.close();
  });

  test('P4 answers a second request under an id that waits, in its own name', async () => {
    const { far, near, heard } = await inHand(peer);
    await near.send(ping(1));
    await near.send(ping(1));
    expect([far.sent.length, heard]).toMatchObject([1, [{ message: { id: 1, error: { code: -32600 } } }]]);
    far.onmessage?.(ping('x'));
    far.onmessage?.(ping('x'));
    expect([heard.length, far.sent.at(-1)]).toMatchObject([2, { message: { id: 'x', error: { code: -32600 } } }]);
    await near.close();
  });

  test.each([
    ['nothing', undefined],
    ['text', 'ping'],
    ['a list', [ping(1)]],
    ['a message without a version', { id: 1, method: 'ping' }],
    ['a response with two ends', { jsonrpc: '2.0', id: 1, result: {}, error: {} }],
    ['an id that is none', ping({})],
    ['__proto__ for an id', JSON.parse('{"jsonrpc":"2.0","__proto__":{"id":1,"method":"ping"}}')],
    ['what JSON cannot say', { ...ping(1), params: { big: 1n } }],
  ])('lets %s through in neither direction', async (_what, message) => {
    const { far, near, heard } = await inHand(peer);
    await near.send(message as object);
    expect(far.sent).toEqual([]);
    heard.length = 0;
    far.onmessage?.(message as object);
    expect(heard).toEqual([]);
    await near.close();
  });

  test('does not start when the wrapped one does not, and can be wrapped anew', async () => {
    const runtime = newRuntime();
    const far = new HandTransport();
    far.startsWith = () => Promise.reject(new Error('no such program'));
    await expect(wrapTransport(far, { runtime, peer }).start()).rejects.toThrow('no such program');
    expect([...runtime.sessions()]).toEqual([]);
  });

  test('does not start when the runtime has no room, and says what to do', async () => {
    const runtime = newRuntime({ limits: { sessions: 0 } });
    const start = wrapTransport(new HandTransport(), { runtime, peer }).start();
    await expect(start).rejects.toMatchObject({ code: 'SESSION_REFUSED', message: expect.stringContaining('limit') });
  });

  test('is misused with an error that says what to do', async () => {
    const runtime = newRuntime();
    const near = wrapTransport(new HandTransport(), { runtime, peer });
    await expect(near.send(ping(1))).rejects.toMatchObject({ code: 'NOT_STARTED' });
    await near.start();
    await expect(near.start()).rejects.toBeInstanceOf(LocalError);
    await expect(near.start()).rejects.toMatchObject({ code: 'ALREADY_STARTED' });
    await near.close();
    await near.close();
    await expect(near.send(ping(1))).rejects.toMatchObject({ code: 'ALREADY_CLOSED' });
  });

  test('that was never started closes the wrapped one', async () => {
    const far = new HandTransport();
    const near = wrapTransport(far, { runtime: newRuntime(), peer });
    let closed = 0;
    near.onclose = () => void (closed += 1);
    await near.close();
    expect([far.told, closed]).toEqual([['close'], 1]);
  });

  test('closes in the middle of a message, and says so once', async () => {
    const { far, near, closed } = await inHand(peer);
    near.onmessage = () => void near.close();
    far.onmessage?.(ping(1));
    await near.close();
    expect([closed, far.told]).toEqual([['closed'], ['start', 'close']]);
  });

  test('ends with the wrapped one, though that closes in the middle of a message', async () => {
    const { far, near, closed } = await inHand(peer);
    far.answer = async () => far.onclose?.();
    await near.send(ping(1));
    expect([closed, far.told]).toEqual([['closed'], ['start']]);
  });

  test('tells the handlers that the wrapped one had before', async () => {
    const far = new HandTransport();
    const told: string[] = [];
    far.onclose = () => void told.push('closed');
    far.onerror = ({ message }) => void told.push(message);
    const near = wrapTransport(far, { runtime: newRuntime(), peer });
    near.onerror = ({ message }) => void told.push(`near ${message}`);
    await near.start();
    far.onerror?.(new Error('oh'));
    await near.close();
    expect(told).toEqual(['oh', 'near oh', 'closed']);
  });

  test('survives a handler that throws', async () => {
    const { far, near, errors } = await inHand(peer);
    near.onmessage = () => {
      throw new Error('thrown by a handler');
    };
    far.onmessage?.(ping(1));
    expect(errors).toEqual(['thrown by a handler']);
    await near.close();
  });

  test('P16 holds its sender back while the far end does not read, and lets it go on', async () => {
    const { far, near } = await inHand(peer, { limits: { bufferPauseBytes: 10_000 } });
    const releases: (() => void)[] = [];
    far.answer = () => new Promise((resolve) => releases.push(resolve));
    const notice = { jsonrpc: '2.0', method: 'notifications/message', params: { data: 'x'.repeat(1000) } };
    let isOver = 0;
    for (let index = 0; index < 100; index += 1) void near.send(notice).then(() => (isOver += 1));
    const last = near.send(notice);
    expect([far.sent.length, isOver]).toEqual([64, 0]);
    while (far.sent.length < 101) {
      for (const release of releases.splice(0)) release();
      await Promise.resolve();
    }
    await last;
    for (const release of releases.splice(0)) release();
    await near.close();
  });
});

describe('a request with a stream of its own', () => {
  const start = async () => {
    const { runtime, far, near, heard } = await inHand('server');
    far.hasPerRequestStream = true;
    return { runtime, far, near, heard, pending: () => [...runtime.sessions()][0]!.pending.length };
  };

  test('is given up by its signal, of which nothing is sent', async () => {
    const { far, near, pending } = await start();
    const giveUp = new AbortController();
    await near.send(ping(1), { requestSignal: giveUp.signal });
    const before = pending();
    giveUp.abort();
    expect([before, pending(), far.sent.length]).toEqual([1, 0, 1]);
    await near.close();
  });

  test('is settled when its stream ends without an answer, of which its sender knows', async () => {
    const { far, near, heard, pending } = await start();
    let ended = 0;
    await near.send(ping(1), { onRequestStreamEnd: () => void (ended += 1) });
    const before = pending();
    (far.sent[0]!.options as { onRequestStreamEnd: () => void }).onRequestStreamEnd();
    expect([before, pending(), ended, heard]).toEqual([1, 0, 1, []]);
    await near.close();
  });
});
