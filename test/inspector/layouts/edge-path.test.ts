import { expect, test } from 'vitest';
import { type Point, arrowAt, pathAlong, placeOn } from '../../../src/inspector/layouts/edge-path.ts';

const bent: readonly Point[] = [
  [0, 0],
  [0, 40],
  [60, 40],
];

test('a line turns in a round corner and ends where its arrow begins', () => {
  expect(pathAlong(bent)).toBe('M0,0L0,35Q0,40 5,40L53,40');
});

test('a short step keeps its corners within it', () => {
  const step: readonly Point[] = [
    [0, 0],
    [0, 20],
    [4, 20],
    [4, 40],
  ];
  expect(pathAlong(step)).toBe('M0,0L0,18Q0,20 2,20L2,20Q4,20 4,22L4,33');
});

test('an arrow points the way that the line goes', () => {
  expect(arrowAt(bent)).toBe('60,40 53,43.5 53,36.5');
});

test('a number stands on the longest straight piece', () => {
  expect(placeOn(bent, 0.5)).toEqual([30, 40]);
});

test('no points make no line', () => {
  expect([pathAlong([]), arrowAt([]), placeOn([], 0.5)]).toEqual(['', '', [0, 0]]);
});
