/** Clients that send their messages in exchanges, in front of one server behind a pipe: who gets what. */

import { afterEach, describe, expect, test } from 'vitest';
import type { Delivery, DeliveryFailure, DeliveryResult, ExchangeLink, UpstreamEvents } from '../../src/ports.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import type { RuntimeSession } from '../../src/runtime/api.ts';
import { createTracedRuntime } from '../../src/runtime/runtime.ts';
import { Exchange, type PendingEntry } from '../../src/session/pending.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Taping, expectRebuilt } from '../properties/taping.ts';

type Message = { readonly [key: string]: unknown };

/** A POST of the client, with what was answered in it. */
class Post extends Exchange {
  readonly answers: Message[] = [];
  readonly statuses: number[] = [];
  readonly outcomes: string[] = [];
}

class Client implements ExchangeLink {
  readonly atLarge: Message[] = [];
  readonly closedFor: string[] = [];
  takes: DeliveryResult = 'accepted';
  session: RuntimeSession | undefined;

  deliver(parts: readonly Uint8Array[], about: Delivery): DeliveryResult {
    if (this.takes !== 'accepted') return this.takes;
    const message = JSON.parse(parts.map((part) => decodeText(part)).join('')) as Message;
    const exchange = about.type === 'cancel' ? about.entry.exchange : about.exchange;
    if (exchange instanceof Post) {
      exchange.answers.push(message);
      if (about.type === 'send') exchange.statuses.push(about.status);
    } else this.atLarge.push(message);
    return 'accepted';
  }
  settled({ exchange }: PendingEntry, outcome: string): void {
    if (exchange instanceof Post) exchange.outcomes.push(outcome);
  }
  pause(): void {}
  close(reason: string): void {
    this.closedFor.push(reason);
  }

  posts(message: Message): Post {
    const post = new Post();
    const bytes = encodeText(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.session!.client.receiveRead(readMessage(bytes), bytes.length, post);
    return post;
  }
}

/** A server behind one pipe. */
class Server {
  readonly heard: Message[] = [];
  readonly deliveries: Delivery[] = [];
  events: UpstreamEvents | undefined;

  connect(events: UpstreamEvents) {
    this.events = events;
    return {
      write: (parts: readonly Uint8Array[], about: Delivery) => {
        this.heard.push(JSON.parse(parts.map((part) => decodeText(part)).join('')) as Message);
        this.deliveries.push(about);
        return true;
      },
      pause: () => {},
      closeInput: () => {},
      close: () => this.events!.lost({ reason: 'closed', exitCode: 0, signal: null, lastStderr: [] }),
    };
  }

  says(message: Message): void {
    this.events!.message(encodeText(JSON.stringify({ jsonrpc: '2.0', ...message })));
  }
  get lastId(): unknown {
    return this.heard.at(-1)!['id'];
  }
}

const worlds: World[] = [];

afterEach(() => {
  for (const { taping } of worlds.splice(0)) expectRebuilt(taping);
});

class World {
  readonly clock = new VirtualClock();
  readonly client = new Client();
  readonly server = new Server();
  readonly taping: Taping = new Taping();
  readonly runtime = createTracedRuntime(
    { ids: { sessionId: () => 's' }, clock: this.clock, checksInvariants: true },
    this.taping,
  );
  readonly session: RuntimeSession;

  constructor() {
    worlds.push(this);
    const opened = this.runtime.open({
      transportType: 'http',
      client: this.client,
      server: this.server,
      restart: { restartsMax: 3, withinMs: 60_000, backoffMs: 100 },
    });
    if ('refusal' in opened) throw new Error('no session');
    this.session = opened.session;
    this.client.session = opened.session;
    this.server.events!.ready();
  }

  shakes(): this {
    const params = { protocolVersion: '2025-11-25', capabilities: {} };
    this.client.posts({ id: 0, method: 'initialize', params });
    this.server.says({ id: this.server.lastId, result: params });
    this.client.posts({ method: 'notifications/initialized' });
    return this;
  }

