/**
 * Which arguments of a tool travel in HTTP headers as well (2026-07-28, basic/transports/streamable-http, custom headers;
 * SEP-2243): which tools have such arguments, what the headers of a call have to say, and whether those that came with one do.
 * Knows messages and header values, not HTTP, and not who has to hold whom to it.
 *
 * The rules are those of the official TypeScript SDK, version 2.4.0, for its client and its server:
 *
 * - A property of a tool's `inputSchema` with `x-mcp-header` travels as `Mcp-Param-` and the name that stands there, if it is
 *   reached from the root through `properties` alone, its type is string, integer or boolean, the name can be the name of a
 *   header, and no other property of the tool has the same one, whatever its case.
 * - A tool with one annotation that breaks a rule has none. Only a property of the type number counts in spite of the rule:
 *   clients do not show such a tool, and yet the server compares the headers of its calls.
 * - An argument that is absent, `null`, or no string, boolean or finite number travels in no header, and one that came is not
 *   looked at. Of integers those beyond 2^53 travel in none.
 * - A header that is missing, that is no valid base64 where it claims to be, or that says something else is a mismatch. Where
 *   the schema wants a number, numbers are compared as numbers.
 *
 * What one list says of a tool replaces what an earlier one said; of more than fits, the tools that were listed least recently are
 * forgotten, and their calls are like those of tools that were never listed.
 */
import { isJsonObject, ownMember } from './derive.ts';
import type { Frame } from './envelope.ts';
import { decodeHeaderValue, encodeHeaderValue, headerValue, nameOf, shown } from './http-headers.ts';
import { memberPath, placeOfMember } from './member-path.ts';
import { decodeSlice, decodeText, encodeText } from './text.ts';

/** One argument that travels in a header. */
export interface HeaderParam {
  /** As the tool spells it, without `Mcp-Param-`. */
  readonly name: string;
  /** The keys that lead to it, from the arguments down. */
  readonly path: readonly string[];
  readonly isNumeric: boolean;
}

/** By the name of the tool, those listed least recently first. Tools without such arguments are not in it. */
export type HeaderParams = ReadonlyMap<string, readonly HeaderParam[]>;

/** Headers whose names begin so, as pairs of a name in lower case and a value. */
export type HeadersWith = (prefix: string) => readonly (readonly [name: string, value: string])[];

export const noHeaderParams: HeaderParams = new Map();

export const headerParamPrefix = 'mcp-param-';

/** Of all tools together. */
const paramsMax = 512;
const paramsPerToolMax = 32;
const toolNameLengthMax = 256;
const headerNameLengthMax = 64;
const pathLengthMax = 256;
const schemaDepthMax = 64;

const annotation = 'x-mcp-header';
const annotationBytes = encodeText(annotation);
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const types: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean', 'number']);
const decimal = /^-?\d+(?:\.\d+)?$/;
const argumentsPath = memberPath('params', 'arguments');

/** Where a schema has further schemas that `properties` alone does not lead to: one, a list, or an object of them. */
const aside = [
  'items',
  'prefixItems',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
] as const;
const asideByName = ['patternProperties', 'dependentSchemas', '$defs', 'definitions'] as const;

/**
 * What is known of tools after an answer to `tools/list`; what was known before, where it says nothing new.
 *
 * @param answer is read to its end only if it mentions an annotation, or something is known that it could change.
 */
export function learnHeaderParams(known: HeaderParams, answer: Uint8Array): HeaderParams {
  if (known.size === 0 && !isMentioned(answer)) return known;
  const tools = ownMember(ownMember(parsed(decodeText(answer)), 'result'), 'tools');
  if (!Array.isArray(tools)) return known;
  const learned = new Map(known);
  for (const tool of tools as readonly unknown[]) {
    const name = ownMember(tool, 'name');
    if (typeof name !== 'string' || name.length > toolNameLengthMax) continue;
    learned.delete(name);
    const params = headerParamsOf(ownMember(tool, 'inputSchema'));
    if (params.length > 0) learned.set(name, params);
  }
  forgetOldest(learned);
  return learned;
}

