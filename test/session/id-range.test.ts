import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMessage } from '../../src/protocol/read.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { scanMessage } from '../../src/protocol/scan.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { idBaseOf, ownIdOf, sharerOf, sharersMax } from '../../src/session/id-range.ts';

const anySharer = fc.integer({ min: 1, max: sharersMax });
const anyTicket = fc.integer({ min: 1, max: 2 ** 32 - 1 });

describe('an id of a session that shares its server', () => {
  test('says whose it is, whether its client or the runtime asked', () => {
    fc.assert(
      fc.property(anySharer, anyTicket, (sharer, ticket) => {
        const base = idBaseOf(sharer);
        expect(sharerOf(base + ticket)).toBe(sharer);
        expect(sharerOf(ownIdOf(base, ticket))).toBe(sharer);
        expect(ownIdOf(base, ticket)).not.toBe(base + ticket);
      }),
    );
  });

  test('is one that the scan is certain about, up to the last of the last sharer', () => {
    const last = ownIdOf(idBaseOf(sharersMax), 2 ** 32 - 1);
    expect([last, sharerOf(last)]).toEqual([idBaseOf(sharersMax + 1) - 1, sharersMax]);
    const bytes = encodeText(`{"jsonrpc":"2.0","id":${last},"result":{}}`);
    expect(scanMessage(bytes)?.id).toBe(last);
    const read = readMessage(bytes);
    expect(isFault(read) ? read : read.envelope.id).toBe(last);
    expect(scanMessage(encodeText(`{"jsonrpc":"2.0","id":${10 ** 15},"result":{}}`))).toBe(undefined);
  });

  test('of the runtime stays in its range however often the session asks', () => {
    expect(sharerOf(ownIdOf(idBaseOf(7), 2 ** 50 + 3))).toBe(7);
  });
});

test('what is no number from zero belongs to nobody, and what is below the first range is of none of them', () => {
  expect(['8589934593', '', -1, -(2 ** 40)].map((id) => sharerOf(id))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect([0, 1, 2 ** 33 - 1, 2 ** 33].map((id) => sharerOf(id))).toEqual([0, 0, 0, 1]);
});
