/**
 * The laws that hold of any session whatever happened in it, told from what its peers heard and its observers saw. Each
 * throws an assertion error in the words of the law.
 */
import { expect } from 'vitest';
import type { Direction } from '../../src/protocol/envelope.ts';
import { outcomes } from '../../src/session/outcomes.ts';
import { expectRebuilt } from './taping.ts';
import { type Pair, type World, directed } from './world.ts';

const directions: readonly Direction[] = ['client-to-server', 'server-to-client'];

function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** S3: every request that a session took has exactly one outcome. */
export function expectOneOutcomeEach(pair: Pair): void {
  expect(tally(pair.settled.map(({ direction, id }) => directed(direction, id)))).toEqual(tally(pair.asked));
}

/**
 * Every requester is told exactly once, unless it cancelled or is gone; and nobody is told what he did not ask. Who left
 * without reading may miss something, and hears nothing twice.
 */
export function expectEverybodyTold(pair: Pair): void {
  for (const direction of directions) {
    const ear = pair.earOf(direction);
    const untold = direction === 'client-to-server' ? 'client-gone' : 'upstream-lost';
    const owed = pair.settled.filter(
      (one) => one.direction === direction && one.outcome !== 'cancelled' && one.outcome !== untold,
    );
    // Who asks a session that is over is told so, and there is nothing left that could count it.
    const answers = ear.everything.filter(({ id, method, error }) => {
      return method === undefined && id != null && error?.data?.['reason'] !== 'ended';
    });
    const heard = tally(answers.map(({ id }) => directed(direction, id!)));
    const due = tally(owed.map(({ id }) => directed(direction, id)));
    if (!ear.hasLeftUnread) expect(heard).toEqual(due);
    for (const [name, times] of Object.entries(heard))
      expect({ name, isTooMuch: times > (due[name] ?? 0) }).toEqual({ name, isTooMuch: false });
  }
}

/** S1: what has ended owns nothing, and is written to no more. */
export function expectNothingOwned(pair: Pair): void {
  const { pending, held, state } = pair.session.snapshot();
  expect({ pending, held, isOver: state === 'closed' || state === 'failed' }).toEqual({
    pending: [],
    held: [],
    isOver: true,
  });
  expect([pair.client.strayWrites, pair.server.ear.strayWrites]).toEqual([0, 0]);
  expect(pair.ended?.reason).toBe(pair.endedFor);
}

/** S7: the process-wide share that is used is the sum of what waits in all sessions, at any moment. */
export function expectExactLedger(world: Pick<World, 'runtime'>): void {
  const used = { ordinary: 0, reserved: 0, listen: 0, question: 0 };
  for (const { pending } of world.runtime.sessions()) for (const { budget } of pending) used[budget]++;
  expect(world.runtime.totals().pending).toEqual(used);
}

/** After the last session nothing is left: no share of a limit, no timer, no complaint in the log; and a tape that tells it all. */
export function expectNothingLeft(world: World): void {
  expectRebuilt(world.taping, world.tagRules);
  expect(world.runtime.totals().pending).toEqual({ ordinary: 0, reserved: 0, listen: 0, question: 0 });
  expect({ sessions: [...world.runtime.sessions()].length, timers: world.clock.pending }).toEqual({
    sessions: 0,
    timers: 0,
  });
  expect([...world.errors, ...world.clock.errors]).toEqual([]);
}

/** F2: what observers saw end, what the sessions counted, and the totals are the same numbers. */
export function expectExactCounts(world: Pick<World, 'runtime' | 'pairs'>): void {
  const seen = Object.fromEntries(outcomes.map((outcome) => [outcome, 0]));
  const counted = { ...seen };
  for (const pair of world.pairs.values()) {
    for (const { outcome } of pair.settled) seen[outcome]!++;
    const { counts } = pair.session.snapshot();
    for (const outcome of outcomes) counted[outcome]! += counts[`outcome.${outcome}`];
  }
  const { counts } = world.runtime.totals();
  const total = Object.fromEntries(outcomes.map((outcome) => [outcome, counts[`outcome.${outcome}`]]));
  expect({ counted, total }).toEqual({ counted: seen, total: seen });
}
