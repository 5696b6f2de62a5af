/** What a file says that has not the shape it should have, in sentences with places, out of what a Zod schema found. */

import { z } from 'zod';
import { meant } from './near-name.ts';
import type { Mistake, YamlText } from './yaml-text.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** @param schema the one that found the issues: it knows which keys there are. */
export function shapeMistakes(issues: readonly Issue[], text: YamlText, schema: z.ZodType): readonly Mistake[] {
  const known: unknown = z.toJSONSchema(schema, { io: 'input' });
  return issues.flatMap((issue) => mistakesOf(issue, text, known));
}

function mistakesOf(issue: Issue, text: YamlText, known: unknown): readonly Mistake[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const keys = keysAt(known, path);
    return issue.keys.map((key) => ({
      ...text.placeOf([...path, key], 'key'),
      message: `${shown([...path, key])}: there is no such key${meant(key, keys)}`,
    }));
  }
  const said = valueAt(text.value, path);
  if (said === undefined && path.length > 0 && issue.code !== 'invalid_key') {
    return [{ ...text.placeOf(path.slice(0, -1), 'key'), message: `${shown(path)} is missing` }];
  }
  if (issue.code === 'invalid_key') {
    const [first] = issue.issues;
    return [{ ...text.placeOf(path, 'key'), message: `${shown(path)}: ${first?.message ?? issue.message}` }];
  }
  return [{ ...text.placeOf(path), message: `${shown(path)}: ${sentenceOf(issue, said)}` }];
}

function sentenceOf(issue: Issue, said: unknown): string {
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    const isOne = allowed.length === 1;
    return `it is ${isOne ? '' : 'one of '}${allowed.join(', ')}${typeof said === 'string' ? meant(said, allowed) : ''}`;
  }
  if (issue.code === 'invalid_type') {
    return `it is to be ${kinds[issue.expected] ?? issue.expected}, and not ${kindOf(said)}`;
  }
  return issue.message;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a list of keys with values',
  record: 'a list of keys with values',
  boolean: 'true or false',
};

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  return kinds[typeof value] ?? typeof value;
}

/** `routes[0].path`, as people write it. */
export function shown(path: Path): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) found = memberOf(found, part);
  return found;
}

function memberOf(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** The keys that a JSON Schema knows where the path leads. */
function keysAt(schema: unknown, path: Path): readonly string[] {
  let found = schema;
  for (const part of path) {
    const named = memberOf(memberOf(found, 'properties'), part);
    found = typeof part === 'number' ? memberOf(found, 'items') : (named ?? memberOf(found, 'additionalProperties'));
  }
  const properties = memberOf(found, 'properties');
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}
