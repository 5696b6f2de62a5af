/**
 * Findings as SARIF 2.1.0, which code hosts show beside the code. What is tested has no file: a result is placed in the tape that was
 * written of it, or where nothing was written, at the thing itself by its name.
 */

import type { Findings, LawFinding } from './finding.ts';
import { verdictOf } from './verdict.ts';

export interface SarifOptions {
  readonly version: string;
  /** The tape of a law's counterexample, as a path. */
  readonly tapeOf?: (law: string) => string | undefined;
}

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

export function sarifReport(all: readonly Findings[], { version, tapeOf = () => undefined }: SarifOptions): string {
  const rules = new Map(all.flatMap(({ laws }) => laws.map(({ law }) => [law.id, law] as const)));
  const ids = [...rules.keys()];
  const log = {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'ninelives verify',
            semanticVersion: version,
            rules: [...rules.values()].map(({ id, text, source }) => ({
              id,
              shortDescription: { text },
              help: { text: `Where it is written: ${source}` },
            })),
          },
        },
        results: all.flatMap((findings) =>
          findings.laws.flatMap((finding) => resultOf(finding, findings, ids, tapeOf(finding.law.id))),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(
  finding: LawFinding,
  { target }: Findings,
  ids: readonly string[],
  tape: string | undefined,
): object[] {
  const { law, counterexample } = finding;
  if (counterexample === undefined) return [];
  const { violation, seed, path, steps } = counterexample;
  const verdict = verdictOf(finding);
  return [
    {
      ruleId: law.id,
      ruleIndex: ids.indexOf(law.id),
      level: verdict === 'broken' ? 'error' : 'note',
      message: { text: violation.text },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: encodeURI(tape ?? 'ninelives-verify') } },
          logicalLocations: [{ fullyQualifiedName: target.name, kind: 'module' }],
        },
      ],
      partialFingerprints: { 'law/v1': `${target.kind}:${target.era}:${law.id}` },
      ...(verdict === 'known' ? { suppressions: [{ kind: 'external', justification: 'known in the baseline' }] } : {}),
      properties: { replay: `${seed}:${path}`, steps, era: target.era },
    },
  ];
}
