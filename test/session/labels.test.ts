import { expect, test } from 'vitest';
import { changeLabel } from '../../src/session/labels.ts';
import { commit, openSession, remarksOf } from './fixtures.ts';

test('labels are set and removed; one that is too long, or one too many, is counted and left out', () => {
  const { record } = openSession({ limits: { labelsPerSession: 2, labelCharactersMax: 5 } });
  const set = (label: string, isSet = true) => commit(record, () => changeLabel(record, { label, isSet }), { at: 0 });
  for (const label of ['12345', '123456', 'two', 'three', 'two']) set(label);
  expect([[...record.labels.keys()], record.labelChanges, remarksOf(record)]).toEqual([
    ['12345', 'two'],
    2,
    { refusedLabels: 2 },
  ]);
  set('12345', false);
  set('never set', false);
  expect([[...record.labels.keys()], record.labelChanges]).toEqual([['two'], 3]);
});
