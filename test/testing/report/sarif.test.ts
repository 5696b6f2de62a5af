import { expect, test } from 'vitest';
import { sarifReport } from '../../../src/testing/report/sarif.ts';
import { findings } from './example.ts';

test('every broken law is a result, at its tape, with what it takes to see it again', () => {
  const { runs } = JSON.parse(sarifReport([findings], { version: '1.2.3', tapeOf: (law) => `${law}.tape.jsonl` })) as {
    readonly runs: readonly { readonly results: readonly object[]; readonly tool: unknown }[];
  };
  expect(runs[0]?.results).toMatchObject([
    {
      ruleId: 'one-outcome',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'tools/call 1 was answered twice' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'one-outcome.tape.jsonl' } } }],
      properties: { replay: '7:3:0' },
    },
    { ruleId: 'progress-first', level: 'note', suppressions: [{ kind: 'external' }] },
  ]);
  expect(runs[0]?.tool).toMatchObject({ driver: { name: 'ninelives verify', semanticVersion: '1.2.3' } });
});
