import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { depthOfLine, jsonLines, partsOfLine } from '../../../../src/inspector/page/exchange/json-lines.ts';

const shown = (text: string): readonly string[] => {
  const lines = jsonLines(text);
  return Array.from({ length: lines.count }, (_, line) => {
    const parts = partsOfLine(lines, line).map((part) => part.text);
    return '  '.repeat(depthOfLine(lines, line)) + parts.join('');
  });
};

describe('JSON in lines', () => {
  test('has a line for each member and each bracket, and none for what is empty', () => {
    expect(shown('{"a":1,"b":{},"c":[ ],"d":[true,{"e":"x"}]}')).toEqual([
      '{',
      '  "a": 1,',
      '  "b": {},',
      '  "c": [],',
      '  "d": [',
      '    true,',
      '    {',
      '      "e": "x"',
      '    }',
      '  ]',
      '}',
    ]);
  });

  test('is what it was, however it was spaced', () => {
    const spaced = fc.tuple(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, 2, '\t'));
    fc.assert(
      fc.property(spaced, ([value, space]) => {
        const text = JSON.stringify(value, null, space);
        const lines = shown(text);
        expect(JSON.parse(lines.join('\n'))).toEqual(JSON.parse(text));
        expect(lines.join('\n')).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test('keeps numbers as they were written, and names that stand there twice', () => {
    expect(shown('{"a":12345678901234567890,"a":1.50e3}')).toEqual([
      '{',
      '  "a": 12345678901234567890,',
      '  "a": 1.50e3',
      '}',
    ]);
  });

  test('tells names, texts, numbers and words', () => {
    const lines = jsonLines('{"a":["b",-1.5,null]}');
    const kinds = Array.from({ length: lines.count }, (_, line) => partsOfLine(lines, line).map(({ kind }) => kind));
    expect(kinds).toEqual([
      ['mark'],
      ['key', 'mark', 'mark'],
      ['string', 'mark'],
      ['number', 'mark'],
      ['word'],
      ['mark'],
      ['mark'],
    ]);
  });

  test('cuts texts that are too long, and says how much is left', () => {
    const lines = jsonLines(JSON.stringify('x'.repeat(5_000)));
    expect(partsOfLine(lines, 0, 10).map(({ text }) => text)).toEqual(['"xxxxxxxxx… (4992 more)']);
  });

  test('of anything else comes to an end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', ' ', 'a', '1') }),
        (text) => {
          expect(shown(text).length).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });
});
