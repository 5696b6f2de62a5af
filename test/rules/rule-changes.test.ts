import { expect, test } from 'vitest';
import { changesBetween } from '../../src/rules/rule-changes.ts';
import { rulesOf } from './rule-sets.ts';

test('what a new version adds, removes and changes is said by the names of its rules', () => {
  const before = rulesOf(
    '{ id: same, do: [block: {}] }',
    '{ id: gone, do: [block: {}] }',
    '{ id: other, do: [block: {}] }',
    '{ id: asks, when: frame.bytes > 1, do: [block: {}] }',
  );
  const after = rulesOf(
    '{ id: new, do: [block: {}] }',
    '{ id: same, do: [block: {}] }',
    '{ id: other, do: [block: { message: No }] }',
    '{ id: asks, when: frame.bytes > 2, do: [block: {}] }',
  );
  expect(changesBetween(before, after)).toEqual({ added: ['new'], removed: ['gone'], changed: ['other', 'asks'] });
  expect(changesBetween(before, before)).toEqual({ added: [], removed: [], changed: [] });
});
