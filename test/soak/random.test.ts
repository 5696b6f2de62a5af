import { expect, test } from 'vitest';
import { Chance } from './random.ts';

const first = (chance: Chance, count: number): readonly number[] => Array.from({ length: count }, () => chance.next());

test('the same seed and part make the same choices, another part makes others', () => {
  expect(first(new Chance(7, 'a'), 5)).toEqual(first(new Chance(7, 'a'), 5));
  expect(first(new Chance(7, 'a'), 5)).not.toEqual(first(new Chance(7, 'b'), 5));
  expect(first(new Chance(7, 'a'), 5)).not.toEqual(first(new Chance(8, 'a'), 5));
});

test('choices are spread over all there is to choose from', () => {
  const chance = new Chance(1, '');
  const picked = new Set(Array.from({ length: 200 }, () => chance.between(1, 6)));
  expect(picked).toEqual(new Set([1, 2, 3, 4, 5, 6]));
});

test('names come as often as their weights say', () => {
  const chance = new Chance(1, '');
  const counts = { rare: 0, common: 0 };
  for (let index = 0; index < 4000; index += 1) counts[chance.weighted({ rare: 1, common: 3 })] += 1;
  expect(counts.common / counts.rare).toBeGreaterThan(2.5);
  expect(counts.common / counts.rare).toBeLessThan(3.5);
});