  calls(id: string | number, meta?: object): { readonly post: Post; readonly sentId: unknown; readonly sent: Message } {
    const params = meta === undefined ? { name: 'echo' } : { name: 'echo', _meta: meta };
    const post = this.client.posts({ id, method: 'tools/call', params });
    const sent = this.server.heard.at(-1)!;
    return { post, sentId: sent['id'], sent };
  }

  count(name: string): number {
    return (this.session.snapshot().counts as Readonly<Record<string, number>>)[name]!;
  }
}

describe('two exchanges with the same id', () => {
  test('P4 R7 are answered each in its own, whatever the order', () => {
    const world = new World().shakes();
    const first = world.calls(1);
    const second = world.calls(1);
    const text = world.calls('1');
    expect(new Set([first.sentId, second.sentId, text.sentId]).size).toBe(3);
    for (const { sentId } of [second, text, first]) world.server.says({ id: sentId, result: { for: sentId } });
    expect([first, second, text].map(({ post }) => post.answers)).toEqual([
      [{ jsonrpc: '2.0', id: 1, result: { for: first.sentId } }],
      [{ jsonrpc: '2.0', id: 1, result: { for: second.sentId } }],
      [{ jsonrpc: '2.0', id: '1', result: { for: text.sentId } }],
    ]);
    expect(world.client.atLarge).toEqual([]);
  });

  test('R8 have progress of their own, under the token that each chose', () => {
    const world = new World().shakes();
    const calls = [world.calls(1, { progressToken: 1 }), world.calls(1, { progressToken: 1 })];
    const tokens = calls.map(
      ({ sent }) => (sent['params'] as { _meta: { progressToken: unknown } })._meta.progressToken,
    );
    expect(new Set(tokens).size).toBe(2);
    for (const token of [...tokens].reverse()) {
      world.server.says({ method: 'notifications/progress', params: { progressToken: token, progress: token } });
    }
    expect(calls.map(({ post }) => post.answers)).toEqual(
      tokens.map((token) => [
        { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: token } },
      ]),
    );
  });

  test('R8 have tokens of their own also where an id happens to be the number under which it is sent on', () => {
    const world = new World().shakes();
    const calls = [4, 5].map((id) => world.calls(id, { progressToken: 't' }));
    expect(calls.map(({ sentId }) => sentId)).toEqual([4, 5]);
    for (const { sent } of calls) {
      const { progressToken } = (sent['params'] as { _meta: { progressToken: unknown } })._meta;
      world.server.says({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
    }
    expect(calls.map(({ post }) => post.answers.length)).toEqual([1, 1]);
  });

  test('P10 a cancellation that could mean either goes no further, and is counted', () => {
    const world = new World().shakes();
    const first = world.calls(1);
    world.calls(1);
    const heard = world.server.heard.length;
    world.client.posts({ method: 'notifications/cancelled', params: { requestId: 1 } });
    expect([world.server.heard.length, world.count('ambiguousCancellations')]).toEqual([heard, 1]);
    world.server.says({ id: first.sentId, result: {} });
    world.client.posts({ method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(world.server.heard.at(-1)).toMatchObject({ method: 'notifications/cancelled' });
  });
});

describe('a cancellation', () => {
  test('P10 R8 R9 reaches the server under the name that the request has there, and ends the exchange', () => {
    const world = new World().shakes();
    const { post, sentId } = world.calls('mine');
    world.client.posts({ method: 'notifications/cancelled', params: { requestId: 'mine', reason: 'enough' } });
    expect(world.server.heard.at(-1)).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: sentId, reason: 'enough' },
    });
    expect([post.outcomes, post.answers]).toEqual([['cancelled'], []]);
    world.server.says({ id: sentId, result: {} });
    expect([post.answers, world.count('lateResponses')]).toEqual([[], 1]);
  });

  test('R11 is what closing the exchange of a modern request means, and not of a legacy one', () => {
    const world = new World();
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    const modern = world.calls(1, meta);
    world.session.client.exchangeClosed(modern.post);
    expect(world.server.heard.at(-1)).toMatchObject({ params: { requestId: modern.sentId } });
    expect(modern.post.outcomes).toEqual(['cancelled']);
    const legacy = world.calls(1);
    world.session.client.exchangeClosed(legacy.post);
    expect(legacy.post.outcomes).toEqual([]);
    expect(world.server.heard.at(-1)).toBe(legacy.sent);
  });

  test('is sent for a request that timed out, under the name that the server knows', () => {
    const world = new World().shakes();
    const { post, sentId } = world.calls('slow');
    world.clock.advance(300_000);
    expect(world.server.heard.at(-1)).toMatchObject({ params: { requestId: sentId } });
    expect(post.answers).toMatchObject([{ id: 'slow', error: { code: 5040 } }]);
    expect([post.statuses, post.outcomes]).toEqual([[504], ['timeout']]);
  });
});

describe('what the server sends of its own accord', () => {
  test('P9 R18 a question goes where its one cause is, and its answer comes back', () => {
    const world = new World().shakes();
    const { post } = world.calls(1);
    world.server.says({ id: 0, method: 'sampling/createMessage', params: {} });
    expect(post.answers).toMatchObject([{ id: 0, method: 'sampling/createMessage' }]);
    const answer = world.client.posts({ id: 0, result: { text: 'hello' } });
    expect(world.server.heard.at(-1)).toEqual({ jsonrpc: '2.0', id: 0, result: { text: 'hello' } });
    expect(answer.answers).toEqual([]);
  });

  test('goes to the client at large where several could be its cause', () => {
    const world = new World().shakes();
    const posts = [world.calls(1).post, world.calls(2).post];
    world.server.says({ id: 0, method: 'roots/list' });
    expect([posts.map(({ answers }) => answers), world.client.atLarge]).toMatchObject([
      [[], []],
      [{ method: 'roots/list' }],
    ]);
  });

  test('P9 a question that has nowhere to go is answered with an error at once', () => {
    const world = new World().shakes();
    world.client.takes = 'nowhere';
    world.server.says({ id: 'q', method: 'elicitation/create', params: {} });
    expect(world.server.heard.at(-1)).toMatchObject({ id: 'q', error: { code: 4040, data: { reason: 'no-stream' } } });
    expect(world.count('undeliverable')).toBe(1);
  });

  test('P18 R8 a stream that is listened to carries the name that its listener gave it', () => {
    const world = new World();
    const key = 'io.modelcontextprotocol/subscriptionId';
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    const listeners = ['a', 'a'].map((id) => {
      const post = world.client.posts({ id, method: 'subscriptions/listen', params: { _meta: meta } });
      return { post, sentId: world.server.lastId };
    });
    for (const { sentId } of [...listeners].reverse()) {
      world.server.says({
        method: 'notifications/tools/list_changed',
        params: { _meta: { [key]: sentId, n: sentId } },
      });
      world.server.says({ id: sentId, result: { resultType: 'complete', _meta: { [key]: sentId } } });
    }
    expect(listeners.map(({ post }) => post.answers)).toEqual(
      listeners.map(({ sentId }) => [
        { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta: { [key]: 'a', n: sentId } } },
        { jsonrpc: '2.0', id: 'a', result: { resultType: 'complete', _meta: { [key]: 'a' } } },
      ]),
    );
  });
});

