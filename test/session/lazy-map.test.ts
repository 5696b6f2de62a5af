import { expect, test } from 'vitest';
import { LazyMap } from '../../src/session/lazy-map.ts';

test('an empty map answers every question without being one', () => {
  const map = new LazyMap<string, number>();
  expect([map.size, map.get('a'), map.has('a'), map.delete('a')]).toEqual([0, undefined, false, false]);
  expect([[...map.keys()], [...map.values()]]).toEqual([[], []]);
});

test('a map that is used is a map like any other, in the order of insertion', () => {
  const map = new LazyMap<string, number>();
  map.set('b', 1);
  map.set('a', 2);
  map.set('b', 3);
  expect([map.size, map.get('b'), map.has('a'), map.has('c')]).toEqual([2, 3, true, false]);
  expect([[...map.keys()], [...map.values()]]).toEqual([
    ['b', 'a'],
    [3, 2],
  ]);
  expect([map.delete('b'), map.delete('b'), map.size]).toEqual([true, false, 1]);
});

test('two maps do not meet in the empty one that they begin with', () => {
  const [one, other] = [new LazyMap<string, number>(), new LazyMap<string, number>()];
  one.set('a', 1);
  expect([other.size, [...other.keys()]]).toEqual([0, []]);
});

test('a cleared map is empty', () => {
  const map = new LazyMap<string, number>();
  map.set('a', 1);
  map.clear();
  expect([map.size, [...map.values()]]).toEqual([0, []]);
});
