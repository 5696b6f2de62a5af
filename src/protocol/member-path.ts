/**
 * Where the member stands that a path of keys leads to, from the message down. One pass over the bytes that builds nothing,
 * exact for JSON text: keys may be written with escapes, and of equal keys the last counts, as in JSON.parse.
 */
import {
  closeBrace,
  colon,
  comma,
  endOfPlainString,
  endOfString,
  endOfValue,
  nowhere,
  openBrace,
  quote,
  skipSpace,
  standsAt,
} from './json-text.ts';
import { stringAt } from './members.ts';
import { encodeText } from './text.ts';

interface Step {
  readonly key: string;
  /** The key's bytes with its closing quote, so that a longer key is not taken for it. */
  readonly bytes: Uint8Array;
}

export type MemberPath = readonly Step[];

/** Byte range of a member's value. */
export interface ValuePlace {
  readonly start: number;
  readonly end: number;
}

/** @param keys of letters, digits and marks that JSON writes without escapes. */
export function memberPath(...keys: readonly string[]): MemberPath {
  return keys.map((key) => ({ key, bytes: encodeText(`${key}"`) }));
}

/** What the walk that is under way has found: walks do not wait, so one record serves all. */
const found = { start: -1, end: -1, steps: 0 };

/**
 * Where the value of the member stands, or `undefined` without such a member. Text that is no JSON has none where the walk
 * does not get through.
 */
export function placeOfMember(bytes: Uint8Array, path: MemberPath): ValuePlace | undefined {
  found.start = -1;
  found.steps = 0;
  const open = skipSpace(bytes, 0);
  if (bytes[open] !== openBrace || endOfWalk(bytes, open, path, 0) === nowhere) return undefined;
  return found.start === -1 ? undefined : { start: found.start, end: found.end };
}

/**
 * The text that the member holds; `undefined` when there is no such member, or when it holds something else. `null` when a key
 * of the path stands there more than once: readers differ in which of them counts.
 */
export function textOfMember(bytes: Uint8Array, path: MemberPath): string | undefined | null {
  const place = placeOfMember(bytes, path);
  if (found.steps > (place === undefined ? path.length - 1 : path.length)) return null;
  if (place === undefined || bytes[place.start] !== quote) return undefined;
  return stringAt(bytes, place.start, place.end - 1);
}

/** Past the brace that closes the object at `open`, having looked for the key of this level. */
function endOfWalk(bytes: Uint8Array, open: number, path: MemberPath, level: number): number {
  const step = path[level];
  let at = skipSpace(bytes, open + 1);
  if (bytes[at] === closeBrace) return at + 1;
  for (;;) {
    if (step === undefined || bytes[at] !== quote) return nowhere;
    let isStep = standsAt(bytes, at + 1, step.bytes);
    if (isStep) {
      at += 1 + step.bytes.length;
    } else {
      let close = endOfPlainString(bytes, at + 1);
      if (close === nowhere) {
        close = endOfString(bytes, at + 1);
        if (close === nowhere) return nowhere;
        isStep = stringAt(bytes, at, close) === step.key;
      }
      at = close + 1;
    }
    at = skipSpace(bytes, at);
    if (bytes[at] !== colon) return nowhere;
    at = skipSpace(bytes, at + 1);
    at = isStep ? endOfStep(bytes, at, path, level) : endOfValue(bytes, at);
    if (at === nowhere) return nowhere;
    at = skipSpace(bytes, at);
    if (bytes[at] === closeBrace) return at + 1;
    if (bytes[at] !== comma) return nowhere;
    at = skipSpace(bytes, at + 1);
  }
}

/** Past the value of a member on the path. What an earlier one of this key led to does not count any more. */
function endOfStep(bytes: Uint8Array, start: number, path: MemberPath, level: number): number {
  found.start = -1;
  found.steps++;
  if (level + 1 < path.length) {
    return bytes[start] === openBrace ? endOfWalk(bytes, start, path, level + 1) : endOfValue(bytes, start);
  }
  found.start = start;
  found.end = endOfValue(bytes, start);
  return found.end;
}
