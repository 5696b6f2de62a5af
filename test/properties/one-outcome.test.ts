/**
 * The law of the house under any interleaving: every request ends in exactly one outcome, and its requester is told exactly
 * once. Peers, operator, time and interceptors that decide when they like run side by side; the order is fast-check's.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Direction, type RequestId, opposite } from '../../src/protocol/envelope.ts';
import type { InterceptAction, Interceptor } from '../../src/session/interception.ts';
import { builtInProfiles } from '../../src/session/profiles.ts';
import {
  expectEverybodyTold,
  expectExactCounts,
  expectExactLedger,
  expectNothingLeft,
  expectNothingOwned,
  expectOneOutcomeEach,
} from './laws.ts';
import { mood, moody } from './moody-interceptor.ts';
import { type Pair, World, bytesOf, runs } from './world.ts';

type PeerStep =
  | { readonly do: 'ask'; readonly id: RequestId; readonly method: string; readonly extra: object }
  | { readonly do: 'answer'; readonly id: RequestId; readonly isError: boolean }
  | { readonly do: 'cancel'; readonly id: RequestId }
  | { readonly do: 'progress'; readonly id: RequestId }
  | { readonly do: 'notify' }
  | { readonly do: 'stop reading' }
  | { readonly do: 'read on' };

const id = fc.constantFrom(0, 1, '1', 'x');
const method = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('tools/call', 'tools/call', 'ping', 'initialize') },
  fc.constantFrom('server/discover', 'subscriptions/listen', 'shutdown', 'logging/setLevel', 'tasks/result', 'x'),
);

/** What a request may carry besides: a claim to the modern era, the wish for a task, a task or resource that it is about. */
const extra = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc.constantFrom<object>(
    { modern: true },
    { task: { ttl: 1000 } },
    { taskId: 'k', uri: 'file:///x', level: 'info', protocolVersion: '2025-11-25', capabilities: {} },
  ),
);
const modernClaim = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };

const peerStep: fc.Arbitrary<PeerStep> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask'), id, method, extra }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('answer'), id, isError: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel'), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('progress'), id }) },
  { weight: 3, arbitrary: fc.constantFrom<PeerStep>({ do: 'notify' }, { do: 'stop reading' }, { do: 'read on' }) },
);

const answerBody = { protocolVersion: '2025-11-25', capabilities: {}, task: { taskId: 'k', status: 'working' } };

/** Lets the peer that sends in `direction` take a step. */
function takeStep(pair: Pair, direction: Direction, step: PeerStep): void {
  const tokenOf = (asker: Direction, known: RequestId): string => `${asker} ${known}`;
  switch (step.do) {
    case 'ask': {
      const { modern, ...more } = step.extra as { modern?: boolean };
      const meta = { progressToken: tokenOf(direction, step.id), ...(modern === true ? modernClaim : {}) };
      pair.ask(direction, { id: step.id, method: step.method, params: { ...more, _meta: meta } });
      return;
    }
    case 'answer':
      pair.from(direction, {
        id: step.id,
        ...(step.isError ? { error: { code: 1, message: 'no' } } : { result: answerBody }),
      });
      return;
    case 'cancel':
      pair.from(direction, { method: 'notifications/cancelled', params: { requestId: step.id } });
      return;
    case 'progress': {
      const params = { progressToken: tokenOf(opposite(direction), step.id), progress: 1 };
      pair.from(direction, { method: 'notifications/progress', params });
      return;
    }
    case 'notify':
      pair.from(direction, { method: 'notifications/message', params: {} });
      return;
    case 'stop reading':
      pair.earOf(direction).isReading = false;
      return;
    case 'read on':
      pair.earOf(direction).isReading = true;
      drain(pair);
  }
}

/** Both peers say that they read on; one that does not has nothing to say it with. */
function drain(pair: Pair): void {
  if (pair.client.isReading && !pair.client.isGone) pair.session.client.drained();
  if (pair.server.ear.isReading) pair.server.drained();
}

type WorldStep =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'lose' | 'return' | 'half-close' | 'leave' | 'close' | 'drain' | 'nothing' };

const worldStep: fc.Arbitrary<WorldStep> = fc.oneof(
  { weight: 5, arbitrary: fc.nat(10).map((tenths): WorldStep => ({ do: 'wait', ms: tenths * 100 })) },
  { weight: 2, arbitrary: fc.constant<WorldStep>({ do: 'lose' }) },
  { weight: 4, arbitrary: fc.constant<WorldStep>({ do: 'return' }) },
);

