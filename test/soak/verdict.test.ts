import { expect, test } from 'vitest';
import { type Sample, heapVerdict } from './verdict.ts';

const mebibyte = 1024 * 1024;
const samples = (heapMiB: (index: number) => number): readonly Sample[] =>
  Array.from({ length: 40 }, (_, index) => ({ atS: index * 3, heapBytes: heapMiB(index) * mebibyte }));

test('memory that stays where it is, or that grew only at the beginning, does not leak', () => {
  expect(heapVerdict(samples(() => 10)).isLeak).toBe(false);
  expect(heapVerdict(samples((index) => Math.min(10 + index, 25))).isLeak).toBe(false);
});

test('memory that rises steadily leaks, and it is said by how much in the last half', () => {
  const verdict = heapVerdict(samples((index) => 10 + index / 10));
  expect(verdict.isLeak).toBe(true);
  expect(verdict.growthBytes / mebibyte).toBeCloseTo(1.9, 1);
});

test('what an hour would bring lies around nothing where memory stays, and around the rise where it rises', () => {
  const noise = (index: number): number => ((index * 7) % 5) / 10;
  const still = heapVerdict(samples((index) => 10 + noise(index))).hourly;
  expect(still.low < 0 && still.high > 0).toBe(true);
  const rising = heapVerdict(samples((index) => 10 + index / 10)).hourly;
  expect(rising.low / mebibyte).toBeCloseTo(120, 0);
  expect(rising.high / mebibyte).toBeCloseTo(120, 0);
});

test('less than 1 MiB is no leak, nor is a rise that drowns in the scatter', () => {
  expect(heapVerdict(samples((index) => 10 + index / 25)).isLeak).toBe(false);
  const scattered = samples((index) => 50 + index / 15 + (index % 2 === 0 ? 1 : -1));
  expect(heapVerdict(scattered)).toMatchObject({ isLeak: false });
});

test('a few odd samples neither make a leak nor hide one', () => {
  const odd = (index: number): number => (index === 25 || index === 38 ? 40 : 0);
  expect(heapVerdict(samples((index) => 10 + odd(index))).isLeak).toBe(false);
  expect(heapVerdict(samples((index) => 10 + index / 5 - odd(index) / 10)).isLeak).toBe(true);
});

test('with hardly any samples there is nothing to say', () => {
  expect(heapVerdict([]).isLeak).toBe(false);
  expect(heapVerdict(samples((index) => index * 100).slice(0, 6)).isLeak).toBe(false);
});

test('what is still filling up is no leak until it is more than that', () => {
  const rising = samples((index) => 10 + index / 5);
  expect(heapVerdict(rising, 4 * mebibyte).isLeak).toBe(false);
  expect(heapVerdict(rising, mebibyte).isLeak).toBe(true);
});
