/**
 * The words that stand in nearly every frame, methods and revisions, found from their bytes as strings that exist already,
 * so that reading a frame builds none. Decides nothing: a word that is not known gives `undefined`.
 */
import { standsAt } from './json-text.ts';
import { knownMethods } from './methods.ts';
import { revisions } from './revisions.ts';
import { encodeText } from './text.ts';

interface Word {
  readonly text: string;
  readonly bytes: Uint8Array;
}

const words: readonly Word[] = [...knownMethods, ...revisions].map((text) => ({ text, bytes: encodeText(text) }));
const slots = 256;
const longest = Math.max(...words.map((word) => word.bytes.length));

/** Length and the two bytes in which words of equal length differ most: the one after the middle, and the last. */
function slotOf(length: number, middle: number, last: number): number {
  return (length * 7 + middle * 31 + last) & (slots - 1);
}

const candidates: (readonly Word[] | undefined)[] = Array.from({ length: slots });
for (const word of words) {
  const { length } = word.text;
  const slot = slotOf(length, word.text.charCodeAt(length >> 1), word.text.charCodeAt(length - 1));
  candidates[slot] = [...(candidates[slot] ?? []), word];
}
const none: readonly Word[] = [];

/** The known word that stands in `bytes` from `start` to `end`. */
export function internedAt(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length < 1 || length > longest) return undefined;
  const slot = slotOf(length, bytes[start + (length >> 1)] ?? 0, bytes[end - 1] ?? 0);
  for (const word of candidates[slot] ?? none) {
    if (word.bytes.length === length && standsAt(bytes, start, word.bytes)) return word.text;
  }
  return undefined;
}
