/**
 * What sessions share and what they own (S1, S7, F2, F5): the share of the process-wide limit in use is the sum of what
 * waits in all sessions after every step; when a session has ended it owns nothing and nothing reaches it any more; when all
 * have, no share is used and no timer is set.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/session/limits.ts';
import {
  expectEverybodyTold,
  expectExactCounts,
  expectExactLedger,
  expectNothingLeft,
  expectNothingOwned,
  expectOneOutcomeEach,
} from './laws.ts';
import { type CrowdStep, anyCrowdStep, takeCrowdStep } from './crowd-steps.ts';
import { World, runs } from './world.ts';

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

describe('the ledger of the process', () => {
  test('S1 S7 F2 F5 is the sum over the sessions after every step, and empty after the last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyCrowdStep, { maxLength: 60, size: 'max' }),
        fc.boolean(),
        async (steps, isDrained) => {
          const world = new World({ limits, times });
          const pairs = [world.open()];
          pairs[0]!.server.becomeReady();
          for (const one of steps) {
            takeCrowdStep(world, pairs, one);
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
        },
      ),
      runs(80),
    );
  });
});

describe('a session that has ended', () => {
  const ending = fc.constantFrom('leave', 'close', 'drain', 'lose');

  test('S1 stays as it is, whatever comes for it, and nobody hears of it any more', () => {
    fc.assert(
      fc.property(
        fc.array(anyCrowdStep, { maxLength: 30, size: 'max' }),
        ending,
        fc.array(anyCrowdStep, { maxLength: 20, size: 'max' }),
        (before, end, after) => {
          const world = new World({ limits, times });
          const pair = world.open();
          pair.shake();
          const own = (steps: readonly CrowdStep[]): readonly CrowdStep[] => steps.filter((one) => one.do !== 'open');
          for (const one of own(before)) takeCrowdStep(world, [pair], one);
          takeCrowdStep(world, [pair], { do: end, on: 0 });
          world.clock.advance(10_000);
          pair.session.close();

          const last = pair.session.snapshot();
          const heard = [pair.client.everything.length, pair.server.ear.everything.length, pair.settled.length];
          for (const one of own(after)) takeCrowdStep(world, [pair], one);
          const now = pair.session.snapshot();
          expect(now.ageMs).toBeGreaterThanOrEqual(last.ageMs);
          // Time goes on, and that is all.
          const { ageMs, sinceClientMs, sinceServerMs } = last;
          expect({ ...now, ageMs, sinceClientMs, sinceServerMs }).toEqual(last);
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
