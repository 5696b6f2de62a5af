import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inProcessTarget } from '../../../src/testing/in-process/target.ts';
import { judge } from '../../../src/testing/laws/laws.ts';
import { arbitraryPlay } from '../../../src/testing/play/arbitrary.ts';
import { perform } from '../../../src/testing/play/perform.ts';
import { shorten } from '../../../src/testing/play/shorten.ts';
import type { Play } from '../../../src/testing/play/step.ts';
import type { Target } from '../../../src/testing/play/target.ts';
import { CarefulProxy, CarefulSession, pendingMax } from './careful-proxy.ts';
import { CarefulFront, httpTarget } from './http-front.ts';
import { httpMutants } from './http-mutants.ts';
import { listeningMutants } from './listening-mutants.ts';
import { mutants } from './mutants.ts';

/** The laws that a play shows broken, by their ids. */
async function brokenBy(play: Play, target: Target): Promise<readonly string[]> {
  const rulings = judge(await perform(play, target), target);
  return rulings.filter(({ judgement }) => judgement.violations.length > 0).map(({ law }) => law.id);
}

/** The first play that shows it, shortened; undefined when none does. */
async function foundOut(target: Target): Promise<{ readonly law: string; readonly play: Play } | undefined> {
  const plays = arbitraryPlay(target);
  const { counterexample } = await fc.check(
    fc.asyncProperty(plays, async (play) => (await brokenBy(play, target)).length === 0),
    { numRuns: 1000, seed: 1, endOnFailure: true },
  );
  if (counterexample === null) return undefined;
  const [law = ''] = await brokenBy(counterexample[0], target);
  const stillShows = async (shorter: Play): Promise<boolean> => (await brokenBy(shorter, target)).includes(law);
  return { law, play: await shorten(counterexample[0], stillShows) };
}

const inMemory = (era: Target['era'], Session: typeof CarefulSession): Target =>
  inProcessTarget('proxy', (world) => new CarefulProxy(world, Session), { era, isSynchronous: true, pendingMax });

/** Each may stand alone or behind a front of HTTP. */
const careful: readonly Target[] = (['session', 'stateless'] as const).flatMap((era) => [
  inMemory(era, CarefulSession),
  httpTarget({ era, pendingMax }, CarefulSession, CarefulFront),
]);

test.each(careful)('a proxy without a flaw is accused of nothing, $era, on HTTP: $isHttp', async (target) => {
  const property = fc.asyncProperty(arbitraryPlay(target), async (play) => {
    expect(await brokenBy(play, target)).toEqual([]);
  });
  await fc.assert(property, { numRuns: 200 });
});

describe('U10 a proxy with one flaw', () => {
  const lengths: number[] = [];

  const lawFound = async (target: Target): Promise<string | undefined> => {
    const found = await foundOut(target);
    lengths.push(found?.play.length ?? Infinity);
    return found?.law;
  };

  test.each(mutants)('is found out: $name', async ({ Session, breaks }) => {
    expect(breaks).toContain(await lawFound(inMemory('session', Session)));
  });

  test.each(listeningMutants)('is found out where there are no sessions: $name', async ({ Session, breaks }) => {
    expect(breaks).toContain(await lawFound(inMemory('stateless', Session)));
  });

  test.each(httpMutants)('is found out on HTTP, $era: $name', async ({ era, Front, breaks }) => {
    expect(breaks).toContain(await lawFound(httpTarget({ era, pendingMax }, CarefulSession, Front)));
  });

  test('is found out by a play of at most eight steps, in the median', () => {
    const middle = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)];
    expect(lengths).toHaveLength(mutants.length + listeningMutants.length + httpMutants.length);
    expect(middle).toBeLessThanOrEqual(8);
  });
});
