import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessagePieces } from '../../src/protocol/message-pieces.ts';
import { runs } from '../properties/runs.ts';

const cleared = (bytes: number): Uint8Array => new Uint8Array(bytes);
const sample = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
/** So many bytes, of which no two neighbours are alike. */
const counted = (length: number, from = 0): Uint8Array => sample.slice(from, from + length);
const isSame = (some: Uint8Array, others: Uint8Array): boolean => Buffer.compare(some, others) === 0;

function gathered(pieces: readonly Uint8Array[], bytesMax: number): MessagePieces {
  const message = new MessagePieces(bytesMax, cleared);
  for (const piece of pieces) message.append(piece);
  return message;
}

describe('a message in pieces', () => {
  test('is put together once, into memory of just its size that need not be cleared', () => {
    const sizes: number[] = [];
    const message = new MessagePieces(100_000, (bytes) => {
      sizes.push(bytes);
      return new Uint8Array(bytes).fill(0x3f);
    });
    for (const piece of [counted(5000), counted(1, 5000), counted(6000, 5001)]) message.append(piece);
    expect(message.whole()).toEqual(counted(11_001));
    expect(sizes).toEqual([11_001]);
  });

  test('is the same however many and however large its pieces are', () => {
    const size = fc.oneof(fc.nat(3), fc.nat(300), fc.constantFrom(4095, 4096, 5000));
    fc.assert(
      fc.property(fc.array(size, { maxLength: 60 }), (sizes) => {
        let length = 0;
        const pieces = sizes.map((bytes) => counted(bytes, (length += bytes) - bytes));
        const message = gathered(pieces, length);
        expect(message.isOversize).toBe(false);
        expect(message.oversize()).toBeUndefined();
        expect(message.keptBytes).toBe(length);
        expect(isSame(message.whole(), counted(length))).toBe(true);
      }),
      runs(150),
    );
  });

  test('is linear: many bytes may come one by one, and are not kept as many pieces', () => {
    const message = gathered(
      [...sample].map((byte) => Uint8Array.of(byte)),
      300_000,
    );
    expect(isSame(message.whole(), sample)).toBe(true);
  });
});

describe('a message over the limit', () => {
  test('keeps its head and its tail, and says how long it was', () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(4095, 4096, 4097, 9000));
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (sizes, part) => {
          let length = 0;
          const pieces = sizes.map((bytes) => counted(bytes, (length += bytes) - bytes));
          const message = gathered(pieces, Math.min(length - 1, Math.floor(part * length)));
          const whole = counted(length);
          expect(message.isOversize).toBe(true);
          expect(message.keptBytes).toBe(8192);
          const { head, tail, totalBytes } = message.oversize() ?? expect.unreachable();
          expect(totalBytes).toBe(length);
          expect(isSame(head, whole.slice(0, 4096))).toBe(true);
          expect(isSame(tail, whole.slice(-4096))).toBe(true);
        },
      ),
      runs(150),
    );
  });

  test('keeps them where it came in many small pieces, and outgrew the limit with one of them', () => {
    const pieces = Array.from({ length: 5000 }, (_, index) => counted(3, index * 3));
    for (const bytesMax of [0, 300, 330, 5000, 14_999]) {
      const { head, tail, totalBytes } = gathered(pieces, bytesMax).oversize() ?? expect.unreachable();
      expect(totalBytes).toBe(15_000);
      expect(isSame(head, counted(4096))).toBe(true);
      expect(isSame(tail, counted(4096, 15_000 - 4096))).toBe(true);
    }
  });

  test('a message of just the limit is not over it', () => {
    expect(gathered([counted(7), counted(3)], 10).isOversize).toBe(false);
    expect(gathered([counted(7), counted(4)], 10).isOversize).toBe(true);
  });
});
