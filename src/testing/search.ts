/**
 * Tries plays until one breaks a law, and makes that one as short as it can be. What it finds has a name, `seed:path`, under which the
 * same play is found and shortened again. Loads fast-check.
 */

import fc from 'fast-check';

import type { Law, Violation } from './laws/law.ts';
import { type Ruling, judge } from './laws/laws.ts';
import type { History } from './play/history.ts';
import { type PerformOptions, perform } from './play/perform.ts';
import { shorten } from './play/shorten.ts';
import type { Play } from './play/step.ts';
import type { Target } from './play/target.ts';
import { replayNamed } from './replay-name.ts';

export interface SearchOptions extends PerformOptions {
  readonly plays: fc.Arbitrary<Play>;
  readonly laws?: readonly Law[];
  /** How many plays are tried. */
  readonly runs?: number;
  readonly seed?: number;
  /** `seed:path`: begins with the play of that name. */
  readonly replay?: string;
  /** How many shorter plays are tried. */
  readonly attemptsMax?: number;
  /** Sees each play when it is over, the shorter ones too. */
  readonly onPlay?: (play: Play, history: History, rulings: readonly Ruling[]) => void;
}

/** A play that breaks a law, as short as it was made. */
export interface BrokenPlay {
  /** `seed:path`. */
  readonly replay: string;
  readonly play: Play;
  readonly history: History;
  /** What is wrong, of the law that it was shortened for first. */
  readonly violations: readonly [Violation, ...Violation[]];
}

/**
 * @throws RangeError for a `replay` that is no `seed:path`, and what the target throws.
 */
export async function search(target: Target, options: SearchOptions): Promise<BrokenPlay | undefined> {
  const thrown: unknown[] = [];
  const attempt = async (play: Play): Promise<{ readonly history: History; readonly found: readonly Violation[] }> => {
    const history = await perform(play, target, options);
    const rulings = judge(history, target, options.laws);
    options.onPlay?.(play, history, rulings);
    return { history, found: rulings.flatMap(({ judgement }) => judgement.violations) };
  };
  const property = fc.asyncProperty(options.plays, async (play) => {
    try {
      return (await attempt(play)).found.length === 0;
    } catch (error) {
      thrown.push(error);
      throw error;
    }
  });
  const { counterexample, counterexamplePath, seed } = await fc.check(property, parametersOf(options));
  if (thrown.length > 0) throw thrown[0];
  if (counterexample === null) return undefined;
  const [whole] = counterexample;
  const law = (await attempt(whole)).found[0]?.law;
  const isOfIt = (violation: Violation): boolean => violation.law === law;
  const shows = async (play: Play): Promise<boolean> => (await attempt(play)).found.some(isOfIt);
  const play = await shorten(whole, shows, options.attemptsMax);
  const { history, found } = await attempt(play);
  const [first, ...others] = [...found.filter(isOfIt), ...found.filter((violation) => !isOfIt(violation))];
  if (first === undefined) throw new Error(`It did not happen again: ${law ?? 'a law'} was broken, and was kept then`);
  return { replay: `${seed}:${counterexamplePath}`, play, history, violations: [first, ...others] };
}

function parametersOf({ runs = 200, seed, replay }: SearchOptions): fc.Parameters<[Play]> {
  const common = { numRuns: runs, endOnFailure: true };
  if (replay === undefined) return { ...common, ...(seed === undefined ? {} : { seed }) };
  const named = replayNamed(replay);
  if (named === undefined) throw new RangeError(`This is not 'seed:path': ${replay}`);
  return { ...common, ...named };
}
