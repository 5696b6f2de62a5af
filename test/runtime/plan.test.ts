import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, createActor, setup } from 'xstate';
import { sessionMachine } from '../../machines/session.ts';
import { condition, update } from '../../machines/update.ts';
import { arriveAt, compilePlan, isRepeatable } from '../../src/runtime/plan.ts';
import { BaseUnit } from '../../src/session/base-unit.ts';
import { sessionEventTypes } from '../../src/session/events.ts';
import { openSession } from '../session/fixtures.ts';

const chart = setup({
  types: { context: {} as { record: { unit: BaseUnit<string, string> } } },
  actions: { note: update(() => {}), log: () => {} },
  guards: { isAllowed: condition(() => true), isInline: () => true },
});

function planOf(config: object): ReadonlyMap<string, readonly { readonly updates: unknown }[]> {
  const machine = chart.createMachine({
    context: () => ({ record: { unit: new BaseUnit<string, string>() } }),
    ...config,
  } as never) as unknown as AnyStateMachine;
  return compilePlan(machine, createActor(machine).getSnapshot() as never);
}

describe('a plan holds', () => {
  test('updates without a target, of the state and of its ancestors, innermost first', () => {
    const plan = planOf({
      on: { e: { actions: ['note', 'note'] } },
      initial: 'a',
      states: { a: { on: { e: { guard: 'isAllowed', actions: 'note' } } } },
    });
    expect(plan.get('e')?.map(({ updates }) => (updates as readonly unknown[]).length)).toEqual([1, 2]);
  });

  test('a candidate with a target as one that XState has to take first', () => {
    const plan = planOf({ initial: 'a', states: { a: { on: { e: 'b' } }, b: {} } });
    expect(plan.get('e')).toEqual([{ isAllowed: undefined, updates: undefined, step: undefined }]);
  });

  test('a candidate with an action that is no update as one that XState takes', () => {
    const plan = planOf({ on: { e: { actions: ['note', 'log'] } } });
    expect(plan.get('e')?.[0]?.updates).toBeUndefined();
  });
});

describe('a plan leaves to XState', () => {
  test.each([
    ['an event with a guard that is no condition', { on: { e: { guard: 'isInline', actions: 'note' } } }],
    [
      'a state with an eventless transition',
      { on: { e: { actions: 'note' } }, always: { guard: 'isInline', actions: 'log' } },
    ],
    ['a state with a wildcard', { on: { e: { actions: 'note' }, '*': { actions: 'note' } } }],
    [
      'a parallel state',
      { type: 'parallel', states: { a: { on: { e: { actions: 'note' } } }, b: { on: { e: { actions: 'note' } } } } },
    ],
  ])('%s', (_what, config) => {
    expect(planOf(config).size).toBe(0);
  });
});

test('the states of a session that carry traffic have a plan for every event of the vocabulary', () => {
  const { record } = openSession();
  const actor = createActor(sessionMachine, { input: record });
  const plan = compilePlan(sessionMachine, actor.getSnapshot());
  for (const type of sessionEventTypes) expect([type, plan.has(type)]).toEqual([type, true]);
});

test('an arrival is repeated with another context and nothing else changed', () => {
  const machine = chart.createMachine({
    context: { record: { unit: new BaseUnit<string, string>() } },
    initial: 'a',
    states: { a: {} },
  });
  const snapshot = createActor(machine).getSnapshot();
  expect(isRepeatable(snapshot as never)).toBe(true);
  const other = { record: { unit: new BaseUnit<string, string>() } };
  const arrived = arriveAt(snapshot as never, other);
  expect(arrived.context).toBe(other);
  expect({ ...arrived, context: undefined }).toEqual({ ...snapshot, context: undefined });
});
