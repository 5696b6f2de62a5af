import { expect, test } from 'vitest';
import { age, rate } from '../../../../src/inspector/page/parts/quantities.ts';

test('ages are whole seconds, and then whole minutes', () => {
  const ages = [-5, 900, 43_999, 119_999, 125_000, 12_034_000];
  expect(ages.map((ms) => age(ms))).toEqual(['0 s', '0 s', '43 s', '119 s', '2 min', '3 h 20 min']);
});

test('rates have a decimal where it says something', () => {
  expect([0, 0.42, 9.96, 1_200.4].map((perSecond) => rate(perSecond))).toEqual(['0', '0.4', '10', '1200']);
});