/** The headers, names in lower case, that a call has to have for what is known of its tool. */
export function headersOfCall(call: Frame, known: HeaderParams): readonly (readonly [name: string, value: string])[] {
  const params = paramsOfCall(call, known);
  if (params === undefined) return [];
  const args = argumentsOf(call);
  return params.flatMap(({ name, path }) => {
    const text = textOf(valueAt(args, path));
    return text === undefined ? [] : [[headerParamPrefix + name.toLowerCase(), encodeHeaderValue(text)] as const];
  });
}

/** What is wrong with the headers that came with a call, for what is known of its tool; `undefined` if nothing is. */
export function mismatchOfCall(call: Frame, known: HeaderParams, headersWith: HeadersWith): string | undefined {
  const params = paramsOfCall(call, known);
  if (params === undefined) return undefined;
  const args = argumentsOf(call);
  const headers = new Map(headersWith(headerParamPrefix));
  for (const { name, path, isNumeric } of params) {
    const value = valueAt(args, path);
    const text = textOf(value);
    if (text === undefined) continue;
    const header = headerValue(headers.get(headerParamPrefix + name.toLowerCase()));
    if (header === undefined) return `Mcp-Param-${name} is missing`;
    const said = decodeHeaderValue(header);
    if (said === undefined) return `Mcp-Param-${name} is no base64 of UTF-8`;
    const isSame = said === text || (isNumeric && decimal.test(said) && Number(said) === value);
    if (!isSame) return `Mcp-Param-${name} says ${shown(said)}, the message ${shown(text)}`;
  }
  return undefined;
}

function paramsOfCall(call: Frame, known: HeaderParams): readonly HeaderParam[] | undefined {
  if (known.size === 0 || call.envelope.method !== 'tools/call') return undefined;
  const tool = nameOf(call);
  return tool === undefined ? undefined : known.get(tool);
}

/** The annotation as JSON is commonly written; spelled with escapes it is not found, and its tool is like any other. */
function isMentioned(bytes: Uint8Array): boolean {
  const [first = 0] = annotationBytes;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (annotationBytes.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}

function headerParamsOf(inputSchema: unknown): readonly HeaderParam[] {
  const params: HeaderParam[] = [];
  if (!collect(inputSchema, [], true, params) || params.length > paramsPerToolMax) return [];
  const names = new Set(params.map(({ name }) => name.toLowerCase()));
  return names.size === params.length ? params : [];
}

/** Collects the annotated properties of a schema; false when one of the annotations breaks a rule. */
function collect(schema: unknown, path: readonly string[], isReached: boolean, into: HeaderParam[]): boolean {
  if (!isJsonObject(schema)) return true;
  if (path.length > schemaDepthMax) return false;
  if (Object.hasOwn(schema, annotation)) {
    if (!isReached || path.length === 0) return false;
    const { [annotation]: name, type } = schema;
    const isName = typeof name === 'string' && name.length <= headerNameLengthMax && token.test(name);
    if (!isName || !types.has(type) || path.join('').length > pathLengthMax) return false;
    into.push({ name, path, isNumeric: type === 'integer' || type === 'number' });
  }
  const { properties } = schema;
  const isRight = (part: unknown, key: string, reached: boolean): boolean =>
    collect(part, [...path, key], reached, into);
  if (isJsonObject(properties)) {
    for (const [key, part] of Object.entries(properties)) if (!isRight(part, key, isReached)) return false;
  }
  return (
    aside.every((key) => [schema[key]].flat().every((part) => isRight(part, key, false))) &&
    asideByName.every((key) => partsOf(schema[key]).every((part) => isRight(part, key, false)))
  );
}

function partsOf(value: unknown): readonly unknown[] {
  return isJsonObject(value) ? Object.values(value) : [];
}

function forgetOldest(learned: Map<string, readonly HeaderParam[]>): void {
  let params = 0;
  for (const { length } of learned.values()) params += length;
  for (const [name, { length }] of learned) {
    if (params <= paramsMax) return;
    learned.delete(name);
    params -= length;
  }
}

function argumentsOf({ bytes }: Frame): unknown {
  const place = placeOfMember(bytes, argumentsPath);
  return place === undefined ? undefined : parsed(decodeSlice(bytes, place.start, place.end));
}

function valueAt(args: unknown, path: readonly string[]): unknown {
  return path.reduce((value, key) => ownMember(value, key), args);
}

/** What a header says of an argument; `undefined` for one that travels in none. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
}

/** Of a message, no more than its outline has been read before: the rest may be no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
