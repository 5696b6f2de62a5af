/**
 * Finds where things end in JSON text: strings, scalars, containers, white space. Works on bytes, builds nothing and never
 * throws; what it is given may be no JSON at all, and then `nowhere` is the answer or the walk stops at the last byte.
 */

export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBracket = 0x5b;
export const backslash = 0x5c;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;

/** There is no such end in these bytes, or the walk is not certain of it. */
export const nowhere = -1;

/** What a byte can be outside a string; the first three leave a walk over nested values where it is. */
const isBlankSpace = 0;
const isScalar = 1;
const isMark = 2;
const isQuote = 3;
const isOpen = 4;
const isClose = 5;
const isNothing = 6;

const classOf = new Uint8Array(256).fill(isNothing);
const classes: readonly (readonly [characters: string, kind: number])[] = [
  [' \t\n\r', isBlankSpace],
  ['0123456789+-.eEtrufalsn', isScalar],
  ['"', isQuote],
  ['[{', isOpen],
  [']}', isClose],
  [',:', isMark],
];
for (const [characters, kind] of classes) {
  for (const character of characters) classOf[character.charCodeAt(0)] = kind;
}

/** 1 for what can stand in a string that is read as it stands. */
const isPlain = new Uint8Array(256).fill(1);
isPlain.fill(0, 0, 0x20);
isPlain[quote] = 0;
isPlain[backslash] = 0;

/** How far a string is walked byte by byte before the platform's search is faster. */
const walkBytes = 16;
/** A bit for each open level says which bracket has to close it. */
const pairedLevelsMax = 31;

export function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x20 || classOf[byte] !== isBlankSpace) break;
    at += 1;
  }
  return at;
}

export function isBlank(bytes: Uint8Array): boolean {
  return skipSpace(bytes, 0) >= bytes.length;
}

/** Whether `text` stands at `start`. */
export function standsAt(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (bytes[start + at] !== text[at]) return false;
  }
  return true;
}

/** A byte that can be part of a number, `true`, `false` or `null`. */
export function isScalarByte(byte: number): boolean {
  return classOf[byte] === isScalar;
}

export function isSpaceByte(byte: number): boolean {
  return classOf[byte] === isBlankSpace;
}

/** The closing quote of the string whose text begins at `start`. */
export function endOfString(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const stop = Math.min(at + walkBytes, bytes.length);
    while (at < stop) {
      const byte = bytes[at];
      if (byte === quote) return at;
      at += byte === backslash ? 2 : 1;
    }
    const end = bytes.indexOf(quote, at);
    if (end === -1) return nowhere;
    let before = end - 1;
    while (bytes[before] === backslash) before -= 1;
    if (((end - 1 - before) & 1) === 0) return end;
    at = end + 1;
  }
}

/** As `endOfString`, for a string that is going to be read: nowhere when it holds an escape or a control character. */
export function endOfPlainString(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (isPlain[byte] === 1) continue;
    return byte === quote ? at : nowhere;
  }
  return nowhere;
}

/** Past the scalar at `start` that is not a string; its spelling is not checked. */
export function endOfScalar(bytes: Uint8Array, start: number): number {
  let at = start;
  while (classOf[bytes[at] ?? 0] === isScalar) at += 1;
  return at === start ? nowhere : at;
}

/** Past the bracket that pairs with the one at `start`; nowhere when brackets do not pair or nest deeper than `levels`. */
export function endOfPaired(bytes: Uint8Array, start: number, levels: number): number {
  const levelsMax = Math.min(levels, pairedLevelsMax);
  let level = 0;
  let braces = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const kind = classOf[byte] ?? isNothing;
    if (kind <= isMark) continue;
    if (kind === isQuote) {
      at = endOfString(bytes, at + 1);
      if (at === nowhere) return nowhere;
    } else if (kind === isOpen) {
      level += 1;
      if (level > levelsMax) return nowhere;
      braces = (braces << 1) | (byte === openBrace ? 1 : 0);
    } else if (kind === isClose) {
      if ((braces & 1) !== (byte === closeBrace ? 1 : 0)) return nowhere;
      braces >>>= 1;
      level -= 1;
      if (level === 0) return at + 1;
    } else {
      return nowhere;
    }
  }
  return nowhere;
}

/** Past the value at `start`, at any depth and without pairing brackets: exact for text that is JSON. */
export function endOfValue(bytes: Uint8Array, start: number): number {
  let level = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const kind = classOf[bytes[at] ?? 0];
    if (kind === isQuote) {
      at = endOfString(bytes, at + 1);
      if (at === nowhere) return nowhere;
    } else if (kind === isOpen) {
      level += 1;
    } else if (kind === isClose) {
      level -= 1;
    } else if (level === 0) {
      return endOfScalar(bytes, at);
    }
    if (level <= 0) return level === 0 ? at + 1 : nowhere;
  }
  return nowhere;
}

/** Whether containers nest deeper than `depthMax`. Linear, and safe on any bytes. */
export function isDeeperThan(bytes: Uint8Array, depthMax: number): boolean {
  let level = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const kind = classOf[bytes[at] ?? 0];
    if (kind === isQuote) {
      at = endOfString(bytes, at + 1);
      if (at === nowhere) return false;
    } else if (kind === isOpen) {
      level += 1;
      if (level > depthMax) return true;
    } else if (kind === isClose) {
      level -= 1;
    }
  }
  return false;
}
