import { expect, test } from 'vitest';
import { spokenBytes, spokenId, spokenMs, spokenOffset } from '../../../../src/inspector/page/session/spoken.ts';

test.each([
  [0.04, '0 ms'],
  [3.26, '3.3 ms'],
  [999, '999 ms'],
  [1000, '1 s'],
  [9990, '9.9 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [125_000, '2 min 5 s'],
  [12_000_000, '3 h 20 min'],
  [-1500, '-1.5 s'],
])('%d ms are said as %s', (ms, said) => {
  expect(spokenMs(ms)).toBe(said);
});

test.each([
  [0, '+0.000'],
  [12_345, '+12.345'],
  [62_345.4, '+1:02.345'],
  [3_602_005, '+1:00:02.005'],
])('%d ms after the beginning is %s', (ms, said) => {
  expect(spokenOffset(ms)).toBe(said);
});

test('bytes have the unit that suits them', () => {
  expect([0, 1023, 1024, 200_000, 5_000_000].map(spokenBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '195 KiB',
    '4.8 MiB',
  ]);
});

test('an id shows its JSON type', () => {
  expect([7, '7', null].map(spokenId)).toEqual(['#7', '#"7"', '#null']);
});
