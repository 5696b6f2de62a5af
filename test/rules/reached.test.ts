import { expect, test } from 'vitest';
import { Reached } from '../../src/rules/reached.ts';
import { rulesOf } from './rule-sets.ts';

const ids = (rules: readonly { readonly id: string }[]): readonly string[] => rules.map(({ id }) => id);

test('a session has come to what its change of state means, and is told once', () => {
  const rules = rulesOf(
    '{ id: any, on: transition, do: [pause: {}] }',
    '{ id: ready, on: transition, from: initializing, to: active, do: [pause: {}] }',
    '{ id: down, on: transition, to: active.recovering, do: [pause: {}] }',
  );
  const reached = new Reached();
  reached.reach(rules, 's1', 'initializing', 'active.serving');
  expect(ids(reached.take('s2'))).toEqual([]);
  expect(ids(reached.take('s1'))).toEqual(['any', 'ready']);
  expect(ids(reached.take('s1'))).toEqual([]);
});

test('what means one session alone is not reached by others, and what is over is forgotten', () => {
  const rules = rulesOf('{ id: any, on: transition, do: [pause: {}] }').map((rule) => ({ ...rule, session: 's1' }));
  const reached = new Reached();
  for (const id of ['s1', 's2']) reached.reach(rules, id, 'initializing', 'active.serving');
  expect(ids(reached.take('s2'))).toEqual([]);
  reached.forget('s1');
  expect(ids(reached.take('s1'))).toEqual([]);
});
