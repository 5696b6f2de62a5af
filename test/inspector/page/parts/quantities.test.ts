import { expect, test } from 'vitest';
import { age, duration, rate, size } from '../../../../src/inspector/page/parts/quantities.ts';

test('times are short and have a unit', () => {
  const times = [-1, 0.42, 43.4, 999.6, 2_540, 9_960, 43_000, 240_000, 3_600_000, 12_000_000, 90_000_000, 172_800_000];
  expect(times.map((ms) => duration(ms))).toEqual([
    ...[
      '0.0 ms',
      '0.4 ms',
      '43 ms',
      '1000 ms',
      '2.5 s',
      '10 s',
      '43 s',
      '4 min',
      '1 h',
      '3 h 20 min',
      '1 d 1 h',
      '2 d',
    ],
  ]);
});

test('ages are whole seconds', () => {
  expect([-5, 900, 43_999, 119_999, 121_000].map((ms) => age(ms))).toEqual(['0 s', '0 s', '43 s', '119 s', '2 min']);
});

test('sizes are in bytes and their powers of two', () => {
  expect([0, 1_023, 1_434, 20_480, 5_242_880].map((bytes) => size(bytes))).toEqual([
    ...['0 B', '1023 B', '1.4 KiB', '20 KiB', '5.0 MiB'],
  ]);
});

test('rates have a decimal where it says something', () => {
  expect([0, 0.42, 9.96, 1_200.4].map((perSecond) => rate(perSecond))).toEqual(['0', '0.4', '10', '1200']);
});
