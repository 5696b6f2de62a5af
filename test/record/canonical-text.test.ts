import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalText } from '../../src/record/canonical-text.ts';
import { compareMessages } from '../../src/record/message-comparison.ts';

test('keys are sorted, and what is ignored is not there', () => {
  const ignoring = (path: string): boolean => path === '/b/0' || path === '/c~1d';
  expect(canonicalText({ b: [1, { z: null, a: 'x' }], 'c/d': 1, a: true }, ignoring)).toBe(
    '{"a":true,"b":[,{"a":"x","z":null}]}',
  );
});

test('texts are the same exactly where no difference is found', () => {
  const ignoring = (path: string): boolean => path.endsWith('/a');
  const value = fc.dictionary(
    fc.constantFrom('a', 'b', '__proto__', 'params'),
    fc.constantFrom<unknown>(1, [1], { a: 1 }, {}, { b: {} }, { _meta: { a: 2 } }, 'x'),
  );
  fc.assert(
    fc.property(value, value, (one, other) => {
      const isSame = canonicalText(one, ignoring) === canonicalText(other, ignoring);
      expect(isSame).toBe(compareMessages(one, other, { ignoring }) === undefined);
    }),
  );
});
