/** What a law is, and what it says of a history. Types alone. */

import type { History } from '../play/history.ts';
import type { TargetFacts, TargetKind } from '../play/target.ts';

export interface Violation {
  readonly law: string;
  /** One sentence for people: what came, or did not come, and what should have. */
  readonly text: string;
  /** The events of the history that show it, by `seq`; the last of them is where it broke. */
  readonly at: readonly number[];
}

export interface Judgement {
  /** How often the law could have been broken. A law that was never put to the test is not kept, it is unknown. */
  readonly exercised: number;
  readonly violations: readonly Violation[];
}

export interface Law {
  /** As reports, baselines and the command line name it: `one-outcome`. */
  readonly id: string;
  /** One sentence that can be true or false. */
  readonly text: string;
  /** Where it is written: the revision and section of the specification, or the rule of ours. */
  readonly source: string;
  /** No specification says it: what breaks it is told, and fails nothing. */
  readonly isNote?: true;
  /** What it is about. */
  readonly of: readonly TargetKind[];
  /** Whether a target like this can break it; every target that it is about, unless said otherwise. */
  appliesTo?(facts: TargetFacts): boolean;
  judge(history: History, target: TargetFacts): Judgement;
}
