import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { type ActorRefFrom, type AnyMachineSnapshot, type AnyStateMachine, createActor, setup } from 'xstate';
import { condition, update } from '../../machines/update.ts';
import { transactional } from '../../src/runtime/transactional.ts';
import { BaseUnit } from '../../src/session/base-unit.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

interface Event {
  readonly type: string;
  readonly at?: number;
}

class Unit extends BaseUnit<string, string> {
  readonly ownWork: boolean[] = [];
  throwsInPrepare = false;

  override prepare(isOwnWork: boolean): void {
    this.ownWork.push(isOwnWork);
    if (this.throwsInPrepare) throw new Error('prepare');
  }
}

class Tally {
  readonly unit = new Unit();
  plan: unknown = undefined;
  readonly owner: string;
  readonly done: string[] = [];

  constructor(owner: string) {
    this.owner = owner;
  }
}

interface Context {
  readonly record: Tally;
}

const step = (name: string) =>
  update<Tally, Event>((record) => {
    record.unit.later(() => record.done.push(name));
    record.unit.effect(name);
  });

function fail(part: string): never {
  throw new Error(part);
}

interface Stage {
  readonly machine: AnyStateMachine;
  readonly logic: AnyStateMachine;
  readonly clock: VirtualClock;
  /** What the hooks were told, in order. */
  readonly said: string[];
  /** The events that XState was given to interpret. */
  readonly interpreted: string[];
  /** What actions that are no updates did. */
  readonly aside: string[];
  readonly start: (owner?: string) => ActorRefFrom<AnyStateMachine>;
  onPerform: () => void;
}

function stage(config: object, usesPlan = true): Stage {
  const aside: string[] = [];
  const kit = setup({
    types: { context: {} as Context, events: {} as Event, input: {} as string },
    actions: {
      one: step('one'),
      two: step('two'),
      three: step('three'),
      throws: update<Tally, Event>(() => fail('update')),
      aside: ({ event }) => void aside.push(event.type),
    },
    guards: {
      isNever: condition<Tally, Event>(() => false),
      isSecond: condition<Tally, Event>(({ owner }) => owner === 'second'),
      throws: () => fail('guard'),
    },
    delays: { soon: 100 },
  });
  const machine = kit.createMachine({
    context: ({ input }: { input: string }) => ({ record: new Tally(input) }),
    ...config,
  } as never) as unknown as AnyStateMachine;
  const said: string[] = [];
  const interpreted: string[] = [];
  const clock = new VirtualClock();
  const interpret = machine.transition.bind(machine);
  machine.transition = (snapshot, event, scope) => {
    interpreted.push(event.type);
    return interpret(snapshot, event, scope);
  };
  const logic = transactional<AnyStateMachine, Tally, Event, string, string>(machine, {
    usesPlan,
    now: () => clock.now(),
    stateOf: (snapshot) => JSON.stringify(snapshot.value),
    isOwnWork: ({ type }) => type.startsWith('own.'),
    perform: (_record, effects, { type }) => {
      said.push(`${type}: ${effects.join(' ')}`);
      made.onPerform();
    },
    rolledBack: (_record, { type }, error) => said.push(`${type} rolled back: ${(error as Error).message}`),
    unexpected: (_record, { type }) => said.push(`${type} unexpected`),
  });
  const start = (owner = 'me') => {
    const actor = createActor(logic, { input: owner, clock });
    actor.subscribe({ error: (error) => said.push(`died: ${String(error)}`) });
    return actor.start();
  };
  const made: Stage = { machine, logic, clock, said, interpreted, aside, start, onPerform: () => {} };
  return made;
}

function recordOf(actor: { getSnapshot(): unknown }): Tally {
  return (actor.getSnapshot() as { readonly context: Context }).context.record;
}

function valueOf(actor: { getSnapshot(): unknown }): unknown {
  return (actor.getSnapshot() as AnyMachineSnapshot).value;
}

function statusOf(actor: { getSnapshot(): unknown }): string {
  return (actor.getSnapshot() as AnyMachineSnapshot).status;
}

const twoStates = {
  initial: 'a',
  states: {
    a: {
      exit: 'one',
      on: {
        go: { target: 'b', actions: 'two' },
        stay: { actions: ['one', 'two'] },
        'bad guard': { guard: 'throws', target: 'b' },
        'bad update': { actions: ['one', 'throws'] },
        'bad way': { target: 'b', actions: 'throws' },
      },
    },
    b: { entry: 'three', on: { back: 'a' } },
  },
};

