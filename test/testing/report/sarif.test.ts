import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { sarifReport } from '../../../src/testing/report/sarif.ts';
import { findings } from './example.ts';

const text = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string' } },
  additionalProperties: false,
};
const index = { type: 'integer', minimum: -1 };

/** What SARIF 2.1.0 (sections 3.13 to 3.49) says of the members that are used, and that there are no others. */
const sarif = {
  type: 'object',
  required: ['version', 'runs'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool'],
        additionalProperties: false,
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            additionalProperties: false,
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                additionalProperties: false,
                properties: {
                  name: { type: 'string' },
                  semanticVersion: { type: 'string' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id'],
                      additionalProperties: false,
                      properties: { id: { type: 'string' }, shortDescription: text, help: text },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message'],
              additionalProperties: false,
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: index,
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: text,
                locations: {
                  type: 'array',
                  items: {
                    type: 'object',
                    additionalProperties: false,
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation'],
                        additionalProperties: false,
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            additionalProperties: false,
                            // A URI reference: no space stands in it (3.4.3).
                            properties: { uri: { type: 'string', pattern: String.raw`^\S+$` } },
                          },
                        },
                      },
                      logicalLocations: {
                        type: 'array',
                        items: {
                          type: 'object',
                          additionalProperties: false,
                          properties: { fullyQualifiedName: { type: 'string' }, kind: { type: 'string' } },
                        },
                      },
                    },
                  },
                },
                partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
                suppressions: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['kind'],
                    additionalProperties: false,
                    properties: { kind: { enum: ['inSource', 'external'] }, justification: { type: 'string' } },
                  },
                },
                properties: { type: 'object' },
              },
            },
          },
        },
      },
    },
  },
};

test.each([undefined, (law: string) => `a folder/${law}.tape.jsonl`])('is SARIF 2.1.0', (tapeOf) => {
  const isSarif = new Ajv({ allErrors: true }).compile(sarif);
  const report = sarifReport([findings], { version: '1.2.3', ...(tapeOf === undefined ? {} : { tapeOf }) });
  isSarif(JSON.parse(report));
  expect(isSarif.errors).toBe(null);
});

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
