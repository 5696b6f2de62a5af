import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeText } from '../../src/protocol/text.ts';
import { bytesPerCharacterMax, sizeOfValue, unsized } from '../../src/protocol/value-size.ts';

const size = (value: unknown, depth = 10, bytes = 10_000): number => sizeOfValue(value, depth, bytes);
const written = (value: unknown): number => encodeText(JSON.stringify(value)).length;

describe('the size of a value', () => {
  test('is what JSON makes of it, where a character is a byte', () => {
    const plain = fc.jsonValue({ maxDepth: 3, stringUnit: fc.constantFrom('a', 'Z', ' ', '7') });
    fc.assert(
      fc.property(plain, (value) => {
        expect(size(value, 100, 1e9)).toBe(written(value));
      }),
      { numRuns: 200 },
    );
  });

  test('is never more than the bytes, nor less than a sixth of them', () => {
    const any = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
    fc.assert(
      fc.property(any, (value) => {
        const bytes = written(value);
        expect(size(value, 100, 1e9)).toBeLessThanOrEqual(bytes);
        expect(size(value, 100, 1e9) * bytesPerCharacterMax).toBeGreaterThanOrEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  test.each([[{ a: undefined }], [{ a: 1, b: undefined }], [{ a: 0.5, b: -3 }], [[[], {}, null, true, false]]])(
    'of %j leaves out what JSON leaves out',
    (value) => expect(size(value)).toBe(written(value)),
  );

  test.each([
    ['a date', new Date(0)],
    ['an instance', new Map()],
    ['no number', { a: NaN }],
    ['a function', { a: () => 1 }],
    ['a hole', [undefined]],
    ['a big integer', { a: 1n }],
  ])('is none for %s, which JSON writes otherwise', (_what, value) => {
    expect(size(value)).toBe(unsized.notPlain);
  });

  test('is none for what is too deep, a circle among it', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect([size([[1]], 2), size([[1]], 1), size(circle)]).toEqual([5, unsized.tooDeep, unsized.tooDeep]);
  });

  test('is none for what is too large, and the walk ends there', () => {
    expect([size('a'.repeat(20), 1, 30), size(['a'.repeat(40)], 2, 30), size({ a: 'a'.repeat(40) }, 2, 30)]).toEqual([
      22,
      unsized.tooLarge,
      unsized.tooLarge,
    ]);
    const endless = {
      a: 'a'.repeat(40),
      get b(): never {
        throw new Error('read on');
      },
    };
    expect(size(endless, 2, 30)).toBe(unsized.tooLarge);
  });
});