describe.each([
  ['with the plan', true],
  ['without the plan', false],
])('%s, an event', (_how, usesPlan) => {
  test('owes its effects in the order of the chart: what leaving, the way and arriving owe', () => {
    const { start, said } = stage(twoStates, usesPlan);
    for (const owner of ['first', 'second']) {
      const actor = start(owner);
      actor.send({ type: 'go', at: 1 });
      expect(recordOf(actor).done).toEqual(['one', 'two', 'three']);
    }
    expect(said).toEqual(['go: one two three', 'go: one two three']);
  });

  test('has arrived when its effects are performed, and what they send is taken after them', () => {
    const made = stage(twoStates, usesPlan);
    for (const owner of ['first', 'second']) {
      const actor = made.start(owner);
      const seen: unknown[] = [];
      made.onPerform = () => {
        if (seen.length === 0) actor.send({ type: 'back', at: 2 });
        seen.push([valueOf(actor), recordOf(actor).unit.isOpen]);
      };
      actor.send({ type: 'go', at: 1 });
      expect([seen, valueOf(actor)]).toEqual([[['b', false]], 'a']);
    }
  });

  test('is told to the unit of work as our own or somebody else’s', () => {
    const { start } = stage(
      {
        on: {
          'own.tick': { actions: 'one' },
          frame: { actions: 'one' },
          'own.go': '.b',
        },
        ...twoStates,
      },
      usesPlan,
    );
    const actor = start();
    for (const type of ['own.tick', 'frame', 'own.go']) actor.send({ type, at: 0 });
    expect(recordOf(actor).unit.ownWork).toEqual([true, false, true]);
  });

  test.each(['stay', 'go'])('S6 (%s) that fails while it is prepared leaves nothing behind', (type) => {
    const { start, said } = stage(twoStates, usesPlan);
    const actor = start();
    const before = actor.getSnapshot();
    const { unit, done } = recordOf(actor);
    unit.throwsInPrepare = true;
    actor.send({ type, at: 1 });
    expect([said, done, unit.isOpen]).toEqual([[`${type} rolled back: prepare`], [], false]);
    expect(actor.getSnapshot()).toBe(before);
    unit.throwsInPrepare = false;
    actor.send({ type, at: 2 });
    expect(said[1]).toMatch(new RegExp(`^${type}: one two`));
  });

  test('S6 that throws harms neither its parent nor its siblings', () => {
    const { logic, said } = stage(twoStates, usesPlan);
    const parent = createActor(
      setup({ actors: { child: logic } }).createMachine({
        invoke: ['first', 'second'].map((id) => ({
          src: 'child' as const,
          id,
          input: id,
        })),
      }),
    ).start();
    const { first, second } = parent.getSnapshot().children as Record<string, ActorRefFrom<AnyStateMachine>>;
    for (const type of ['bad guard', 'bad update', 'bad way']) first!.send({ type, at: 1 });
    expect(said.map((line) => line.replace(/:[^]*/, ''))).toEqual([
      'bad guard rolled back',
      'bad update rolled back',
      'bad way rolled back',
    ]);
    for (const child of [first!, second!]) child.send({ type: 'go', at: 2 });
    expect([parent, first!, second!].map(statusOf)).toEqual(['active', 'active', 'active']);
    expect([first!, second!].map(valueOf)).toEqual(['b', 'b']);
  });

  test('whose condition does not hold is reported also where nothing else takes it', () => {
    const never = { guard: 'isNever', actions: 'one' };
    const { start, said } = stage(
      {
        on: { go: [never, { ...never, target: '.a' }] },
        ...twoStates,
        states: { a: {} },
      },
      usesPlan,
    );
    start().send({ type: 'go', at: 1 });
    expect(said).toEqual(['go unexpected']);
  });

  test('of a type that the chart does not name meets no wildcard either: XState never sees it', () => {
    const { start, said, interpreted } = stage({ on: { go: { actions: 'one' }, '*': { actions: 'two' } } }, usesPlan);
    const actor = start();
    for (const type of ['go', 'mine', 'toString']) actor.send({ type, at: 1 });
    expect([said, interpreted]).toEqual([['go: one', 'mine unexpected', 'toString unexpected'], ['go']]);
  });

  test('does what is no update after its commit, and not at all when it is rolled back', () => {
    const { start, said, aside } = stage(
      {
        on: {
          good: { actions: ['aside', 'one'] },
          bad: { actions: ['aside', 'throws'] },
        },
      },
      usesPlan,
    );
    const actor = start();
    for (const type of ['bad', 'good', 'good']) actor.send({ type, at: 1 });
    expect([aside, said]).toEqual([
      ['good', 'good'],
      ['bad rolled back: update', 'good: one', 'good: one'],
    ]);
  });
});

