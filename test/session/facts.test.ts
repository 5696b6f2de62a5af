import { expect, test } from 'vitest';
import { noFacts } from '../../src/session/facts.ts';
import { commit, openSession } from './fixtures.ts';

test('a session begins knowing nothing', () => {
  const { record } = openSession();
  expect(record.facts).toBe(noFacts);
  expect(Object.values({ ...noFacts, subscriptions: undefined }).every((fact) => fact === undefined)).toBe(true);
  expect(noFacts.subscriptions.size).toBe(0);
});

test('what one session learns replaces its facts and leaves those that all sessions begin with', () => {
  const { record } = openSession();
  commit(record, ({ unit }) => unit.learn({ serverName: 'everything' }), { at: 0 });
  expect(record.facts.serverName).toBe('everything');
  expect(noFacts.serverName).toBeUndefined();
});
