import { createActor, createMachine } from 'xstate';
import { expect, test } from 'vitest';

import { forgetOptions } from '../../src/runtime/spent-options.ts';

test('an actor that has started works on without its options', () => {
  const machine = createMachine({
    types: {} as { input: { name: string }; context: { name: string } },
    initial: 'one',
    context: ({ input }) => input,
    states: { one: { on: { go: 'two' } }, two: { type: 'final' } },
  });
  const actor = createActor(machine, { id: 'it', input: { name: 'Ada' } });
  actor.start();
  forgetOptions(actor);
  actor.send({ type: 'go' });
  expect(actor.getSnapshot()).toMatchObject({ status: 'done', value: 'two', context: { name: 'Ada' } });
  expect([actor.id, actor.options]).toEqual(['it', {}]);
});
