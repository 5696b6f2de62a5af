import { expect, test } from 'vitest';
import { commit, countsOf, openSession } from './fixtures.ts';

test('a record changes through its own unit of work, at the commit', () => {
  const { record } = openSession();
  record.unit.begin(3);
  record.unit.count('held', 2);
  expect(countsOf(record)).toEqual({});
  record.unit.prepare(false);
  record.unit.commit();
  expect(countsOf(record)).toEqual({ held: 2 });
});

test('every record has a unit of its own', () => {
  const [one, other] = [openSession().record, openSession().record];
  commit(one, ({ unit }) => unit.count('held'), { at: 0 });
  expect([one.version, other.version]).toEqual([1, 0]);
  expect(countsOf(other)).toEqual({});
});
