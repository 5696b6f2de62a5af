import { expect, test } from 'vitest';
import { z } from 'zod';
import { optionsOf } from '../../../src/rules/builtin/options.ts';

test('options are read, or all that is wrong with them is said', () => {
  const schema = z.strictObject({ a: z.number().default(5), b: z.string() });
  expect(optionsOf(schema, { b: 'x' })).toEqual({ a: 5, b: 'x' });
  expect(() => optionsOf(schema, { a: 'x', c: 1 })).toThrow(/^a: .*; b: .*; Unrecognized key: "c"$/);
});
