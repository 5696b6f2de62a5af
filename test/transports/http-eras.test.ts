import { expect, test } from 'vitest';
import { isLegacyRevision, namesModern, understandsPriming } from '../../src/transports/http-eras.ts';

test.each([
  [undefined, false, false, true],
  ['', false, false, false],
  ['1999-01-01', false, false, false],
  ['2024-10-07', false, false, true],
  ['2024-11-05', false, false, true],
  ['2025-03-26', false, false, true],
  ['2025-06-18', false, false, true],
  ['2025-11-25', false, true, true],
  ['2026-07-28', true, true, false],
  ['2031-01-01', true, true, false],
  ['v999', true, true, false],
])(
  'R15 %j is modern: %s, understands priming: %s, may be named in a legacy session: %s',
  (named, isModern, primes, isLegacy) => {
    expect([namesModern(named), understandsPriming(named), isLegacyRevision(named, undefined)]).toEqual([
      isModern,
      primes,
      isLegacy,
    ]);
  },
);

test('R15 what the peers agreed on may be named, whatever it is', () => {
  expect([isLegacyRevision('own', 'own'), isLegacyRevision('own', 'other')]).toEqual([true, false]);
});
