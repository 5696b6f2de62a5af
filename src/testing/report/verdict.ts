/** What is said of a law after a run: a law that was never put to the test is not kept, it is not known. */

import type { Findings, LawFinding, Verdict } from './finding.ts';

export function verdictOf({ law, counterexample, isKnown, exercised }: LawFinding): Verdict {
  if (counterexample !== undefined) return isKnown ? 'known' : law.isNote === true ? 'note' : 'broken';
  return exercised === 0 ? 'not exercised' : 'kept';
}

/** A law is broken that was not known to be. */
export function isBroken({ laws }: Findings): boolean {
  return laws.some((finding) => verdictOf(finding) === 'broken');
}
