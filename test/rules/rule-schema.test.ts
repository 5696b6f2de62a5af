import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ruleFileJsonSchema, ruleFileSchema } from '../../src/rules/rule-schema.ts';

test('what is left out of a rule is as it usually is', () => {
  const read = ruleFileSchema.parse({ version: 1, rules: [{ id: 'x', do: [{ pause: {} }, { log: {} }] }] });
  expect(read).toEqual({
    version: 1,
    plugins: [],
    rules: [
      {
        id: 'x',
        enabled: true,
        priority: 0,
        on: 'frame',
        onError: 'open',
        do: [{ pause: { ms: 60_000, default: 'block' } }, { log: { level: 'info' } }],
      },
    ],
  });
});

test('the schema for editors is the one that is published', () => {
  expect(readFileSync('docs/reference/rules.schema.json', 'utf8')).toBe(ruleFileJsonSchema());
});