const ending: fc.Arbitrary<WorldStep> = fc
  .constantFrom('half-close' as const, 'leave' as const, 'close' as const, 'drain' as const, 'nothing' as const)
  .map((what): WorldStep => ({ do: what }));

function turnWorld(world: World, pair: Pair, step: WorldStep): void {
  switch (step.do) {
    case 'wait':
      world.clock.advance(step.ms);
      return;
    case 'lose':
      pair.server.lose();
      return;
    case 'return':
      pair.server.becomeReady();
      return;
    case 'half-close':
      pair.session.client.closed(false);
      return;
    case 'leave':
      pair.leave();
      return;
    case 'close':
      pair.session.close();
      return;
    case 'drain':
      pair.session.drain();
      return;
    case 'nothing':
  }
}

/** A server that comes back says what it said before. */
function answerReplays(pair: Pair): void {
  pair.server.ear.onMessage = ({ id: known, method: asked }) => {
    const isReplay = asked === 'initialize' && String(known).startsWith('ninelives:');
    if (isReplay) pair.server.say(bytesOf({ id: known, result: { protocolVersion: '2025-11-25', capabilities: {} } }));
  };
}

const times = {
  initializeMs: 2000,
  pingMs: 500,
  requestIdleMs: 700,
  requestAbsoluteMs: 1500,
  drainMs: 1200,
  recoveryMs: 1000,
  interceptorMs: 600,
};

const scripts = fc.record({
  client: fc.array(peerStep, { maxLength: 14 }),
  server: fc.array(peerStep, { maxLength: 14 }),
  world: fc.array(worldStep, { maxLength: 8 }),
  end: fc.nat(8).chain((place) => ending.map((end) => ({ place, end }))),
  moods: fc.array(mood, { minLength: 1, maxLength: 6 }),
  profile: fc.constantFrom('mcp', 'mcp', 'lsp-like', 'lenient', 'mcp-2026-07-28'),
});

describe('every request has one outcome, and its requester is told once', () => {
  test('S1 S3 S6 S10 whatever order peers, operator, time and late interceptors come in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scripts, async (s, { client, server, world: turns, end, moods, profile }) => {
        const later = (action: InterceptAction): Promise<InterceptAction> =>
          s.schedule(Promise.resolve(action), 'verdict');
        const limits = { pendingPerSession: 3, reservedPerSession: 2, heldFramesPerSession: 4 };
        const world = new World({ limits, times, interceptors: [moody(moods, later)] });
        const pair = world.open({ profile: builtInProfiles.get(profile)! });
        answerReplays(pair);
        pair.server.becomeReady();
        const act = (who: string, step: () => void): { label: string; builder: () => Promise<void> } => ({
          label: who,
          builder: async () => {
            step();
            world.breathe();
            expectExactLedger(world);
          },
        });
        const turn = (step: WorldStep) => act('world', () => turnWorld(world, pair, step));
        s.scheduleSequence(client.map((step) => act('client', () => takeStep(pair, 'client-to-server', step))));
        s.scheduleSequence(server.map((step) => act('server', () => takeStep(pair, 'server-to-client', step))));
        s.scheduleSequence(turns.toSpliced(end.place, 0, end.end).map(turn));
        await s.waitIdle();

        [pair.client.isReading, pair.server.ear.isReading] = [true, true];
        drain(pair);
        // Every deadline passes, a recovery comes to its end; then the operator closes what is still open.
        world.clock.advance(10_000);
        await s.waitIdle();
        drain(pair);
        const { pending, held, state } = pair.session.snapshot();
        // Only a subscription has no deadline of its own.
        expect(pending.filter(({ method: asked }) => asked !== 'subscriptions/listen')).toEqual([]);
        if (state === 'active.serving') expect(held).toEqual([]);
        pair.session.close();
        world.clock.advance(10_000);
        expectOneOutcomeEach(pair);
        expectEverybodyTold(pair);
        expectNothingOwned(pair);
        expectExactCounts(world);
        expectNothingLeft(world);
      }),
      runs(90),
    );
  });
});

