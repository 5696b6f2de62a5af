/**
 * Tries plays until one breaks a law, and makes that one as short as it can be. What it finds has a name, `seed:path`, under which the
 * same play is found and shortened again. Loads fast-check.
 */

import type fc from 'fast-check';

import type { Law, Violation } from './laws/law.ts';
import { type Ruling, judge } from './laws/laws.ts';
import type { History } from './play/history.ts';
import { type LookOptions, firstShown, shortestShown } from './play/looking.ts';
import { type PerformOptions, perform } from './play/perform.ts';
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

type Broken = Omit<BrokenPlay, 'replay'>;

/**
 * @throws RangeError for a `replay` that is no `seed:path`, and what the target throws.
 */
export async function search(target: Target, options: SearchOptions): Promise<BrokenPlay | undefined> {
  const attempt = async (play: Play, law?: string): Promise<Broken | undefined> => {
    const history = await perform(play, target, options);
    const rulings = judge(history, target, options.laws);
    options.onPlay?.(play, history, rulings);
    const found = rulings.flatMap(({ judgement }) => judgement.violations);
    const isOfIt = (violation: Violation): boolean => law === undefined || violation.law === law;
    const [first, ...others] = [...found.filter(isOfIt), ...found.filter((violation) => !isOfIt(violation))];
    return first === undefined || !isOfIt(first) ? undefined : { play, history, violations: [first, ...others] };
  };
  const found = await firstShown(options.plays, async (play) => attempt(play), lookOptionsOf(options));
  if (found === undefined) return undefined;
  const { shown, seed, path } = found;
  const { law } = shown.violations[0];
  const { play } = await shortestShown(shown, async (shorter) => attempt(shorter, law), options.attemptsMax);
  // Whoever sees each play sees this one last.
  const broken = await attempt(play, law);
  if (broken === undefined) throw new Error(`It did not happen again: ${law} was broken, and was kept then`);
  return { replay: `${seed}:${path}`, ...broken };
}

function lookOptionsOf({ runs = 200, seed, replay }: SearchOptions): LookOptions {
  if (replay === undefined) return { numRuns: runs, ...(seed === undefined ? {} : { seed }) };
  const named = replayNamed(replay);
  if (named === undefined) throw new RangeError(`This is not 'seed:path': ${replay}`);
  return { numRuns: runs, ...named };
}
