import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inProcessTarget, reliableFaults } from '../../../src/testing/in-process/target.ts';
import { judge } from '../../../src/testing/laws/laws.ts';
import { arbitraryPlay } from '../../../src/testing/play/arbitrary.ts';
import { perform } from '../../../src/testing/play/perform.ts';
import { shorten } from '../../../src/testing/play/shorten.ts';
import type { Play } from '../../../src/testing/play/step.ts';
import { CarefulProxy, type CarefulSession, pendingMax } from './careful-proxy.ts';
import { type Mutant, mutants } from './mutants.ts';

const plays = arbitraryPlay({ kind: 'proxy', era: 'session', faults: reliableFaults });

/** The laws that a play shows broken, by their ids. */
async function brokenBy(play: Play, Session: typeof CarefulSession): Promise<readonly string[]> {
  const make = (world: ConstructorParameters<typeof CarefulProxy>[0]) => new CarefulProxy(world, Session);
  const target = inProcessTarget('proxy', make, { isSynchronous: true, pendingMax });
  const rulings = judge(await perform(play, target), target);
  return rulings.filter(({ judgement }) => judgement.violations.length > 0).map(({ law }) => law.id);
}

/** The first play that shows it, shortened; undefined when none does. */
async function foundOut({ Session }: Mutant): Promise<{ readonly law: string; readonly play: Play } | undefined> {
  const { counterexample } = await fc.check(
    fc.asyncProperty(plays, async (play) => (await brokenBy(play, Session)).length === 0),
    { numRuns: 1000, seed: 1, endOnFailure: true },
  );
  if (counterexample === null) return undefined;
  const [law = ''] = await brokenBy(counterexample[0], Session);
  const stillShows = async (shorter: Play): Promise<boolean> => (await brokenBy(shorter, Session)).includes(law);
  return { law, play: await shorten(counterexample[0], stillShows) };
}

describe('U10 a proxy with one flaw', () => {
  const lengths: number[] = [];

  test.each(mutants)('is found out: $name', async (mutant) => {
    const found = await foundOut(mutant);
    expect(mutant.breaks).toContain(found?.law);
    lengths.push(found?.play.length ?? Infinity);
  });

  test('is found out by a play of at most eight steps, in the median', () => {
    const middle = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)];
    expect(lengths).toHaveLength(mutants.length);
    expect(middle).toBeLessThanOrEqual(8);
  });
});