describe('what once went wrong', () => {
  /** Decides by what the frame is: the first rule whose word stands in the message. */
  function ruled(rules: Readonly<Record<string, InterceptAction>>): Interceptor {
    return {
      name: 'ruled',
      intercept: ({ message }) => {
        const text = JSON.stringify(message);
        return Object.entries(rules).find(([word]) => text.includes(word))?.[1];
      },
    };
  }
  const delayed: InterceptAction = { action: 'delay', delayMs: 1000 };

  test('a queue goes on when its head ends together with those behind it', () => {
    const world = new World({ interceptors: [ruled({ question: delayed })] });
    const pair = world.open();
    pair.shake();
    pair.ask('client-to-server', { id: 1, method: 'tools/call', params: { _meta: { progressToken: 't' } } });
    pair.ask('server-to-client', { id: 'a', method: 'question' });
    pair.ask('server-to-client', { id: 'b', method: 'question' });
    pair.fromServer({ method: 'notifications/progress', params: { progressToken: 't', progress: 1 } });
    pair.session.client.closed(false);
    pair.fromServer({ id: 1, result: {} });
    expect(pair.client.heard.map(({ id: known, method: said }) => known ?? said)).toEqual([
      'notifications/progress',
      1,
    ]);
    expect(pair.endedFor).toBe('client-closed');
  });

  test('R5 the first answer counts, also while it is held', () => {
    const world = new World({ interceptors: [ruled({ '"first"': delayed })] });
    const pair = world.open();
    pair.shake();
    pair.ask('client-to-server', { id: 1, method: 'tools/call' });
    pair.fromServer({ id: 1, result: { answer: 'first' } });
    pair.fromServer({ id: 1, result: { answer: 'second' } });
    world.clock.advance(1000);
    expect(pair.client.heard.map(({ result }) => result)).toEqual([{ answer: 'first' }]);
    expect(pair.session.snapshot().counts.duplicateResponses).toBe(1);
  });

  test('a question that the client has not seen is not called off there', () => {
    const world = new World({ interceptors: [ruled({ question: delayed })] });
    const pair = world.open();
    pair.shake();
    pair.ask('server-to-client', { id: 'a', method: 'question' });
    pair.server.lose();
    expect(pair.client.heard).toEqual([]);
  });

  test('a mocked answer to the replayed log level goes to nobody', () => {
    const rules: Record<string, InterceptAction> = {};
    const world = new World({ interceptors: [ruled(rules)] });
    const pair = world.open();
    pair.shake();
    pair.ask('client-to-server', { id: 1, method: 'logging/setLevel', params: { level: 'info' } });
    pair.fromServer({ id: 1, result: {} });
    pair.client.take();
    pair.server.lose();
    world.breathe();
    pair.server.becomeReady();
    pair.fromServer({
      id: pair.server.ear.heard.at(-1)?.id,
      result: { protocolVersion: '2025-11-25', capabilities: { tools: {} } },
    });
    rules['result'] = { action: 'mock', result: {} };
    const replayed = pair.server.ear.heard.at(-1);
    pair.fromServer({ id: replayed?.id, result: {} });
    expect(replayed?.method).toBe('logging/setLevel');
    expect([pair.client.heard, pair.session.snapshot().pending]).toEqual([[], []]);
  });

  test('an error that names no request does not pass an interceptor that blocks it', () => {
    const world = new World({
      interceptors: [ruled({ secret: { action: 'block' }, other: { action: 'modify', message: unnamed('changed') } })],
    });
    const pair = world.open();
    pair.shake();
    pair.fromServer(unnamed('secret'));
    pair.fromServer(unnamed('other'));
    expect(pair.client.heard.map(({ error }) => error?.message)).toEqual(['changed']);
    expect(pair.session.snapshot().counts).toMatchObject({ errorsWithoutId: 2, blocked: 1, dropped: 1 });
  });

  test('an answer that finds no room while it would have to wait is counted, never lost silently', () => {
    const world = new World({ limits: { heldFramesPerSession: 0 }, interceptors: [ruled({ error: delayed })] });
    const pair = world.open();
    pair.shake();
    pair.fromServer(unnamed('late'));
    expect(pair.client.heard).toEqual([]);
    expect(pair.session.snapshot().counts).toMatchObject({ refusedHeld: 1, dropped: 1 });
  });

  test('a client that left without reading is written to no more', () => {
    const world = new World();
    const pair = world.open();
    pair.shake();
    pair.client.isReading = false;
    pair.fromServer({ method: 'notifications/message', params: {} });
    pair.fromServer({ method: 'notifications/message', params: {} });
    pair.leave();
    expect(pair.client.closedFor).toBe('client-gone');
    expect(world.clock.pending).toBe(0);
  });
});

function unnamed(text: string): { readonly jsonrpc: '2.0'; readonly id: null; readonly error: object } {
  return { jsonrpc: '2.0', id: null, error: { code: 1, message: text } };
}
