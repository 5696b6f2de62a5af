/** Looks for the play that shows a wrong proxy to be wrong, and makes it short. */
import fc from 'fast-check';
import { inProcessTarget } from '../../../src/testing/in-process/target.ts';
import { judge } from '../../../src/testing/laws/laws.ts';
import { arbitraryPlay } from '../../../src/testing/play/arbitrary.ts';
import { perform } from '../../../src/testing/play/perform.ts';
import { shorten } from '../../../src/testing/play/shorten.ts';
import type { Play } from '../../../src/testing/play/step.ts';
import type { Target } from '../../../src/testing/play/target.ts';
import { CarefulProxy, type CarefulSession, pendingMax } from './careful-proxy.ts';

/** A proxy of such sessions, over links. */
export function inMemory(era: Target['era'], Session: typeof CarefulSession): Target {
  const options = { era, isSynchronous: true, pendingMax };
  return inProcessTarget('proxy', (world) => new CarefulProxy(world, Session), options);
}

/** The laws that a play shows broken, by their ids. */
export async function brokenBy(play: Play, target: Target): Promise<readonly string[]> {
  const rulings = judge(await perform(play, target), target);
  return rulings.filter(({ judgement }) => judgement.violations.length > 0).map(({ law }) => law.id);
}

export interface Found {
  readonly law: string;
  readonly play: Play;
}

/** The first play that shows it, shortened; undefined when none of so many does. */
export async function foundOut(
  target: Target,
  { numRuns = 1000, attemptsMax = 1000 } = {},
): Promise<Found | undefined> {
  const plays = arbitraryPlay(target);
  const { counterexample } = await fc.check(
    fc.asyncProperty(plays, async (play) => (await brokenBy(play, target)).length === 0),
    { numRuns, seed: 1, endOnFailure: true },
  );
  if (counterexample === null) return undefined;
  const [law = ''] = await brokenBy(counterexample[0], target);
  const stillShows = async (shorter: Play): Promise<boolean> => (await brokenBy(shorter, target)).includes(law);
  return { law, play: await shorten(counterexample[0], stillShows, attemptsMax) };
}
