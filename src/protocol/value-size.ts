/**
 * How long a message is that is still a value, without writing it: as if every character took one byte. That is exact for
 * ASCII text without escapes, and never more than six times too little. Tells as well which values are not what JSON would
 * make of them.
 */
import { isJsonObject } from './derive.ts';

/** What `sizeOfValue` answers for what has no size. All below zero. */
export const unsized = {
  /** Deeper than the limit, which a circle is as well. */
  tooDeep: -1,
  tooLarge: -2,
  /** Something in it is not written as it stands: a date, a class of somebody's, NaN, a function. */
  notPlain: -3,
} as const;

/** The most bytes that one character is written in: `\u0000`. */
export const bytesPerCharacterMax = 6;

/**
 * The bytes of the value as JSON, counting a byte for a character; or one of `unsized`.
 * @param depthLeft containers within containers, the value itself being the first.
 * @param bytesLeft where the walk ends: what is longer is too large, by how much nobody needs to know.
 */
export function sizeOfValue(value: unknown, depthLeft: number, bytesLeft: number): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return sizeOfNumber(value);
    case 'boolean':
      return value ? 4 : 5;
    case 'object':
      if (value === null) return 4;
      if (depthLeft === 0) return unsized.tooDeep;
      if (Array.isArray(value)) return sizeOfArray(value, depthLeft, bytesLeft);
      return isJsonObject(value) ? sizeOfObject(value, depthLeft, bytesLeft) : unsized.notPlain;
    case 'undefined':
    case 'function':
    case 'symbol':
    case 'bigint':
      return unsized.notPlain;
  }
}

function sizeOfNumber(value: number): number {
  if (value >= 0 && value < 10 && Number.isInteger(value)) return 1;
  return Number.isFinite(value) ? String(value).length : unsized.notPlain;
}

function sizeOfArray(values: readonly unknown[], depthLeft: number, bytesLeft: number): number {
  let size = Math.max(values.length + 1, 2);
  for (let index = 0; index < values.length; index++) {
    const more = sizeOfValue(values[index], depthLeft - 1, bytesLeft - size);
    if (more < 0) return more;
    size += more;
    if (size > bytesLeft) return unsized.tooLarge;
  }
  return size;
}

function sizeOfObject(value: Readonly<Record<string, unknown>>, depthLeft: number, bytesLeft: number): number {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return unsized.notPlain;
  let size = 1;
  for (const key in value) {
    const member = value[key];
    // What is undefined is not written.
    if (member === undefined) continue;
    const more = sizeOfValue(member, depthLeft - 1, bytesLeft - size);
    if (more < 0) return more;
    size += key.length + 4 + more;
    if (size > bytesLeft) return unsized.tooLarge;
  }
  return Math.max(size, 2);
}
