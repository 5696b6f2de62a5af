/**
 * Finds the interned string of a known method from its bytes, so that reading a frame builds no string for its method.
 * Decides nothing: a method that is not in the table gives `undefined`.
 */
import { standsAt } from './json-text.ts';
import { knownMethods } from './methods.ts';
import { encodeText } from './text.ts';

const slots = 256;

/** Length and the two bytes in which names of equal length differ most: the last, and the one after the middle. */
function slotOf(length: number, middle: number, last: number): number {
  return (length * 7 + middle * 31 + last) & (slots - 1);
}

interface Known {
  readonly method: string;
  readonly bytes: Uint8Array;
}

const known: readonly Known[] = knownMethods.map((method) => ({ method, bytes: encodeText(method) }));

function slotIn(bytes: Uint8Array, start: number, end: number): number {
  return slotOf(end - start, bytes[start + ((end - start) >> 1)] ?? 0, bytes[end - 1] ?? 0);
}

const candidates: readonly (readonly Known[])[] = Array.from({ length: slots }, (_, slot) =>
  known.filter(({ bytes }) => slotIn(bytes, 0, bytes.length) === slot),
);
const none: readonly Known[] = [];

const longest = Math.max(...knownMethods.map((method) => method.length));

/** The known method that stands in `bytes` from `start` to `end`, quotes not included. */
export function knownMethodAt(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length < 1 || length > longest) return undefined;
  for (const candidate of candidates[slotIn(bytes, start, end)] ?? none) {
    if (candidate.bytes.length === length && standsAt(bytes, start, candidate.bytes)) return candidate.method;
  }
  return undefined;
}
