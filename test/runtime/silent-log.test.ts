import { expect, test } from 'vitest';
import { silentLog } from '../../src/runtime/silent-log.ts';

test('wants no traces, and takes lines of every level without a word', () => {
  expect(silentLog.traces).toBe(false);
  const answers = (['trace', 'debug', 'info', 'warn', 'error'] as const).map((level) =>
    silentLog[level]({ a: 1 }, 'text'),
  );
  expect(answers).toEqual([undefined, undefined, undefined, undefined, undefined]);
});
