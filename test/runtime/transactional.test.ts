import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type AnyStateMachine, createActor, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { condition, update } from '../../machines/update.ts';
import { defectType, transactional } from '../../src/runtime/transactional.ts';
import { BaseUnit } from '../../src/session/base-unit.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** A purse: what it holds changes by units of work, and `entered` is where it was told it went. */
class Purse {
  readonly unit = new PurseUnit(this);
  plan: unknown = undefined;
  coins = 0;
  readonly entered: string[] = [];
}

class PurseUnit extends BaseUnit<string, string> {
  readonly #purse: Purse;
  constructor(purse: Purse) {
    super();
    this.#purse = purse;
  }
  override commit(): readonly string[] {
    const { next } = this;
    if (next !== undefined) this.#purse.entered.push(next);
    return super.commit();
  }
}

interface PurseEvent {
  readonly type: string;
  readonly at?: number;
  readonly coins?: number;
  /** Where the event's way through the chart ends with a bang. */
  readonly bang?: 'guard' | 'first' | 'second' | 'entry' | 'exit';
}

function bangAt(place: PurseEvent['bang']) {
  return (_purse: Purse, { bang }: PurseEvent): void => {
    if (bang === place) throw new Error(`bang in ${place}`);
  };
}

function put(purse: Purse, { coins = 1 }: PurseEvent): void {
  purse.unit.later(() => {
    purse.coins += coins;
  });
  purse.unit.effect(`clink ${coins}`);
}

const purse = setup({
  types: {
    context: {} as { readonly record: Purse },
    events: {} as PurseEvent,
    input: {} as { readonly purse: Purse },
  },
  actions: {
    put: update(put),
    bangFirst: update(bangAt('first')),
    bangSecond: update(bangAt('second')),
    bangEntry: update(bangAt('entry')),
    bangExit: update(bangAt('exit')),
    sigh: update((one: Purse) => one.unit.effect('sigh')),
  },
  guards: {
    isAllowed: condition((_one: Purse, { bang, coins = 1 }: PurseEvent) => {
      if (bang === 'guard') throw new Error('bang in guard');
      return coins > 0;
    }),
    isRich: condition((one: Purse) => one.coins > 100),
  },
  delays: { boredom: 1000 },
}).createMachine({
  id: 'purse',
  options: { maxIterations: 20 },
  context: ({ input }) => ({ record: input.purse }),
  initial: 'open',
  states: {
    open: {
      exit: 'bangExit',
      after: { boredom: { target: 'closed', actions: 'sigh' } },
      on: {
        put: { guard: 'isAllowed', actions: ['bangFirst', 'put', 'bangSecond'] },
        close: { target: 'closed', actions: ['put'] },
        spin: 'spinning',
        touch: {},
      },
    },
    closed: { entry: 'bangEntry', on: { open: 'open', bury: 'buried' } },
    spinning: { always: 'whirling', on: {} },
    whirling: { always: 'spinning' },
    buried: { type: 'final', entry: 'sigh' },
  },
});

const putting = (coins?: number): PurseEvent => (coins === undefined ? { type: 'put' } : { type: 'put', coins });

class Stage {
  readonly clock = new VirtualClock();
  readonly purse = new Purse();
  /** What the hooks were told, in order. */
  readonly told: string[] = [];
  readonly actor;
  readonly #takeInPlace: (event: PurseEvent) => boolean;
  onEffect: ((effect: string) => void) | undefined = undefined;

  constructor(usesPlan: boolean) {
    const logic = transactional<typeof purse, Purse, PurseEvent, string, string>(purse, {
      now: () => this.clock.now() + 0.5,
      stateOf: (snapshot) => snapshot.value as string,
      usesPlan,
      isOwnWork: () => false,
      committed: (_, { type }) => this.told.push(`committed ${type}`),
      perform: (one, effects) => {
        for (const effect of effects) {
          this.told.push(`${effect} (${one.coins})`);
          this.onEffect?.(effect);
        }
      },
      rolledBack: (_, { type }, error) => this.told.push(`rolled back ${type}: ${(error as Error).message}`),
      unexpected: (_, { type }) => this.told.push(`unexpected ${type}`),
    });
    this.actor = createActor(logic, { clock: this.clock, input: { purse: this.purse } }).start();
    this.#takeInPlace = (event) => logic.takeInPlace(this.purse, event);
  }