test('R23 an answer that asks for input is an answer; its state goes back as it came, under another id', () => {
  const world = new World();
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  const requestState = 'opaque "state" \u00e9 {"id":1}';
  const first = world.calls(1, meta);
  const asks = {
    resultType: 'input_required',
    inputRequests: { name: { method: 'elicitation/create' } },
    requestState,
  };
  world.server.says({ id: first.sentId, result: asks });
  expect([first.post.answers, first.post.outcomes]).toEqual([[{ jsonrpc: '2.0', id: 1, result: asks }], ['result']]);
  const inputResponses = { name: { action: 'accept' } };
  const params = { name: 'echo', _meta: meta, inputResponses, requestState };
  const second = world.client.posts({ id: 2, method: 'tools/call', params });
  expect(world.server.heard.at(-1)).toMatchObject({ params });
  world.server.says({ id: world.server.lastId, result: { resultType: 'complete' } });
  expect([second.outcomes, world.session.snapshot().pending]).toEqual([['result'], []]);
});

describe('an answer that a server on HTTP gives', () => {
  const via = (request: PendingEntry) => ({ exchange: undefined, request, status: 404 });

  test('R6 without an id belongs to the request in whose response it came, with its status', () => {
    const world = new World().shakes();
    const { post } = world.calls('x');
    const about = world.server.deliveries.at(-1)!;
    const error = { code: -32601, message: 'no such method' };
    const bytes = encodeText(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
    world.server.events!.message(bytes, via(about.entry!));
    expect([post.answers, post.statuses]).toEqual([[{ jsonrpc: '2.0', id: 'x', error }], [404]]);
  });

  test('R19 fails its request at once when it ends without one', () => {
    const world = new World().shakes();
    const { post } = world.calls('x');
    const failure: DeliveryFailure = { cause: 'unanswered', reason: 'the response ended', status: 200 };
    world.server.events!.failed(world.server.deliveries.at(-1)!, failure);
    const data = { code: 'UPSTREAM_LOST', reason: 'unanswered', detail: 'the response ended', httpStatus: 200 };
    expect(post.answers).toMatchObject([{ id: 'x', error: { code: 5020, data } }]);
    expect(post.outcomes).toEqual(['upstream-lost']);
  });
});

describe('a server that lost its session', () => {
  test('P3 is asked again, and the client never knows', () => {
    const world = new World().shakes();
    const { post } = world.calls('x', { progressToken: 'p' });
    const about = world.server.deliveries.at(-1)!;
    world.server.events!.failed(about, { cause: 'unsent', reason: 'session not found', status: 404 });
    world.server.events!.lost({ reason: 'session-lost', exitCode: null, signal: null, lastStderr: [] });
    expect([world.session.snapshot().state, post.answers]).toEqual(['active.recovering', []]);
    world.clock.advance(100);
    world.server.events!.ready();
    expect(world.server.heard.at(-1)).toMatchObject({ method: 'initialize' });
    const result = { protocolVersion: '2025-11-25', capabilities: {} };
    world.server.says({ id: world.server.lastId, result });
    expect(world.server.heard.slice(-2)).toMatchObject([
      { method: 'notifications/initialized' },
      { method: 'tools/call', params: { name: 'echo' } },
    ]);
    world.server.says({ id: world.server.lastId, result: { text: 'here' } });
    expect([post.answers, post.outcomes]).toEqual([
      [{ jsonrpc: '2.0', id: 'x', result: { text: 'here' } }],
      ['result'],
    ]);
  });

  test('and does not come back has its requests settled', () => {
    const world = new World().shakes();
    const { post } = world.calls('x');
    world.server.events!.failed(world.server.deliveries.at(-1)!, { cause: 'unsent', reason: 'refused', status: 0 });
    world.server.events!.lost({ reason: 'spawn-failed', exitCode: null, signal: null, lastStderr: [] });
    expect([post.outcomes, post.statuses]).toEqual([['upstream-lost'], [502]]);
  });
});

test('the end that the client asks for settles what waits, each in its exchange', () => {
  const world = new World().shakes();
  const posts = [world.calls(1).post, world.calls(1).post];
  world.session.client.ends();
  expect(posts.map(({ answers }) => answers)).toMatchObject(
    posts.map(() => [{ id: 1, error: { code: 4040, data: { reason: 'client-closed' } } }]),
  );
  expect([posts.map(({ statuses }) => statuses), world.client.closedFor]).toEqual([[[404], [404]], ['client-closed']]);
});

test('a message that cannot be read is answered in the exchange that brought it', () => {
  const world = new World().shakes();
  const post = new Post();
  const read = readMessage(encodeText('{"jsonrpc":"2.0","id":1.5,"method":"ping"}'));
  expect(isFault(read)).toBe(true);
  world.session.client.receiveRead(read, 42, post);
  expect([post.answers, post.statuses]).toMatchObject([[{ error: { code: -32600 } }], [400]]);
});
