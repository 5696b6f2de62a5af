import { expect, test } from 'vitest';
import { keyRows } from '../../../../src/inspector/page/shell/keys.ts';

test('no key does two things', () => {
  const keys = keyRows.flatMap((row) => row.keys);
  expect(new Set(keys).size).toBe(keys.length);
});
