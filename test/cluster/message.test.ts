/** Bytes between nodes: what was written is read, and what is no message is not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeMessage,
  decodeReceipts,
  decodeRequests,
  encodeMessage,
  encodeReceipts,
  encodeRequests,
  headerBytes,
  messageKinds,
} from '../../src/cluster/message.ts';

const anyMessage = fc.record({
  kind: fc.constantFrom(...messageKinds),
  request: fc.maxSafeNat(),
  epoch: fc.maxSafeNat(),
  sequence: fc.nat(2 ** 32 - 1),
  key: fc.string({ unit: 'grapheme', maxLength: 300 }),
  body: fc.uint8Array({ maxLength: 100 }),
});

describe('a message', () => {
  test('is read as it was written, wherever it stands in a buffer', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(9), (message, offset) => {
        const bytes = encodeMessage(message.kind, message.request, message);
        const buffer = new Uint8Array(offset + bytes.length + 3);
        buffer.set(bytes, offset);
        expect(decodeMessage(buffer.subarray(offset, offset + bytes.length))).toEqual(message);
      }),
      { numRuns: 200 },
    );
  });

  test('that is cut short or of an unknown kind is none', () => {
    const bytes = encodeMessage('request', 1, { key: 's:1' });
    expect(decodeMessage(bytes.subarray(0, headerBytes - 1))).toBeUndefined();
    expect(decodeMessage(bytes.subarray(0, headerBytes + 2))).toBeUndefined();
    expect(decodeMessage(new Uint8Array(headerBytes).fill(255))).toBeUndefined();
    expect(decodeMessage(new Uint8Array())).toBeUndefined();
  });

  test('has no key of more than 65535 bytes', () => {
    expect(() => encodeMessage('request', 1, { key: 'k'.repeat(65_536) })).toThrow(RangeError);
  });
});

test('the numbers of requests are read as they were written', () => {
  const requests = [0, 1, 2 ** 40, Number.MAX_SAFE_INTEGER];
  expect(decodeRequests(encodeRequests(requests))).toEqual(requests);
  expect(decodeRequests(new Uint8Array())).toEqual([]);
});

test('how far answers have come is read as it was written', () => {
  const receipts = [
    { request: 0, sequence: 0, taken: 0 },
    { request: Number.MAX_SAFE_INTEGER, sequence: 2 ** 32 - 1, taken: 7 },
  ];
  expect(decodeReceipts(encodeReceipts(receipts))).toEqual(receipts);
  expect(decodeReceipts(encodeReceipts(receipts).subarray(0, 31))).toEqual(receipts.slice(0, 1));
});
