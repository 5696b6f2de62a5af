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
  readonly law: Pick<Law, 'id' | 'text' | 'source'>;
  /** How often it could have been broken. */
  readonly exercised: number;
  /** It is in the baseline: known to be broken. */
  readonly isKnown: boolean;
  readonly counterexample?: Counterexample;
}

export interface Findings {
  readonly target: TargetFacts & { readonly name: string };
  readonly seed: number;
  /** Plays that were played, shrinking not counted. */
  readonly runs: number;
  readonly elapsedMs: number;
  readonly laws: readonly LawFinding[];
}

export type Verdict = 'kept' | 'broken' | 'known' | 'not exercised';
