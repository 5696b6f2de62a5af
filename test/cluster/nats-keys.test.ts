import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeKey, encodeKey } from '../../src/cluster/nats-keys.ts';

test('a key has a name of the characters that tables take, and is read back from it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
      const name = encodeKey(key);
      expect(name).toMatch(/^[\w=-]+$/);
      expect(decodeKey(name)).toBe(key);
    }),
    { numRuns: 200 },
  );
  expect(encodeKey('s:a-1_b')).toBe('s=3aa-1_b');
  expect(encodeKey('s=3aa')).not.toBe(encodeKey('s:a'));
});
