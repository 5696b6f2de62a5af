import { expect, test } from 'vitest';
import { differenceLines } from '../../src/record/tape-difference-text.ts';
import type { Change } from '../../src/record/tape-difference.ts';

const change: Change = { change: 'changed', what: 'exchange', name: '-> ping', differences: [] };

test('every line has its mark, and says on which lines of the tapes it is', () => {
  const changes: readonly Change[] = [
    { ...change, change: 'missing', beforeLine: 3 },
    { ...change, change: 'new', what: 'state', name: 'active.serving -> failed', afterLine: 4 },
    { ...change, change: 'moved', beforeLine: 3, afterLine: 4 },
    {
      ...change,
      beforeLine: 3,
      afterLine: 4,
      differences: [
        { part: 'answer', path: '/result', expected: { a: 'x'.repeat(300) }, actual: undefined },
        { part: 'outcome', expected: 'result', actual: 'timeout' },
      ],
    },
  ];
  const lines = differenceLines({ before: 1, after: undefined, same: 2, changes });
  expect(lines.map(({ text }) => text)).toEqual([
    '  session 1 and -: 2 the same, 4 not',
    '- -> ping  (line 3)',
    '+ state  active.serving -> failed  (line 4)',
    '~ -> ping  is at another place  (lines 3 and 4)',
    '~ -> ping  (lines 3 and 4)',
    '    answer /result',
    `-     {"a":"${'x'.repeat(193)}…`,
    '    outcome',
    '-     result',
    '+     timeout',
  ]);
  expect(lines.every(({ mark, text }) => text.startsWith(mark))).toBe(true);
});
