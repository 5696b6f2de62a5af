/** Findings as test cases that every build server can show: a suite for each thing under test, a case for each law. */

import { type JunitCase, junitDocument } from '../../record/junit.ts';
import type { Findings, LawFinding } from './finding.ts';
import { sequenceDiagram } from './sequence-diagram.ts';
import { verdictOf } from './verdict.ts';

const diagramWidth = 110;

/** @param hostname of the machine on which was played. */
export function verifyJunit(all: readonly Findings[], hostname: string): string {
  return junitDocument(
    all.map((findings) => ({
      name: `${findings.target.kind} ${findings.target.name} (${findings.target.era})`,
      beganAt: findings.beganAt,
      elapsedMs: findings.elapsedMs,
      cases: findings.laws.map((finding) => caseOf(finding, findings)),
    })),
    hostname,
  );
}

function caseOf(finding: LawFinding, { target }: Findings): JunitCase {
  const { law, counterexample } = finding;
  const named = { classname: target.name, name: `${law.id}: ${law.text}` };
  const verdict = verdictOf(finding);
  if (counterexample === undefined)
    return verdict === 'kept' ? named : { ...named, skipped: 'it was never put to the test' };
  const { violation, history, seed, path } = counterexample;
  const diagram = sequenceDiagram(history, {
    kind: target.kind,
    width: diagramWidth,
    hasColours: false,
    at: violation.at,
  });
  const lines = [violation.text, `again with --replay ${seed}:${path}`, diagram].join('\n');
  return verdict === 'broken'
    ? { ...named, failure: { type: law.id, message: violation.text, lines } }
    : { ...named, note: lines };
}
