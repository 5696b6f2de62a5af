import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { positive } from '../../src/cli/positive.ts';

test('a number is whole and above zero', () => {
  expect(positive('10485760')).toBe(10_485_760);
  for (const text of ['0', '-1', '1.5', 'many', '', '1e400'])
    expect(() => positive(text)).toThrow(InvalidArgumentError);
});
