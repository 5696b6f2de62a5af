import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rawLine, rawLines } from '../../../../src/inspector/page/exchange/raw-lines.ts';

test('rows break at line breaks and where they are full', () => {
  const lines = rawLines('abcdef\r\ng\n\nh', 4);
  expect(Array.from({ length: lines.starts.length - 1 }, (_, row) => rawLine(lines, row))).toEqual([
    ...['abcd', 'ef', 'g', '', 'h'],
  ]);
});

test('rows together are the text, and none parts a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (text, most) => {
      const { starts } = rawLines(text, most);
      const rows = starts.slice(0, -1).map((start, row) => text.slice(start, starts[row + 1]));
      expect(rows.join('')).toBe(text);
      for (const row of rows) expect(encodeURIComponent(row)).not.toBe('');
    }),
  );
});
