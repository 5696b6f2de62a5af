import { createActor, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { condition, conditionOf, update, updateOf } from '../../machines/update.ts';
import { BaseUnit } from '../../src/session/base-unit.ts';

class Counter {
  readonly unit = new BaseUnit<string, string>();
  value = 0;
}

interface Added {
  readonly type: 'added';
  readonly at: number;
  readonly amount: number;
}

function add(record: Counter, { amount }: Added): void {
  record.unit.later(() => {
    record.value += amount;
  });
}

const isLarge = (_record: Counter, { amount }: Added): boolean => amount > 10;
const added = (amount: number): Added => ({ type: 'added', at: 7, amount });

describe('an update', () => {
  test('run by plain XState is a unit of work of its own, at the time of its event', () => {
    const record = new Counter();
    update(add)({ context: { record }, event: added(2) });
    expect([record.value, record.unit.isOpen, record.unit.now]).toEqual([2, false, 7]);
  });

  test('run by plain XState is work that its event brought', () => {
    const asked: boolean[] = [];
    class Asked extends BaseUnit<string, string> {
      override prepare(isOwnWork: boolean): void {
        asked.push(isOwnWork);
      }
    }
    update(() => {})({ context: { record: { unit: new Asked() } }, event: added(1) });
    expect(asked).toEqual([true]);
  });

  test('within a unit of work only stages', () => {
    const record = new Counter();
    record.unit.begin(0);
    update(add)({ context: { record }, event: added(2) });
    expect([record.value, record.unit.isOpen]).toEqual([0, true]);
    record.unit.commit();
    expect(record.value).toBe(2);
  });

  test('carries the function that it was made of', () => {
    expect(update(add)[updateOf]).toBe(add);
  });

  test('without a time happens at time zero', () => {
    const record = new Counter();
    update((one: Counter) => one.unit.later(() => {}))({ context: { record }, event: { type: 'untimed' } });
    expect(record.unit.now).toBe(0);
  });
});

describe('a condition', () => {
  test('is asked about the record and the event, and carries its question', () => {
    const guard = condition(isLarge);
    const context = { record: new Counter() };
    expect([guard({ context, event: added(11) }), guard({ context, event: added(10) })]).toEqual([true, false]);
    expect(guard[conditionOf]).toBe(isLarge);
  });
});

test('a chart made of updates and conditions runs under XState alone', () => {
  const record = new Counter();
  const machine = setup({
    types: { context: {} as { readonly record: Counter }, events: {} as Added },
    actions: {
      add: update(add),
      forget: update((one: Counter) =>
        one.unit.later(() => {
          one.value = 0;
        }),
      ),
    },
    guards: { isLarge: condition(isLarge) },
  }).createMachine({
    context: { record },
    on: { added: [{ guard: 'isLarge', actions: ['forget', 'add'] }, { actions: 'add' }] },
  });
  const actor = createActor(machine).start();
  for (const amount of [1, 2, 100, 3]) actor.send(added(amount));
  expect(record.value).toBe(103);
});
