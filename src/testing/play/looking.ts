/**
 * Looks for a play that shows something: goes through plays from a seed until one does, and through shorter ones as long as they still do.
 * Knows no laws; what a play shows it is told. Loads fast-check.
 */

import fc from 'fast-check';
import type { ReplayName } from '../replay-name.ts';
import { shorten } from './shorten.ts';
import type { Play } from './step.ts';

/** Plays it, and returns what it has shown; undefined where that is not what is looked for. */
export type Look<Shown> = (play: Play) => Promise<Shown | undefined>;

export interface LookOptions extends Partial<ReplayName> {
  /** How many plays are tried. */
  readonly numRuns: number;
}

/**
 * What the first play shows that shows anything, and its name. With a path that play alone is tried, and those after it.
 * @throws what `look` throws.
 */
export async function firstShown<Shown>(
  plays: fc.Arbitrary<Play>,
  look: Look<Shown>,
  options: LookOptions,
): Promise<(ReplayName & { readonly shown: Shown }) | undefined> {
  let ended: { readonly shown: Shown } | { readonly error: unknown } | undefined;
  const property = fc.asyncProperty(plays, async (play) => {
    try {
      const shown = await look(play);
      if (shown !== undefined) ended = { shown };
    } catch (error) {
      ended = { error };
    }
    return ended === undefined;
  });
  const { counterexamplePath: path, seed } = await fc.check(property, { ...options, endOnFailure: true });
  if (ended === undefined || path === null) return undefined;
  if ('error' in ended) throw ended.error;
  return { shown: ended.shown, seed, path };
}

/** What the shortest play shows that still shows it. */
export async function shortestShown<Shown extends { readonly play: Play }>(
  first: Shown,
  look: Look<Shown>,
  attemptsMax?: number,
): Promise<Shown> {
  let shortest = first;
  const stillShows = async (play: Play): Promise<boolean> => {
    const shown = await look(play);
    shortest = shown ?? shortest;
    return shown !== undefined;
  };
  await shorten(first.play, stillShows, attemptsMax);
  return shortest;
}
