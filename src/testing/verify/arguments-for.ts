/**
 * Arguments that a JSON Schema allows, as fast-check makes and shortens them. Of the schema's words it follows those that say what may
 * stand there; one that it does not know is left to the server to judge, whose refusal is an answer as good as any. Bounded in depth
 * and length, whatever the schema says.
 */

import fc from 'fast-check';
import { isJsonObject } from '../../protocol/derive.ts';

type Schema = Readonly<Record<string, unknown>>;

const depthMax = 4;
const itemsMax = 3;
const textCharactersMax = 40;
/** Numbers are small: many of them are durations and counts. */
const numberMax = 20;

/** @param schema of a tool's arguments; anything that is none counts as one that allows everything. */
export function argumentsFor(schema: unknown): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const root = isJsonObject(schema) ? schema : {};
  return objectOf(root, root, 0);
}

function valueOf(schema: unknown, root: Schema, depth: number): fc.Arbitrary<unknown> {
  if (!isJsonObject(schema) || depth > depthMax) return fc.constant(null);
  const { $ref, const: constant, enum: choices, anyOf, oneOf, allOf } = schema;
  if (typeof $ref === 'string') return valueOf(referred($ref, root), root, depth + 1);
  if ('const' in schema) return fc.constant(constant);
  if (Array.isArray(choices) && choices.length > 0) return fc.constantFrom(...(choices as readonly unknown[]));
  const options = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
  if (options.length > 0)
    return fc.oneof(...(options as readonly unknown[]).map((one) => valueOf(one, root, depth + 1)));
  if (Array.isArray(allOf)) return valueOf(merged(schema, allOf as readonly unknown[]), root, depth + 1);
  const types = typesOf(schema);
  return types.length === 1
    ? typed(types[0]!, schema, root, depth)
    : fc.oneof(...types.map((type) => typed(type, schema, root, depth)));
}

function typed(type: string, schema: Schema, root: Schema, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return integerOf(schema);
    case 'number':
      return fc.oneof(
        integerOf(schema),
        integerOf(schema).map((value) => Math.min(value + 0.5, upper(schema))),
      );
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const least = Math.min(numberIn(schema, 'minItems') ?? 0, itemsMax * 4);
      const maxLength = Math.max(least, Math.min(numberIn(schema, 'maxItems') ?? itemsMax, itemsMax));
      return fc.array(valueOf(schema['items'] ?? {}, root, depth + 1), { minLength: least, maxLength });
    }
    case 'object':
      return objectOf(schema, root, depth);
    default:
      return fc.constant(null);
  }
}

function objectOf(schema: Schema, root: Schema, depth: number): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const { properties, required } = schema;
  const members = isJsonObject(properties) ? Object.entries(properties) : [];
  const needed = Array.isArray(required) ? (required as readonly unknown[]) : [];
  const shapes = Object.fromEntries(members.map(([name, member]) => [name, valueOf(member, root, depth + 1)]));
  const requiredKeys = members.map(([name]) => name).filter((name) => needed.includes(name));
  return fc.record(shapes, { requiredKeys, noNullPrototype: true });
}

function textOf(schema: Schema): fc.Arbitrary<string> {
  const { default: usual, examples, format } = schema;
  const said = [usual, ...(Array.isArray(examples) ? (examples as readonly unknown[]) : [])].filter(
    (value): value is string => typeof value === 'string',
  );
  // A pattern, and most formats, are met by what the author gives as an example, or by nothing.
  if (said.length > 0) return fc.constantFrom(...said);
  if (format === 'uri' || format === 'url') return fc.constant('https://example.com/');
  if (format === 'date') return fc.constant('2026-01-01');
  if (format === 'date-time') return fc.constant('2026-01-01T00:00:00Z');
  if (format === 'email') return fc.constant('someone@example.com');
  const minLength = Math.min(numberIn(schema, 'minLength') ?? 0, textCharactersMax);
  const maxLength = Math.max(
    minLength,
    Math.min(numberIn(schema, 'maxLength') ?? textCharactersMax, textCharactersMax),
  );
  return fc.string({ minLength, maxLength, unit: 'grapheme' }).map((text) => text.slice(0, maxLength));
}

function integerOf(schema: Schema): fc.Arbitrary<number> {
  const exclusive = numberIn(schema, 'exclusiveMinimum');
  const least = Math.ceil(numberIn(schema, 'minimum') ?? (exclusive === undefined ? 0 : exclusive + 1));
  const max = Math.floor(Math.min(upper(schema), least + numberMax));
  const small = fc.integer({ min: Math.min(least, max), max });
  const usual = numberIn(schema, 'default');
  return usual !== undefined && Number.isInteger(usual) ? fc.oneof(fc.constant(usual), small) : small;
}

function upper(schema: Schema): number {
  const exclusive = numberIn(schema, 'exclusiveMaximum');
  return numberIn(schema, 'maximum') ?? (exclusive === undefined ? Infinity : exclusive - 1);
}

function typesOf({ type, properties, items }: Schema): readonly string[] {
  if (typeof type === 'string') return [type];
  if (Array.isArray(type) && type.length > 0) return type.map(String);
  if (properties !== undefined) return ['object'];
  if (items !== undefined) return ['array'];
  return ['string', 'integer', 'boolean', 'null'];
}

/** `#/$defs/name`; a place elsewhere is not looked up. */
function referred(place: string, root: Schema): unknown {
  if (!place.startsWith('#/')) return undefined;
  const names = place
    .slice(2)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>(
    (at, name) => (isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    root,
  );
}

function merged(schema: Schema, parts: readonly unknown[]): Schema {
  const { allOf, ...own } = schema;
  return Object.assign({}, own, ...parts.filter(isJsonObject)) as Schema;
}

function numberIn(schema: Schema, name: string): number | undefined {
  const value = schema[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
