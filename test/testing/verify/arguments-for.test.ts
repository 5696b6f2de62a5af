import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { argumentsFor } from '../../../src/testing/verify/arguments-for.ts';

const object = (properties: object, required: readonly string[] = Object.keys(properties)): object => ({
  type: 'object',
  properties,
  required,
});

/** Whether every value that is made has this shape. */
function isAlways(schema: object, shape: z.ZodType): boolean {
  const made = fc.sample(argumentsFor(schema), { numRuns: 60, seed: 1 });
  return made.every((one) => shape.safeParse(one).success);
}

describe('arguments are as the schema says', () => {
  test('in their types and bounds', () => {
    const schema = object({
      text: { type: 'string', minLength: 2, maxLength: 5 },
      whole: { type: 'integer', minimum: 3, maximum: 9 },
      above: { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 3 },
      broken: { type: 'number', maximum: 2 },
      yes: { type: 'boolean' },
      list: { type: 'array', items: { type: 'integer' }, minItems: 1 },
      nothing: { type: 'null' },
    });
    const shape = z.object({
      text: z.string().min(2).max(5),
      whole: z.number().int().min(3).max(9),
      above: z.number().int().min(1).max(2),
      broken: z.number().max(2),
      yes: z.boolean(),
      list: z.array(z.number().int()).min(1),
      nothing: z.null(),
    });
    expect(isAlways(schema, shape)).toBe(true);
  });

  test('in choices, references and alternatives', () => {
    const schema = {
      ...object({
        one: { enum: ['a', 'b'] },
        fixed: { const: 7 },
        place: { $ref: '#/$defs/place' },
        either: { anyOf: [{ type: 'string' }, { type: 'boolean' }] },
        both: { allOf: [{ type: 'integer' }, { minimum: 5 }] },
        many: { type: ['integer', 'null'] },
      }),
      $defs: { place: object({ x: { type: 'integer' } }) },
    };
    const shape = z.object({
      one: z.enum(['a', 'b']),
      fixed: z.literal(7),
      place: z.object({ x: z.number() }),
      either: z.union([z.string(), z.boolean()]),
      both: z.number().int().min(5),
      many: z.number().int().nullable(),
    });
    expect(isAlways(schema, shape)).toBe(true);
  });

  test('with what may be left out left out at times, and nothing that it does not name', () => {
    const schema = object({ a: { type: 'boolean' }, b: { type: 'boolean' } }, ['a']);
    const made = fc.sample(argumentsFor(schema), { numRuns: 50, seed: 1 });
    const keys = new Set(made.map((one) => Object.keys(one).toSorted().join()));
    expect([...keys].toSorted()).toEqual(['a', 'a,b']);
  });
});

test('what an author gives as an example is taken for a text that has a form of its own', () => {
  const schema = object({ zip: { type: 'string', pattern: '^[0-9]{5}$', examples: ['10115'] } });
  expect(isAlways(schema, z.object({ zip: z.literal('10115') }))).toBe(true);
});

test.each([
  undefined,
  null,
  'no schema',
  { type: 'object', properties: 'none' },
  { properties: { a: { $ref: '#/nowhere' }, b: { type: 'strange' }, c: true, d: { enum: [] }, e: { anyOf: [] } } },
  object({ a: { type: 'string', minLength: 1e9 }, b: { type: 'array', minItems: 1e9 } }),
  object({ c: { minimum: 9, maximum: 1, type: 'integer' } }),
])('of a schema that says nothing, or nonsense, arguments are made as well: %j', (schema) => {
  expect(fc.sample(argumentsFor(schema), { numRuns: 5, seed: 1 })).toHaveLength(5);
});

test('a schema that refers to itself comes to an end', () => {
  const node = object({ next: { $ref: '#/$defs/node' } });
  expect(fc.sample(argumentsFor({ ...node, $defs: { node } }), { numRuns: 3, seed: 1 })).toHaveLength(3);
});
