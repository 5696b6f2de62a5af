import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { LineBytes, phrases, piece } from '../../src/record/line-bytes.ts';

/** What was put together, by somebody who begins with room for one byte. */
function textOf(write: (out: LineBytes) => void): string {
  const out = new LineBytes(1);
  write(out);
  expect(out.length).toBe(out.written.length);
  return decodeText(out.written);
}

describe('bytes of a line', () => {
  test('are as JSON has them, for any number, id and text', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.maxSafeNat(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(value, value, (one, other) => {
        const text = textOf((out) => {
          for (const said of [one, other]) {
            if (typeof said === 'number') out.number(said);
            else out.json(said);
            out.piece(piece(','));
            out.id(said);
            out.json(said);
          }
        });
        const spelled = [one, other].map((said) => (typeof said === 'number' ? String(said) : JSON.stringify(said)));
        expect(text).toBe(
          spelled.map((said, index) => `${said},${said}${JSON.stringify([one, other][index])}`).join(''),
        );
      }),
      { numRuns: 500 },
    );
  });

  test.each([0, 9, 10, 99, 100, 2_147_483_647, 2_147_483_648, -1, 1.5])('spell %d as it is', (number) => {
    expect(textOf((out) => out.number(number))).toBe(String(number));
  });

  test('have the members of an object behind others, and none of an empty one', () => {
    expect(textOf((out) => out.members({ a: 1, b: undefined, c: 'é' }))).toBe(',"a":1,"c":"é"');
    expect(textOf((out) => out.members({}))).toBe('');
  });

  test('have a message on one line, whatever separated its lines', () => {
    expect(textOf((out) => out.onOneLine(encodeText('{\n"a"\r\n:1}\n')))).toBe('{ "a"  :1} ');
    expect(textOf((out) => out.onOneLine('{"é":\r1}'))).toBe('{"é": 1}');
  });

  test('have a message of any bytes as it is, but for its line breaks, wherever it begins', () => {
    const bytes = fc.uint8Array({ maxLength: 1200 });
    fc.assert(
      fc.property(fc.nat(7), bytes, (before, message) => {
        const out = new LineBytes(1);
        out.text('.'.repeat(before));
        out.onOneLine(message);
        const flat = message.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte));
        expect([...out.written.subarray(before)]).toEqual([...flat]);
      }),
      { numRuns: 500 },
    );
  });

  test('may be taken back', () => {
    expect(
      textOf((out) => {
        out.text('ab'.repeat(3000));
        out.cutTo(2);
        out.text('c');
      }),
    ).toBe('abc');
  });
});

test('a phrase is made once for each of its words, and forgotten when there are too many', () => {
  let made = 0;
  const phrase = phrases((one, other) => `${one}-${other}-${++made}`);
  const text = (one: string, other?: string): string => decodeText(phrase(one, other));
  expect([text('a', 'b'), text('a', 'c'), text('a'), text('a', 'b')]).toEqual(['a-b-1', 'a-c-2', 'a--3', 'a-b-1']);
  for (let count = 0; count < 1000; count++) text(String(count));
  expect(text('a', 'b')).toBe(`a-b-${made}`);
  const long = 'x'.repeat(1000);
  expect(text(long)).not.toBe(text(long));
});
