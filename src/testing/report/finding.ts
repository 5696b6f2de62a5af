/** What a run of plays has found out about a thing under test: of each law, how often it was put to the test, and what broke it first. Types alone. */

import type { Law, Violation } from '../laws/law.ts';
import type { History } from '../play/history.ts';
import type { TargetFacts } from '../play/target.ts';

/** A conversation that breaks a law, as short as it was found. */
export interface Counterexample {
  readonly violation: Violation;
  readonly history: History;
  /** With which it comes again. */
  readonly seed: number;
  readonly path: string;
  readonly steps: number;
}

export interface LawFinding {
  readonly law: Pick<Law, 'id' | 'text' | 'source' | 'isNote'>;
  /** How often it could have been broken. */
  readonly exercised: number;
  /** It is in the baseline: known to be broken. */
  readonly isKnown: boolean;
  /** It was seen broken once, and not again when the same was played again. */
  readonly isUnsteady?: boolean;
  readonly counterexample?: Counterexample;
}

export interface Findings {
  readonly target: TargetFacts & { readonly name: string };
  readonly seed: number;
  /** Plays that were played, shrinking not counted. */
  readonly runs: number;
  /** Wall time at which the first play began, in milliseconds. */
  readonly beganAt: number;
  readonly elapsedMs: number;
  /** Messages of earlier plays that came in later ones, those for shrinking included: of a target that is kept. */
  readonly leftovers: number;
  readonly laws: readonly LawFinding[];
}

/** `note`: broken, but no specification says it. */
export type Verdict = 'kept' | 'broken' | 'note' | 'known' | 'not exercised';
