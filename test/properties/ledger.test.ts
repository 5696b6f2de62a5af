/**
 * What sessions share and what they own (S1, S7, F2, F5): the share of the process-wide limit in use is the sum of what
 * waits in all sessions after every step; when a session has ended it owns nothing and nothing reaches it any more; when all
 * have, no share is used and no timer is set.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Direction, RequestId } from '../../src/protocol/envelope.ts';
import type { Limits } from '../../src/session/limits.ts';
import {
  expectEverybodyTold,
  expectExactCounts,
  expectExactLedger,
  expectNothingLeft,
  expectNothingOwned,
  expectOneOutcomeEach,
} from './laws.ts';
import { type Pair, World, runs } from './world.ts';

type Step =
  | {
      readonly do: 'ask' | 'answer' | 'cancel';
      readonly on: number;
      readonly by: Direction;
      readonly id: RequestId;
      readonly method: string;
    }
  | {
      readonly do: 'lose' | 'return' | 'half-close' | 'leave' | 'close' | 'drain' | 'open stream' | 'open';
      readonly on: number;
    }
  | { readonly do: 'wait'; readonly ms: number };

const on = fc.nat(4);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('ask', 'ask', 'answer', 'cancel'),
      on,
      by: fc.constantFrom<Direction>('client-to-server', 'client-to-server', 'server-to-client'),
      id: fc.nat(5),
      method: fc.constantFrom('tools/call', 'tools/call', 'ping', 'initialize', 'subscriptions/listen'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('lose', 'return', 'open stream'), on }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('half-close', 'leave', 'close', 'drain', 'open', 'open'), on }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat(20).map((tenths) => tenths * 100) }) },
);

const limits: Partial<Limits> = {
  pendingPerSession: 4,
  pendingTotal: 7,
  reservedPerSession: 2,
  reservedTotal: 3,
  listensPerSession: 1,
  listensTotal: 2,
  heldFramesPerSession: 3,
  sessions: 1000,
};
const times = {
  initializeMs: 1500,
  pingMs: 800,
  requestIdleMs: 1000,
  requestAbsoluteMs: 2000,
  drainMs: 1700,
  recoveryMs: 1300,
  sessionIdleMs: 5000,
  sessionAgeMs: 20_000,
};

function take(world: World, pairs: Pair[], step: Step): void {
  if (step.do === 'wait') {
    world.clock.advance(step.ms);
    return;
  }
  if (step.do === 'open') {
    const pair = world.open();
    if (step.on % 2 === 0) pair.server.becomeReady();
    pairs.push(pair);
    return;
  }
  const pair = pairs[step.on % pairs.length]!;
  switch (step.do) {
    case 'ask':
      pair.ask(step.by, { id: step.id, method: step.method });
      break;
    case 'answer':
      pair.from(step.by, { id: step.id, result: { protocolVersion: '2025-11-25', capabilities: {} } });
      break;
    case 'cancel':
      pair.from(step.by, { method: 'notifications/cancelled', params: { requestId: step.id } });
      break;
    case 'lose':
      pair.server.lose();
      break;
    case 'return':
      pair.server.becomeReady();
      break;
    case 'open stream':
      pair.session.client.attached(step.on % 2 === 0);
      break;
    case 'half-close':
      pair.session.client.closed(false);
      break;
    case 'leave':
      if (pair.endedFor === undefined) pair.leave();
      break;
    case 'close':
      pair.session.close();
      break;
    case 'drain':
      pair.session.drain();
  }
  world.breathe();
}

describe('the ledger of the process', () => {
  test('S1 S7 F2 F5 is the sum over the sessions after every step, and empty after the last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 60, size: 'max' }), fc.boolean(), async (steps, isDrained) => {
        const world = new World({ limits, times });
        const pairs = [world.open()];
        pairs[0]!.server.becomeReady();
        for (const one of steps) {
          take(world, pairs, one);
          expectExactLedger(world);
        }
        const over = isDrained ? world.runtime.drain() : world.runtime.stop();
        // Deadlines pass at once: nobody's request may outlive them.
        world.clock.advance(10_000);
        await over;
        for (const pair of pairs) {
          expectOneOutcomeEach(pair);
          expectEverybodyTold(pair);
          expectNothingOwned(pair);
        }
        expectExactCounts(world);
        expectNothingLeft(world);
      }),
      runs(80),
    );
  });
});

describe('a session that has ended', () => {
  const ending = fc.constantFrom('leave', 'close', 'drain', 'lose');

  test('S1 stays as it is, whatever comes for it, and nobody hears of it any more', () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { maxLength: 30, size: 'max' }),
        ending,
        fc.array(anyStep, { maxLength: 20, size: 'max' }),
        (before, end, after) => {
          const world = new World({ limits, times });
          const pair = world.open();
          pair.shake();
          const own = (steps: readonly Step[]): readonly Step[] => steps.filter((one) => one.do !== 'open');
          for (const one of own(before)) take(world, [pair], one);
          take(world, [pair], { do: end, on: 0 });
          world.clock.advance(10_000);
          pair.session.close();

          const last = pair.session.snapshot();
          const heard = [pair.client.everything.length, pair.server.ear.everything.length, pair.settled.length];
          for (const one of own(after)) take(world, [pair], one);
          const { ageMs, ...now } = pair.session.snapshot();
          expect(ageMs).toBeGreaterThanOrEqual(last.ageMs);
          expect({ ...now, ageMs: last.ageMs }).toEqual(last);
          expect([pair.client.everything.length, pair.server.ear.everything.length, pair.settled.length]).toEqual(
            heard,
          );
          expectNothingOwned(pair);
          expectNothingLeft(world);
        },
      ),
      runs(80),
    );
  });
});
