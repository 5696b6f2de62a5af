/**
 * A session among peers, operator, time and interceptors that all do what they like, in an order that is fast-check's; and the
 * laws that hold when it is over.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Direction, type RequestId, opposite } from '../../src/protocol/envelope.ts';
import type { InterceptAction } from '../../src/session/interception.ts';
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
import { type PeerTurn, takeTurn } from './peer-turn.ts';
import { type Pair, World, type WorldOptions, bytesOf } from './world.ts';

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

type WorldStep = { readonly do: 'wait'; readonly ms: number } | { readonly do: PeerTurn | 'nothing' };

const worldStep: fc.Arbitrary<WorldStep> = fc.oneof(
  { weight: 5, arbitrary: fc.nat(10).map((tenths): WorldStep => ({ do: 'wait', ms: tenths * 100 })) },
  { weight: 2, arbitrary: fc.constant<WorldStep>({ do: 'lose' }) },
  { weight: 4, arbitrary: fc.constant<WorldStep>({ do: 'return' }) },
);

const ending: fc.Arbitrary<WorldStep> = fc
  .constantFrom('half-close' as const, 'leave' as const, 'close' as const, 'drain' as const, 'nothing' as const)
  .map((what): WorldStep => ({ do: what }));

function turnWorld(world: World, pair: Pair, step: WorldStep): void {
  if (step.do === 'wait') world.clock.advance(step.ms);
  else if (step.do !== 'nothing') takeTurn(pair, step.do);
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

/** What peers, world and interceptors are going to do, each in their order. */
export const scripts = fc.record({
  client: fc.array(peerStep, { maxLength: 14 }),
  server: fc.array(peerStep, { maxLength: 14 }),
  world: fc.array(worldStep, { maxLength: 8 }),
  end: fc.nat(8).chain((place) => ending.map((end) => ({ place, end }))),
  moods: fc.array(mood, { minLength: 1, maxLength: 6 }),
  profile: fc.constantFrom('mcp', 'mcp', 'lsp-like', 'lenient', 'mcp-2026-07-28'),
});

type Play = typeof scripts extends fc.Arbitrary<infer Script> ? Script : never;

/** Plays it to its end, and holds it to the laws. */
export async function expectOneOutcomeOfEach(
  s: fc.Scheduler,
  { client, server, world: turns, end, moods, profile }: Play,
  options: WorldOptions = {},
): Promise<void> {
  const later = (action: InterceptAction): Promise<InterceptAction> => s.schedule(Promise.resolve(action), 'verdict');
  const limits = { pendingPerSession: 3, reservedPerSession: 2, heldFramesPerSession: 4 };
  const world = new World({ ...options, limits, times, interceptors: [moody(moods, later)] });
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
}
