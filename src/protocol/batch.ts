/**
 * Splits a JSON array of messages into its members without copying (2025-03-26, basic#batching). Knows where members end,
 * not what they are; an array that is not well formed splits into `undefined`.
 */
import { closeBracket, comma, endOfValue, nowhere, openBracket, skipSpace } from './json-text.ts';

/** Whether the text is an array: then it is a batch, or nothing that the protocol knows. */
export function isBatch(bytes: Uint8Array): boolean {
  return bytes[skipSpace(bytes, 0)] === openBracket;
}

/** The members of the array in `bytes`; stops after `itemsMax + 1`, so that a longer one is known to be longer. */
export function splitBatch(bytes: Uint8Array, itemsMax: number): readonly Uint8Array[] | undefined {
  const items: Uint8Array[] = [];
  let at = skipSpace(bytes, skipSpace(bytes, 0) + 1);
  if (bytes[at] === closeBracket) return isLast(bytes, at) ? items : undefined;
  for (;;) {
    const end = endOfValue(bytes, at);
    if (end === nowhere) return undefined;
    items.push(bytes.subarray(at, end));
    if (items.length > itemsMax) return items;
    at = skipSpace(bytes, end);
    if (bytes[at] === closeBracket) return isLast(bytes, at) ? items : undefined;
    if (bytes[at] !== comma) return undefined;
    at = skipSpace(bytes, at + 1);
  }
}

function isLast(bytes: Uint8Array, at: number): boolean {
  return skipSpace(bytes, at + 1) >= bytes.length;
}
