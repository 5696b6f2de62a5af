import { expect, test } from 'vitest';
import { isBroken, verdictOf } from '../../../src/testing/report/verdict.ts';
import { findings } from './example.ts';

test('a law that was never put to the test is not kept', () => {
  expect(findings.laws.map(verdictOf)).toEqual(['broken', 'kept', 'not exercised', 'known']);
});

test('what is known to be broken does not count', () => {
  expect(isBroken(findings)).toBe(true);
  expect(isBroken({ ...findings, laws: findings.laws.slice(1) })).toBe(false);
});
