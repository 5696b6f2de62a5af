/** docs/verify-peers.md: what each thing made of the laws, and each conversation that breaks one. */

import { fenced, table } from '../../scripts/docs/markdown.ts';
import type { Findings } from '../../src/testing/report/finding.ts';
import { sequenceDiagram } from '../../src/testing/report/sequence-diagram.ts';
import { verdictOf } from '../../src/testing/report/verdict.ts';
import type { Row } from './rows.ts';

export interface Verified {
  readonly row: Row;
  readonly findings: Findings;
}

const diagramWidth = 110;
/** Of a play: a part of what a seed stands for. */
export const stepsMax = 50;

/** @param without those that were not there, or did not come up. */
export function page(all: readonly Verified[], without: readonly string[]): string {
  const examples = all.flatMap((one) => broken(one));
  return [
    '<!-- Written by npm run verify:peers. -->',
    '# Held to the laws',
    `What \`ninelives verify\` says of this proxy, of proxies of other projects and of servers: plays of all kinds for a short time each, with
nothing told about them. A law that is kept was put to the test and not broken in these plays, which proves nothing; what was never put to the
test is not said to be kept. A note is no law of the specification, and good to know. The [guide](guides/verify.md) says how it works.`,
    table(
      ['what', 'as', 'plays', 'kept', 'broken', 'notes', 'not exercised'],
      all.map(({ row, findings }) => [row.what, row.name, String(findings.runs), ...counts(findings)]),
    ),
    ...(without.length === 0 ? [] : [`Left out, because it was not there or did not come up: ${without.join('; ')}.`]),
    '## What was found',
    ...(examples.length === 0 ? ['Nothing.'] : examples),
    '',
  ].join('\n\n');
}

function counts({ laws }: Findings): readonly string[] {
  const of = (verdict: string) => laws.filter((finding) => verdictOf(finding) === verdict);
  const names = (verdict: string): string => {
    const found = of(verdict).map(({ law }) => `\`${law.id}\``);
    return found.length === 0 ? '–' : found.join(', ');
  };
  return [String(of('kept').length), names('broken'), names('note'), String(of('not exercised').length)];
}

function broken({ row, findings }: Verified): readonly string[] {
  return findings.laws.flatMap((finding) => {
    const { law, counterexample } = finding;
    if (counterexample === undefined) return [];
    const { violation, history, seed, path, steps } = counterexample;
    const { kind } = findings.target;
    return [
      `### ${row.what}, ${row.name}: ${law.id}`,
      `${law.text} (${law.source}.) Here: ${violation.text}. ${verdictOf(finding) === 'note' ? 'A note. ' : ''}Again with \`--steps-max ${stepsMax} --replay ${seed}:${path}\`, ${steps} steps.`,
      fenced('text', sequenceDiagram(history, { kind, width: diagramWidth, hasColours: false, at: violation.at })),
    ];
  });
}
