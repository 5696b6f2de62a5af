import { describe, expect, test } from 'vitest';
import { decodeSlice, decodeText, encodeText, isValidUtf8 } from '../../src/protocol/text.ts';

describe('text and bytes', () => {
  test('a byte order mark stays, and invalid bytes are replaced', () => {
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\uFEFFa');
    expect(decodeText(Uint8Array.of(0x61, 0xff))).toBe('a\uFFFD');
  });

  test.each(['', 'short', 'ü', 'twelve bytes', 'longer than a short one', 'ein längerer Text'])(
    'a slice of %j is decoded as the whole would be',
    (text) => {
      const bytes = encodeText(`<${text}>`);
      expect(decodeSlice(bytes, 1, bytes.length - 1)).toBe(text);
    },
  );

  test.each([[0x80], [0x61, 0xff], [0xc3], [0xef, 0xbb, 0xbf, 0x61]])(
    'a slice of bytes %j … is decoded as the whole is',
    (...bytes) => {
      const whole = Uint8Array.from(bytes);
      expect(decodeSlice(whole, 0, whole.length)).toBe(decodeText(whole));
    },
  );

  test.each<[string, readonly number[], boolean]>([
    ['ASCII', [0x61], true],
    ['two bytes', [0xc3, 0xbc], true],
    ['a lone continuation', [0x80], false],
    ['a cut sequence', [0xc3], false],
    ['an overlong form', [0xc0, 0xaf], false],
    ['a surrogate', [0xed, 0xa0, 0x80], false],
  ])('%s', (_, bytes, isValid) => {
    expect(isValidUtf8(Uint8Array.from(bytes))).toBe(isValid);
  });
});
