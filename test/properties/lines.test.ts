import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { LineFramer } from '../../src/protocol/lines.ts';
import { runs } from './runs.ts';

type Heard =
  | { readonly line: string }
  | { readonly rest: string }
  | { readonly head: string; readonly tail: string; readonly totalBytes: number };

const latin = new TextDecoder('latin1');
const text = (bytes: Uint8Array): string => latin.decode(bytes);

function frame(chunks: readonly Uint8Array[], lineBytesMax: number): readonly Heard[] {
  const framer = new LineFramer({ lineBytesMax });
  const heard: Heard[] = [];
  let heldMost = 0;
  const onOversize = (line: { head: Uint8Array; tail: Uint8Array; totalBytes: number }): void => {
    heard.push({ head: text(line.head), tail: text(line.tail), totalBytes: line.totalBytes });
  };
  for (const chunk of chunks) {
    framer.push(chunk, (line) => heard.push({ line: text(line) }), onOversize);
    heldMost = Math.max(heldMost, framer.bufferedBytes);
  }
  framer.end((rest) => heard.push({ rest: text(rest) }), onOversize);
  expect(heldMost).toBeLessThanOrEqual(Math.max(lineBytesMax + 1, 3 * 4097));
  return heard;
}

/** The contract in one breath: split, take one carriage return off, pass over what is blank, cut what is too long. */
function contract(stream: string, lineBytesMax: number): readonly Heard[] {
  const pieces = stream.split('\n');
  return pieces.flatMap((piece, index): Heard[] => {
    const line = piece.replace(/\r$/, '');
    if (line.length > lineBytesMax) {
      return [{ head: line.slice(0, 4096), tail: line.slice(-4096), totalBytes: line.length }];
    }
    if (/^[ \t\r\n]*$/.test(line)) return [];
    return [index === pieces.length - 1 ? { rest: line } : { line }];
  });
}

const byte = fc.oneof(
  { arbitrary: fc.constantFrom(0x0a, 0x0d, 0x20), weight: 1 },
  { arbitrary: fc.integer({ min: 0x61, max: 0x7a }), weight: 3 },
  { arbitrary: fc.integer({ min: 0, max: 255 }), weight: 1 },
);
const shortLine = fc.array(byte, { maxLength: 20 });
/** Around the sizes at which head and tail begin to differ. */
const longLine = fc
  .tuple(fc.constantFrom(4000, 4095, 4096, 4097, 8192, 8195, 12_300), fc.nat(25), fc.boolean())
  .map(([length, shift, isReturned]) => [
    ...Array.from({ length }, (_, at) => 0x61 + ((at * 7 + shift) % 26)),
    ...(isReturned ? [0x0d, 0x0a] : [0x0a]),
  ]);
const stream = fc
  .array(fc.oneof({ arbitrary: shortLine, weight: 5 }, { arbitrary: longLine, weight: 1 }), { maxLength: 8 })
  .map((lines) => Uint8Array.from(lines.flat()));

function cut(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    chunks.push(bytes.slice(at, at + size));
    at += Math.max(1, size);
  }
  return chunks;
}

const limit = fc.oneof(fc.integer({ min: 1, max: 25 }), fc.constantFrom(4095, 4096, 4097, 5000, 8192, 20_000));
const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(1, 2, 1000, 4096, 9000)), {
  minLength: 1,
  maxLength: 6,
});

describe('framing lines', () => {
  test('keeps the contract, wherever the stream is cut into chunks', () => {
    fc.assert(
      fc.property(stream, limit, sizes, (bytes, lineBytesMax, chunkSizes) => {
        const expected = contract(text(bytes), lineBytesMax);
        expect(frame([bytes], lineBytesMax)).toEqual(expected);
        expect(frame(cut(bytes, chunkSizes), lineBytesMax)).toEqual(expected);
      }),
      runs(400),
    );
  });

  test('begins anew after the end of a stream', () => {
    fc.assert(
      fc.property(stream, stream, limit, (first, second, lineBytesMax) => {
        const framer = new LineFramer({ lineBytesMax });
        const ignore = (): void => {};
        framer.push(first, ignore, ignore);
        framer.end(ignore, ignore);
        expect(framer.bufferedBytes).toBe(0);
        const lines: string[] = [];
        framer.push(second, (line) => lines.push(text(line)), ignore);
        expect(lines).toEqual(
          contract(text(second), lineBytesMax).flatMap((heard) => ('line' in heard ? heard.line : [])),
        );
      }),
      runs(150),
    );
  });

  test('is linear: a line of many bytes may come byte by byte', () => {
    const bytes = new Uint8Array(400_000).fill(0x61);
    bytes[bytes.length - 1] = 0x0a;
    for (const lineBytesMax of [1_000_000, 1000]) {
      const framer = new LineFramer({ lineBytesMax });
      const lengths: number[] = [];
      for (const single of cut(bytes, [1])) {
        framer.push(
          single,
          (line) => lengths.push(line.length),
          (line) => lengths.push(line.totalBytes),
        );
      }
      expect(lengths).toEqual([bytes.length - 1]);
    }
  });
});
