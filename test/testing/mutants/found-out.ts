/** Looks for the play that shows a wrong proxy to be wrong, and makes it short. */
import { inProcessTarget } from '../../../src/testing/in-process/target.ts';
import { judge } from '../../../src/testing/laws/laws.ts';
import { arbitraryPlay } from '../../../src/testing/play/arbitrary.ts';
import { firstShown, shortestShown } from '../../../src/testing/play/looking.ts';
import { perform } from '../../../src/testing/play/perform.ts';
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
  const look = async (play: Play, only?: string): Promise<Found | undefined> => {
    const law = (await brokenBy(play, target)).find((each) => only === undefined || each === only);
    return law === undefined ? undefined : { law, play };
  };
  const found = await firstShown(arbitraryPlay(target), async (play) => look(play), { numRuns, seed: 1 });
  if (found === undefined) return undefined;
  const { shown } = found;
  return shortestShown(shown, async (play) => look(play, shown.law), attemptsMax);
}