  /** Whether the event was taken without the actor, and what the hooks were told. */
  takeInPlace(event: PurseEvent): readonly [boolean, ...(readonly string[])] {
    const before = this.told.length;
    return [this.#takeInPlace(event), ...this.told.slice(before)];
  }

  /** Sends the event and says what the hooks were told of it. */
  send(event: PurseEvent): readonly string[] {
    const before = this.told.length;
    this.actor.send(event);
    return this.told.slice(before);
  }

  get state(): unknown {
    return this.actor.getSnapshot().value;
  }
  get status(): string {
    return this.actor.getSnapshot().status;
  }
}

describe.each([
  ['from the compiled plan', true],
  ['by the interpreter alone', false],
])('one event is one unit of work, %s', (_how, usesPlan) => {
  // Twice, so that what was remembered the first time is used the second time.
  const warm = (): Stage => {
    const stage = new Stage(usesPlan);
    for (const type of ['put', 'close', 'open'] as const) stage.send({ type });
    stage.told.length = 0;
    stage.purse.entered.length = 0;
    return stage;
  };

  test('S10 effects are performed when everything is committed', () => {
    const stage = warm();
    expect(stage.send({ type: 'put', coins: 5 })).toEqual(['committed put', 'clink 5 (7)']);
  });

  test('S10 what effects set off comes after them, one at a time', () => {
    const stage = warm();
    stage.onEffect = (effect) => {
      if (effect === 'clink 5') stage.actor.send({ type: 'put', coins: 1 });
    };
    expect(stage.send({ type: 'put', coins: 5 })).toEqual([
      'committed put',
      'clink 5 (7)',
      'committed put',
      'clink 1 (8)',
    ]);
  });

  test('the record is told where it goes, and nothing when it stays', () => {
    const stage = warm();
    stage.send({ type: 'put' });
    expect(stage.purse.entered).toEqual([]);
    stage.send({ type: 'close' });
    stage.send({ type: 'open' });
    expect([stage.purse.entered, stage.state]).toEqual([['closed', 'open'], 'open']);
  });

  test.each(['guard', 'first', 'second'] as const)(
    'S6 what throws in %s leaves nothing behind, and the actor lives',
    (bang) => {
      const stage = warm();
      const { coins } = stage.purse;
      const told = stage.send({ type: 'put', coins: 9, bang });
      // XState says where a guard stood before it says what the guard said.
      expect(told.map((line) => line.replace(/: Unable[^]*:\n/, ': '))).toEqual([`rolled back put: bang in ${bang}`]);
      expect([stage.purse.coins, stage.state, stage.status, stage.purse.unit.isOpen]).toEqual([
        coins,
        'open',
        'active',
        false,
      ]);
      expect(stage.send({ type: 'put', coins: 1 })).toEqual(['committed put', `clink 1 (${coins + 1})`]);
    },
  );

  test.each(['entry', 'exit'] as const)('S6 a transition that throws on %s is not taken', (bang) => {
    const stage = warm();
    const { coins } = stage.purse;
    expect(stage.send({ type: 'close', bang })).toEqual([`rolled back close: bang in ${bang}`]);
    expect([stage.state, stage.purse.coins, stage.purse.entered]).toEqual(['open', coins, []]);
    stage.send({ type: 'close' });
    expect(stage.state).toBe('closed');
  });

  test('a timer of the chart fires, as an event of its own at the time of the hook', () => {
    const stage = new Stage(usesPlan);
    stage.clock.advance(999);
    expect(stage.told).toEqual([]);
    stage.clock.advance(1);
    expect(stage.told).toEqual([`committed xstate.after.boredom.purse.open`, 'sigh (0)']);
    expect([stage.state, stage.purse.unit.now, stage.clock.pending]).toEqual(['closed', 1000.5, 0]);
  });

  test('a timer ends with its state, and begins anew with it', () => {
    const stage = new Stage(usesPlan);
    stage.clock.advance(900);
    stage.send({ type: 'close' });
    expect(stage.clock.pending).toBe(0);
    stage.clock.advance(500);
    stage.send({ type: 'open' });
    stage.clock.advance(999);
    expect(stage.state).toBe('open');
    stage.clock.advance(1);
    expect(stage.state).toBe('closed');
  });

  test('S6 a transition that threw has touched no timer', () => {
    const stage = new Stage(usesPlan);
    stage.clock.advance(900);
    stage.send({ type: 'close', bang: 'exit' });
    stage.send({ type: 'close', bang: 'entry' });
    expect(stage.clock.pending).toBe(1);
    stage.clock.advance(100);
    expect(stage.state).toBe('closed');
  });

  test('an event that the state does not know, or does not allow, is reported, and changes nothing', () => {
    const stage = warm();
    const before = stage.actor.getSnapshot();
    expect(stage.send({ type: 'open' })).toEqual(['unexpected open']);
    expect(stage.send({ type: 'put', coins: 0 })).toEqual(['unexpected put']);
    expect(stage.send({ type: 'nobody knows this' })).toEqual(['unexpected nobody knows this']);
    expect(stage.actor.getSnapshot()).toBe(before);
    expect(stage.purse.unit.isOpen).toBe(false);
  });

  test('an event that is known and does nothing is committed', () => {
    expect(warm().send({ type: 'touch' })).toEqual(['committed touch']);
  });

  test('S6 a chart that runs in circles is stopped and rolled back', () => {
    const stage = warm();
    const [told] = stage.send({ type: 'spin' });
    expect(told).toMatch(/^rolled back spin: .*20/);
    expect([stage.state, stage.status]).toEqual(['open', 'active']);
  });

  test('events carry their time; one that has none gets the time of the hook', () => {
    const stage = warm();
    stage.send({ type: 'put', at: 77 });
    expect(stage.purse.unit.now).toBe(77);
    stage.send({ type: 'put' });
    expect(stage.purse.unit.now).toBe(0.5);
  });

  test('an actor can be stopped, and ends when its chart does', () => {
    const stopped = warm();
    stopped.actor.stop();
    expect([stopped.status, stopped.clock.pending]).toEqual(['stopped', 0]);
    const buried = warm();
    buried.send({ type: 'close' });
    expect(buried.send({ type: 'bury' })).toEqual(['committed bury', 'sigh (3)']);
    expect(buried.status).toBe('done');
  });

  test('actors of one logic share no state', () => {
    const [one, other] = [warm(), warm()];
    one.send({ type: 'put', coins: 50 });
    one.send({ type: 'close' });
    expect([other.purse.coins, other.state]).toEqual([2, 'open']);
  });
});

/** Bytes in use after everything that nobody holds is gone. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** How many bytes stay for each of so many event types that nobody knows. */
function bytesPerForeignType(send: (event: PurseEvent) => void): number {
  const types = 20_000;
  const before = heapUsed();
  for (let number = 0; number < types; number++) send({ type: `tools/call/${number}/${'x'.repeat(100)}` });
  return (heapUsed() - before) / types;
}

test('P16 event types that nobody knows leave nothing behind, as they would in XState alone', () => {
  const stage = new Stage(true);
  const silent = (event: PurseEvent): void => {
    stage.send(event);
    stage.told.length = 0;
  };
  expect(bytesPerForeignType(silent)).toBeLessThan(40);
  const plain = createActor(purse, { input: { purse: new Purse() } }).start();
  expect(bytesPerForeignType((event) => plain.send(event))).toBeGreaterThan(100);
});

test('a chart of another XState is refused rather than misread', () => {
  const other = { root: { transitions: {}, states: {} } } as unknown as AnyStateMachine;
  expect(() => transactional(other, {} as never)).toThrow(TypeError);
});

describe('an event that is taken in place', () => {
  const warm = (): Stage => {
    const stage = new Stage(true);
    stage.send(putting());
    stage.told.length = 0;
    return stage;
  };

  test('is committed and performed, and the actor does not notice', () => {
    const stage = warm();
    const snapshot = stage.actor.getSnapshot();
    expect(stage.takeInPlace(putting(5))).toEqual([true, 'committed put', 'clink 5 (6)']);
    expect(stage.actor.getSnapshot()).toBe(snapshot);
  });

  test('leaves the chart where it is, or is not taken at all', () => {
    const stage = warm();
    expect(stage.takeInPlace({ type: 'close' })).toEqual([false]);
    expect([stage.state, stage.purse.coins, stage.purse.unit.isOpen]).toEqual(['open', 1, false]);
    // What XState did is remembered, and moving is still the actor's.
    stage.send({ type: 'close' });
    stage.send({ type: 'open' });
    stage.send(putting());
    stage.told.length = 0;
    expect(stage.takeInPlace({ type: 'close' })).toEqual([false]);
  });

  test('S6 is rolled back when something throws', () => {
    const stage = warm();
    expect(stage.takeInPlace({ type: 'put', bang: 'second' })).toEqual([true, 'rolled back put: bang in second']);
    expect(stage.takeInPlace({ type: 'put', bang: 'guard' })).toEqual([true, 'rolled back put: bang in guard']);
    expect([stage.purse.coins, stage.purse.unit.isOpen]).toEqual([1, false]);
  });

  test('is unexpected where no transition takes it', () => {
    expect(warm().takeInPlace(putting(0))).toEqual([true, 'unexpected put']);
  });

  test("is the actor's where the plan does not know it", () => {
    const stage = warm();
    expect(stage.takeInPlace({ type: 'nonsense' })).toEqual([false]);
    const interpreted = new Stage(false);
    interpreted.send(putting());
    interpreted.told.length = 0;
    expect(interpreted.takeInPlace(putting())).toEqual([false]);
  });
});

test('a defect ends its actor with the error', () => {
  const stage = new Stage(true);
  const errors: unknown[] = [];
  stage.actor.subscribe({ error: (error) => errors.push(error) });
  const error = new Error('a defect of ours');
  stage.actor.send({ type: defectType, error } as never);
  expect([stage.status, errors]).toEqual(['error', [error]]);
});
