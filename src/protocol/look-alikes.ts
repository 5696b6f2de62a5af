/**
 * Keys that are none of those by which a message is routed and judged, and are one of them for whoever does not mind the case of letters,
 * as decoders of Go and .NET can be told to. A message with one says one thing to a proxy and another behind it.
 */
import { nowhere, quote } from './json-text.ts';
import { memberPlaces } from './members.ts';
import { methodRow } from './methods.ts';
import { encodeText } from './text.ts';

/** What is read of a message: of itself, of `params` and of `params._meta`. Of `params` in methods that are in the specification alone. */
const ofMessage = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'] as const;
const ofParams = ['_meta', 'task', 'progressToken', 'requestId', 'name', 'uri', 'arguments'] as const;
const ofMeta = ['progressToken'] as const;

/** Names of one level by their first byte, in which they all differ: as they are written, and in lower case. */
export type Originals = readonly ({ readonly exact: Uint8Array; readonly lowerCase: Uint8Array } | undefined)[];

function originalsOf(names: readonly string[]): Originals {
  return Array.from({ length: 256 }, (_, byte) => {
    const name = names.find((text) => text.charCodeAt(0) === byte);
    return name === undefined ? undefined : { exact: encodeText(name), lowerCase: encodeText(name.toLowerCase()) };
  });
}

/** By nesting depth: a message has the depth 1. */
export const originals: readonly Originals[] = [[], ofMessage, ofParams, ofMeta].map(originalsOf);

const letterA = 0x41;
const letterZ = 0x5a;
const lowerCaseBit = 0x20;
const beyondAscii = 0x80;

/**
 * Whether the key from `start` to its quote may be a look-alike. It is not certain of a key that begins as a name does and goes on
 * beyond ASCII; no name begins with `s` or `k`, for which letters from there may stand (see `folded`).
 */
export function mayBeLookAlike(bytes: Uint8Array, start: number, close: number, names: Originals): boolean {
  const first = bytes[start] ?? quote;
  const original = names[first] ?? names[first | lowerCaseBit];
  if (original === undefined) return false;
  const { exact, lowerCase } = original;
  let isExact = close - start === exact.length;
  for (let at = start; at < close; at += 1) {
    const byte = bytes[at]!;
    if (byte >= beyondAscii) return true;
    const lower = byte >= letterA && byte <= letterZ ? byte | lowerCaseBit : byte;
    if (lower !== lowerCase[at - start]) return false;
    isExact &&= byte === exact[at - start];
  }
  return close - start === exact.length && !isExact;
}

export interface LookAlike {
  readonly key: string;
  /** What it may be taken for. */
  readonly original: string;
}

/** The first key in the message that may be taken for one that it is not. @param method the message's own, if it has one. */
export function findLookAlike(bytes: Uint8Array, method: unknown): LookAlike | undefined {
  const own = lookAlikeAmong(bytes, ofMessage);
  if (own !== undefined || typeof method !== 'string' || methodRow(method) === undefined) return own;
  for (const params of objectsNamed(bytes, 'params')) {
    const found = lookAlikeAmong(params, ofParams);
    if (found !== undefined) return found;
    for (const meta of objectsNamed(params, '_meta')) {
      const deeper = lookAlikeAmong(meta, ofMeta);
      if (deeper !== undefined) return deeper;
    }
  }
  return undefined;
}

function* objectsNamed(bytes: Uint8Array, name: string): Generator<Uint8Array, void> {
  for (const { key, start, end } of memberPlaces(bytes)) {
    if (key === name && end !== nowhere) yield bytes.subarray(start, end);
  }
}

function lookAlikeAmong(bytes: Uint8Array, names: readonly string[]): LookAlike | undefined {
  for (const { key } of memberPlaces(bytes)) {
    const original = names.find((name) => name !== key && folded(name) === folded(key));
    if (original !== undefined) return { key, original };
  }
  return undefined;
}

/** Unicode's simple case folding, as far as it leads to ASCII: two letters beyond it are taken for letters of a name. */
function folded(text: string): string {
  return text.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();
}