describe('what XState did once', () => {
  test('is repeated without it, each time in the context of the actor that it is repeated for', () => {
    const { start, interpreted, said } = stage(twoStates);
    const owners = ['first', 'second', 'third'];
    const actors = owners.map((owner) => start(owner));
    for (const [at, actor] of actors.entries()) actor.send({ type: 'go', at });
    expect(interpreted).toEqual(['go']);
    expect(actors.map((actor) => [recordOf(actor).owner, valueOf(actor), recordOf(actor).done])).toEqual(
      owners.map((owner) => [owner, 'b', ['one', 'two', 'three']]),
    );
    actors[1]!.send({ type: 'back', at: 4 });
    expect(actors.map(valueOf)).toEqual(['b', 'a', 'b']);
    // Where it arrived, other events are taken than where it came from.
    actors[2]!.send({ type: 'stay', at: 5 });
    expect(said.at(-1)).toBe('stay unexpected');
  });

  test('is done by it again and again where the plan is not wanted', () => {
    const { start, interpreted } = stage(twoStates, false);
    for (const owner of ['first', 'second']) {
      const actor = start(owner);
      for (const type of ['stay', 'go', 'back']) actor.send({ type, at: 0 });
    }
    expect(interpreted).toEqual(['stay', 'go', 'back', 'stay', 'go', 'back']);
  });

  test('and was rolled back is not repeated', () => {
    const { start, interpreted } = stage(twoStates);
    const [first, second] = [start('first'), start('second')];
    recordOf(first).unit.throwsInPrepare = true;
    first.send({ type: 'go', at: 1 });
    second.send({ type: 'go', at: 1 });
    expect([valueOf(first), valueOf(second), interpreted]).toEqual(['a', 'b', ['go', 'go']]);
  });

  test('with a timer in it is not repeated: each actor has a timer of its own', () => {
    const { start, clock } = stage({
      initial: 'a',
      states: { a: { on: { go: 'b' } }, b: { after: { soon: 'c' } }, c: {} },
    });
    const actors = ['first', 'second'].map((owner) => start(owner));
    for (const actor of actors) actor.send({ type: 'go', at: 0 });
    expect(clock.pending).toBe(2);
    clock.advance(100);
    expect(actors.map(valueOf)).toEqual(['c', 'c']);
  });
});

describe('what is remembered', () => {
  test('says nothing of where an eventless transition leads from there: that is asked each time', () => {
    const { start } = stage({
      initial: 'a',
      states: { a: { on: { go: 'b' } }, b: { always: { guard: 'isSecond', target: 'c' } }, c: {} },
    });
    const actors = ['first', 'second'].map((owner) => start(owner));
    for (const actor of actors) actor.send({ type: 'go', at: 0 });
    expect(actors.map(valueOf)).toEqual(['b', 'c']);
  });

  test('keeps no actor’s record alive', async () => {
    const { start } = stage(twoStates);
    const forgotten = new WeakRef(recordOf(goneOn(start)));
    await nextTurn();
    collectGarbage();
    expect(forgotten.deref()).toBeUndefined();
    expect(valueOf(goneOn(start))).toBe('b');
  });

  function goneOn(start: Stage['start']): ActorRefFrom<AnyStateMachine> {
    const actor = start();
    actor.send({ type: 'go', at: 0 });
    actor.stop();
    return actor;
  }

  function collectGarbage(): void {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  }
});

describe('the first snapshot', () => {
  /** How often XState works one out. */
  function countFirsts(machine: AnyStateMachine): () => number {
    let firsts = 0;
    const compute = machine.getInitialSnapshot.bind(machine);
    machine.getInitialSnapshot = (scope, input) => {
      firsts++;
      return compute(scope, input);
    };
    return () => firsts;
  }

  test('is worked out once, and each actor has a context of its own, made of its own input', () => {
    const { machine, start } = stage(twoStates);
    const firsts = countFirsts(machine);
    const actors = ['first', 'second', 'third'].map((owner) => start(owner));
    expect(firsts()).toBe(1);
    expect(actors.map((actor) => [recordOf(actor).owner, valueOf(actor)])).toEqual([
      ['first', 'a'],
      ['second', 'a'],
      ['third', 'a'],
    ]);
    actors[0]!.send({ type: 'stay', at: 1 });
    expect(actors.map((actor) => recordOf(actor).done.length)).toEqual([2, 0, 0]);
  });

  test.each([
    ['updates its record', { entry: 'one' }, 'a', ['one']],
    ['arms a timer', { after: { soon: 'over' } }, 'over', []],
    ['may be left at once', { always: { guard: 'isNever', target: 'over' } }, 'a', []],
  ])('is worked out for each actor when its state %s', (_what, state, value, done) => {
    const { machine, start, clock } = stage({
      initial: 'a',
      states: { a: state, over: {} },
    });
    const firsts = countFirsts(machine);
    const actors = ['first', 'second'].map((owner) => start(owner));
    clock.advance(100);
    expect(firsts()).toBe(2);
    expect(actors.map((actor) => [valueOf(actor), recordOf(actor).done])).toEqual([
      [value, done],
      [value, done],
    ]);
  });

  test('of a chart whose context spawns only sometimes is refused in words', () => {
    const child = setup({}).createMachine({});
    const { logic } = stage({
      context: ({ input, spawn }: { input: string; spawn: (logic: AnyStateMachine) => unknown }) => ({
        record: new Tally(input),
        child: input === 'spawns' ? spawn(child) : undefined,
      }),
    });
    expect(statusOf(createActor(logic, { input: 'plain' }))).toBe('active');
    expect(createActor(logic, { input: 'spawns' }).getSnapshot()).toMatchObject({
      status: 'error',
      error: {
        message: expect.stringContaining('spawns sometimes') as string,
      },
    });
  });
});
