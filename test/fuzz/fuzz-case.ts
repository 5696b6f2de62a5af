/**
 * What a target of the fuzzing is given: bytes, and numbers for whatever else is to be chosen (where a stream is cut, which limit
 * holds). Made by damaging what is whole, so that most of it gets past the first check; written down so that it can be kept.
 */

import fc from 'fast-check';
import { encodeText } from '../../src/protocol/text.ts';

export interface FuzzCase {
  readonly bytes: Uint8Array;
  readonly choices: readonly number[];
}

/** A case as it is kept in test/fuzz/found: the bytes as text where they are, and else in base64. */
export interface KeptCase {
  readonly target: string;
  /** What went wrong when it was found. */
  readonly was: string;
  readonly text?: string;
  readonly base64?: string;
  readonly choices: readonly number[];
}

/** The last two mind the marks of the format, so that what comes of them has its form more often. */
const kinds = ['cut', 'remove', 'insert', 'replace', 'repeat', 'flip', 'other', 'behind', 'instead'] as const;

const marks: ReadonlySet<number> = new Set(Buffer.from('{[(,:;|&=\n'));

interface Damage {
  readonly kind: (typeof kinds)[number];
  /** A place as a part of the length, in 65536ths. */
  readonly at: number;
  readonly length: number;
  readonly piece: Uint8Array;
}

/**
 * Cases for a target.
 * @param whole what the target takes as it is; damage is done to one of them.
 * @param pieces what is put in: the words and marks of the format.
 */
export function fuzzCases(whole: readonly Uint8Array[], pieces: readonly string[]): fc.Arbitrary<FuzzCase> {
  const inserted = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...pieces.map((piece) => encodeText(piece))) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(...whole) },
  );
  const damage: fc.Arbitrary<Damage> = fc.record({
    kind: fc.constantFrom(...kinds),
    at: fc.nat(65_535),
    length: fc.nat(12),
    piece: inserted,
  });
  return fc.record({
    bytes: fc
      .tuple(fc.constantFrom(...whole), fc.array(damage, { maxLength: 6 }))
      .map(([bytes, harms]) => harms.reduce(damaged, bytes)),
    choices: fc.array(fc.nat(255), { minLength: 1, maxLength: 6 }),
  });
}

/** Long enough to hold a few of the longest wholes, and short enough to be quick. */
const bytesMax = 64 * 1024;

function damaged(bytes: Uint8Array, { kind, at: part, length, piece }: Damage): Uint8Array {
  const at = Math.floor((part / 65_536) * (bytes.length + 1));
  switch (kind) {
    case 'cut':
      return bytes.subarray(0, at);
    case 'remove':
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 'insert':
      return joined(bytes.subarray(0, at), piece, bytes.subarray(at));
    case 'replace':
      return joined(bytes.subarray(0, at), piece, bytes.subarray(at + piece.length));
    case 'repeat':
      return joined(bytes.subarray(0, at + length), bytes.subarray(at));
    case 'other':
      return joined(bytes.subarray(0, at), piece.subarray(Math.floor((part / 65_536) * piece.length)));
    case 'behind': {
      const place = behindMark(bytes, at);
      return joined(bytes.subarray(0, place), piece, bytes.subarray(place));
    }
    case 'instead': {
      const place = behindMark(bytes, at);
      return joined(bytes.subarray(0, place), piece, bytes.subarray(behindMark(bytes, place) - 1));
    }
    case 'flip': {
      const flipped = bytes.slice();
      if (at < flipped.length) flipped[at] = flipped[at]! ^ (1 << (length % 8));
      return flipped;
    }
  }
}

/** Past the next mark from there on; past the end where there is none. */
function behindMark(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && !marks.has(bytes[at]!)) at++;
  return at + 1;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts)).subarray(0, bytesMax);
}

/** The bytes in pieces of their own, as a socket hands them over: one, or as the choices have it. */
export function inPieces({ bytes, choices }: FuzzCase): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = (choices[turn % choices.length] ?? 0) + 1;
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  return pieces;
}

export function keptCase(target: string, was: string, { bytes, choices }: FuzzCase): KeptCase {
  const isText = Buffer.from(bytes).every((byte) => byte < 0x80);
  const said = isText
    ? { text: Buffer.from(bytes).toString('latin1') }
    : { base64: Buffer.from(bytes).toString('base64') };
  return { target, was, ...said, choices };
}

export function caseOf({ text, base64, choices }: KeptCase): FuzzCase {
  return {
    bytes: text === undefined ? new Uint8Array(Buffer.from(base64 ?? '', 'base64')) : encodeText(text),
    choices,
  };
}
