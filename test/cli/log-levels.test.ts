import { pino } from 'pino';
import { expect, test } from 'vitest';
import { logLevels } from '../../src/cli/log-levels.ts';

test('the levels are those of the logger, from all to nothing', () => {
  const { values } = pino.levels;
  const spoken = logLevels.filter((level) => level !== 'silent');
  expect(logLevels.at(-1)).toBe('silent');
  expect(spoken.map((level) => values[level])).toEqual([10, 20, 30, 40, 50]);
});
