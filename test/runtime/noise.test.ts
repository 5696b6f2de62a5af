import { expect, test } from 'vitest';
import { warnOfNoise } from '../../src/runtime/noise.ts';
import { KeptLog } from './kept-log.ts';

test('noise fills no log: after the twentieth of a kind nothing is said, nor put together', () => {
  const log = new KeptLog();
  let made = 0;
  for (let seen = 1; seen <= 25; seen += 1) warnOfNoise(log, seen, 'noise', () => ({ number: ++made }));
  expect(log.texts('warn')).toEqual([
    ...Array.from({ length: 19 }, () => 'noise'),
    'noise (further ones are only counted)',
  ]);
  expect([made, log.lines.at(-1)?.fields]).toEqual([20, { number: 20 }]);
});
