import { expect, test } from 'vitest';
import { asError } from '../../src/adapters/thrown.ts';

test('what is thrown is an error, as it is or with what it was', () => {
  const error = new TypeError('no');
  expect(asError(error)).toBe(error);
  expect(asError('no')).toMatchObject({ message: 'no' });
  expect(asError({ code: 7 })).toMatchObject({ cause: { code: 7 } });
});
