import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { Envelope } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { spliceId } from '../../src/protocol/ids.ts';
import { readMessage, readMessages } from '../../src/protocol/read.ts';
import { scanMessage } from '../../src/protocol/scan.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { messageText, valueText } from './json-spellings.ts';
import { runs } from './runs.ts';
import { type Meaning, type Parsed, isBalanced, meaningOfText, skeleton } from './second-opinion.ts';

function meaningOf({ idStart: _, idEnd: __, ...rest }: Envelope): Meaning {
  return rest;
}

describe('reading agrees with JSON.parse', () => {
  test('on every message, however it is spelled: the same envelope or the same fault', () => {
    let scanned = 0;
    let fallen = 0;
    let faults = 0;
    fc.assert(
      fc.property(messageText, (text) => {
        const bytes = encodeText(text);
        const expected = meaningOfText(text);
        const read = readMessage(bytes);
        const scan = scanMessage(bytes);
        if (isFault(read)) {
          faults += 1;
          expect(scan).toBeUndefined();
          expect(read.fault).toBe(expected);
          return;
        }
        if (scan === undefined) fallen += 1;
        else scanned += 1;
        expect(meaningOf(read.envelope)).toEqual(expected);
        expect(scan ?? read.envelope).toEqual(read.envelope);
      }),
      runs(2500),
    );
    // The law says nothing when one of the ways is never taken.
    expect(Math.min(scanned, fallen, faults)).toBeGreaterThan(runs(50).numRuns);
  });

  test('on where the id stands: another id put there is the id of the same message', () => {
    fc.assert(
      fc.property(messageText, (text) => {
        const read = readMessage(encodeText(text));
        fc.pre(!isFault(read) && read.envelope.id !== undefined);
        if (isFault(read)) return;
        const spliced = spliceId(read, encodeText('"another"')).map(decodeText).join('');
        const message = JSON.parse(text) as Parsed;
        expect(JSON.parse(spliced)).toEqual({ ...message, id: 'another' });
        expect(Object.is(read.envelope.id, -0)).toBe(false);
      }),
      runs(600),
    );
  });

  test('on any JSON at all, and a batch is its members', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(messageText, valueText), { minLength: 1, maxLength: 5 }), (texts) => {
        const together = readMessages(encodeText(`[${texts.join(',')}]`));
        const apart = texts.map((text) => readMessage(encodeText(text)));
        const told = (reads: typeof together): readonly unknown[] =>
          reads.map((read) => (isFault(read) ? read : read.envelope.method + String(read.envelope.id)));
        expect(told(together)).toEqual(told(apart));
      }),
      runs(300),
    );
  });
});

/** A place in a text, as a part of its length; 1 is not in it. */
const somewhere = fc.nat(9999).map((part) => part / 10_000);

const damage = fc.record({
  kind: fc.constantFrom('cut', 'remove', 'insert', 'replace', 'repeat'),
  at: somewhere,
  length: fc.nat(6),
  piece: fc.constantFrom(
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    'x',
    '0',
    '-',
    ' ',
    '\n',
    '\u0000',
    'ü',
    '"a"',
    ',"id":2',
  ),
});

function damaged(text: string, harm: { kind: string; at: number; length: number; piece: string }): string {
  const at = Math.floor(harm.at * text.length);
  const end = at + harm.length;
  switch (harm.kind) {
    case 'cut':
      return text.slice(0, at);
    case 'remove':
      return text.slice(0, at) + text.slice(end);
    case 'insert':
      return text.slice(0, at) + harm.piece + text.slice(at);
    case 'replace':
      return text.slice(0, at) + harm.piece + text.slice(at + 1);
    default:
      return text.slice(0, end) + text.slice(at);
  }
}

/** Only what the scan takes can show what damage it would take. */
const scannable = messageText.filter((text) => scanMessage(encodeText(text)) !== undefined);

describe('the scan accepts nothing that is not one closed object', () => {
  test('no message that lacks its end', () => {
    fc.assert(
      fc.property(messageText, somewhere, (text, where) => {
        const bytes = encodeText(text.trimEnd());
        expect(scanMessage(bytes.subarray(0, Math.floor(where * bytes.length)))).toBeUndefined();
      }),
      runs(800),
    );
  });

  test('damage is seen, or is in what the scan says it passes over', () => {
    let tolerated = 0;
    fc.assert(
      fc.property(scannable, fc.array(damage, { minLength: 1, maxLength: 2 }), (text, harms) => {
        const harmed = harms.reduce(damaged, text);
        const bytes = encodeText(harmed);
        const scan = scanMessage(bytes);
        readMessages(bytes);
        if (scan === undefined) return;
        expect(isBalanced(harmed)).toBe(true);
        expect(() => JSON.parse(skeleton(harmed)) as unknown).not.toThrow();
        try {
          JSON.parse(harmed);
        } catch {
          tolerated += 1;
        }
      }),
      runs(3000),
    );
    expect(tolerated).toBeGreaterThan(runs(10).numRuns);
  });

  test('and no bytes make reading throw', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.tuple(messageText, fc.uint8Array({ maxLength: 4 }), fc.nat(200)).map(([text, noise, at]) => {
        const all = encodeText(text).slice();
        all.set(noise.subarray(0, Math.max(0, all.length - at)), Math.min(at, all.length));
        return all;
      }),
    );
    fc.assert(
      fc.property(bytes, (noise) => {
        const [first] = readMessages(noise);
        expect(first === undefined || isFault(first) || first.bytes.length > 0).toBe(true);
      }),
      runs(1000),
    );
  });
});
