import { expect, test } from 'vitest';
import { counted } from '../src/counted.ts';

test('one thing, and any other number of things', () => {
  expect([0, 1, 2].map((count) => counted(count, 'line'))).toEqual(['0 lines', '1 line', '2 lines']);
});
