import { describe, expect, test } from 'vitest';
import { internedAt } from '../../src/protocol/interned.ts';
import { knownMethods } from '../../src/protocol/methods.ts';
import { revisions } from '../../src/protocol/revisions.ts';
import { encodeText } from '../../src/protocol/text.ts';

describe('words that are known from their bytes', () => {
  test.each([...knownMethods, ...revisions])('%s, wherever it stands', (word) => {
    for (const around of ['', '"', 'a long text before and behind']) {
      const bytes = encodeText(around + word + around);
      expect(internedAt(bytes, around.length, around.length + word.length)).toBe(word);
    }
  });

  test('are not what begins with one, whatever follows', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const taken: string[] = [];
    for (const word of [...knownMethods, ...revisions]) {
      for (const first of letters) {
        for (const second of letters) {
          const bytes = encodeText(word + first + second);
          if (internedAt(bytes, 0, bytes.length) !== undefined) taken.push(word + first + second);
        }
      }
    }
    expect(taken).toEqual([]);
  });

  test('are whole words', () => {
    const bytes = encodeText('tools/list_changed');
    expect(internedAt(bytes, 0, 'tools/list'.length)).toBe('tools/list');
    for (const end of [0, 1, 5, 'tools/lis'.length, 'tools/list_'.length, bytes.length]) {
      expect(internedAt(bytes, 0, end)).toBeUndefined();
    }
    expect(internedAt(bytes, 1, 'tools/list'.length)).toBeUndefined();
    const long = encodeText('x'.repeat(1000));
    expect(internedAt(long, 0, long.length)).toBeUndefined();
  });
});
