import { expect, test } from 'vitest';
import { Journal, ReusableList, ReusableNumbers } from '../../src/session/journal.ts';
import { commit, openSession, receive, request } from './fixtures.ts';

test('a list keeps its order, and after it was cleared begins anew', () => {
  const list = new ReusableList<string>();
  list.push('a');
  list.push('b');
  expect([list.size, list.at(0), list.at(1)]).toEqual([2, 'a', 'b']);
  list.clear();
  expect(list.size).toBe(0);
  list.push('c');
  expect([list.size, list.at(0)]).toEqual([1, 'c']);
});

test('a cleared list holds on to nothing that was in it', () => {
  const list = new ReusableList<object>();
  list.push({});
  list.clear();
  expect(list.at(0)).toBeUndefined();
});

test('a cleared journal is as good as new', () => {
  const journal = new Journal();
  journal.countIndexes.push(1);
  journal.countAmounts.push(1);
  journal.outcomes.push('result');
  journal.delta[0] = 4;
  journal.isOpen = true;
  journal.clear();
  expect([journal.countIndexes.size, journal.countAmounts.size, journal.outcomes.size]).toEqual([0, 0, 0]);
  expect([[...journal.delta], journal.isOpen]).toEqual([[0, 0, 0, 0], false]);
});

test('sessions that share a journal write one after the other, and nothing of one reaches the other', () => {
  const journal = new Journal();
  const [one, other] = [openSession({ id: 'one', journal }), openSession({ id: 'other', journal })];
  receive(one.record, request(1, 'tools/call'));
  receive(other.record, request(1, 'tools/call'));
  expect([one.record.pending.size, other.record.pending.size]).toEqual([1, 1]);
  expect([one.record.frames, other.record.frames]).toEqual([1, 1]);
});

test('a unit of work inside another is a defect that is told at once', () => {
  const journal = new Journal();
  const [one, other] = [openSession({ id: 'one', journal }), openSession({ id: 'other', journal })];
  expect(() => commit(one.record, () => other.record.unit.begin(0), { at: 0 })).toThrow('inside another');
  expect(commit(one.record, ({ unit }) => unit.count('held'), { at: 1 })).toEqual([]);
});

test('cleared numbers begin anew', () => {
  const numbers = new ReusableNumbers();
  numbers.push(4);
  numbers.push(5);
  expect([numbers.size, numbers.at(0), numbers.at(1)]).toEqual([2, 4, 5]);
  numbers.clear();
  numbers.push(6);
  expect([numbers.size, numbers.at(0)]).toEqual([1, 6]);
});
