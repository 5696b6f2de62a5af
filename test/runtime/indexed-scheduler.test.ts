import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { cancel, createActor, createMachine, raise, sendTo, type AnyActorRef } from 'xstate';
import type { TimerHandle } from '../../src/ports.ts';
import { indexScheduler } from '../../src/runtime/indexed-scheduler.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

class CountingClock extends VirtualClock {
  timersCleared = 0;

  override clearTimeout(handle: TimerHandle): void {
    this.timersCleared += 1;
    super.clearTimeout(handle);
  }
}

const waiting = createMachine({
  initial: 'handshaking',
  states: {
    handshaking: { after: { 1000: 'late', 5000: 'lost' }, on: { agreed: 'open' } },
    open: {},
    late: { after: { 500: 'lost' } },
    lost: {},
  },
});

/** Ends on its own event with two delayed events still waiting that no state takes back. */
const ending = createMachine({
  entry: [raise({ type: 'bored' }, { delay: 60_000 }), raise({ type: 'old' }, { id: 'age', delay: 90_000 })],
  initial: 'open',
  states: { open: { on: { closed: 'ended' } }, ended: { type: 'final' } },
});

const silent = createMachine({});

/** An indexed system whose root does nothing, to be the parent of other actors. */
function indexedSystem() {
  const clock = new CountingClock();
  const root = createActor(silent, { clock });
  indexScheduler(root.system, clock);
  return { clock, root: root.start() };
}

describe('delayed events under the indexed scheduler', () => {
  test('delayed transitions are taken, one after the other', () => {
    const { clock, root } = indexedSystem();
    const actor = createActor(waiting, { parent: root }).start();
    clock.advance(999);
    expect(actor.getSnapshot().value).toBe('handshaking');
    clock.advance(1);
    expect(actor.getSnapshot().value).toBe('late');
    clock.advance(500);
    expect(actor.getSnapshot().value).toBe('lost');
    expect(clock.pending).toBe(0);
  });

  test('leaving a state cancels its delayed transitions', () => {
    const { clock, root } = indexedSystem();
    const actor = createActor(waiting, { parent: root }).start();
    expect(clock.pending).toBe(2);
    actor.send({ type: 'agreed' });
    expect(clock.pending).toBe(0);
    clock.advance(10_000);
    expect(actor.getSnapshot().value).toBe('open');
  });

  test('works for the root actor itself, from its first state on', () => {
    const clock = new VirtualClock();
    const root = createActor(waiting, { clock });
    indexScheduler(root.system, clock);
    root.start();
    clock.advance(1500);
    expect(root.getSnapshot().value).toBe('lost');
  });

  test('an event is cancelled by its id, in its own actor only', () => {
    const { clock, root } = indexedSystem();
    const machine = createMachine({
      initial: 'calm',
      entry: raise({ type: 'ring' }, { id: 'bell', delay: 100 }),
      on: { silence: { actions: cancel('bell') } },
      states: { calm: { on: { ring: 'ringing' } }, ringing: {} },
    });
    const [silenced, other] = [createActor(machine, { parent: root }), createActor(machine, { parent: root })];
    for (const actor of [silenced, other]) actor.start();
    silenced.send({ type: 'silence' });
    silenced.send({ type: 'silence' });
    clock.advance(100);
    expect([silenced.getSnapshot().value, other.getSnapshot().value]).toEqual(['calm', 'ringing']);
  });

  test('events without an id wait side by side', () => {
    const { clock, root } = indexedSystem();
    const received: string[] = [];
    const machine = createMachine({
      entry: [raise({ type: 'first' }, { delay: 20 }), raise({ type: 'second' }, { delay: 10 })],
      on: { '*': { actions: ({ event }) => received.push(`${event.type}@${clock.now()}`) } },
    });
    createActor(machine, { parent: root }).start();
    clock.advance(100);
    expect(received).toEqual(['second@10', 'first@20']);
  });

  test('an id that still waits is replaced, not doubled', () => {
    const { clock, root } = indexedSystem();
    const received: number[] = [];
    const machine = createMachine({
      on: {
        again: { actions: raise({ type: 'ring' }, { id: 'bell', delay: 100 }) },
        ring: { actions: () => received.push(clock.now()) },
      },
    });
    const actor = createActor(machine, { parent: root }).start();
    actor.send({ type: 'again' });
    clock.advance(60);
    actor.send({ type: 'again' });
    expect(clock.pending).toBe(1);
    clock.advance(1000);
    expect(received).toEqual([160]);
  });

  test('a delayed event reaches another actor, and an inspector sees it', () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const root = createActor(silent, {
      clock,
      inspect: (inspected) => {
        if (inspected.type === '@xstate.event') seen.push(`${inspected.event.type}@${clock.now()}`);
      },
    });
    indexScheduler(root.system, clock);
    root.start();
    const target = createActor(createMachine({ initial: 'a', states: { a: { on: { go: 'b' } }, b: {} } }), {
      parent: root,
    });
    target.start();
    createActor(createMachine({ entry: sendTo(target, { type: 'go' }, { delay: 30 }) }), { parent: root }).start();
    clock.advance(30);
    expect(target.getSnapshot().value).toBe('b');
    expect(seen).toContain('go@30');
  });
});

describe('what stopping costs', () => {
  test('a thousand actors that stop leave no timer', () => {
    const { clock, root } = indexedSystem();
    const actors = Array.from({ length: 1000 }, () => createActor(ending, { parent: root }).start());
    expect(clock.pending).toBe(2000);
    for (const actor of actors) actor.send({ type: 'closed' });
    expect(clock.pending).toBe(0);
  });

  test('stopping one of ten thousand actors touches its own timers only', () => {
    const { clock, root } = indexedSystem();
    const actors = Array.from({ length: 10_000 }, () => createActor(ending, { parent: root }).start());
    // Where XState's own scheduler would look through everything that waits.
    expect(root.system.getSnapshot()._scheduledEvents).toEqual({});
    actors[5000]!.send({ type: 'closed' });
    expect([clock.pending, clock.timersCleared]).toEqual([19_998, 2]);
  });

  test('an event that was delivered is forgotten', () => {
    const { clock, root } = indexedSystem();
    const actor = createActor(ending, { parent: root }).start();
    clock.advance(60_000);
    actor.send({ type: 'closed' });
    expect([clock.pending, clock.timersCleared]).toEqual([0, 1]);
  });

  test('an actor that has stopped is not held', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const { root } = indexedSystem();
    const stopped = Array.from({ length: 100 }, () => {
      const actor = createActor(ending, { parent: root }).start();
      actor.send({ type: 'closed' });
      return new WeakRef(actor);
    });
    // A reference that was looked at stays until the turn of the event loop ends.
    await new Promise(setImmediate);
    collectGarbage();
    // One may still stand in a register of the engine, whoever was looked at last.
    expect(stopped.filter((reference) => reference.deref() !== undefined).length).toBeLessThanOrEqual(1);
  });

  test('an actor without delayed events stops without touching a timer', () => {
    const { clock, root } = indexedSystem();
    createActor(ending, { parent: root }).start();
    const idle = createActor(
      createMachine({ initial: 'a', states: { a: { on: { go: 'b' } }, b: { type: 'final' } } }),
      {
        parent: root,
      },
    ).start();
    idle.send({ type: 'go' });
    expect(idle.getSnapshot().status).toBe('done');
    expect([clock.pending, clock.timersCleared]).toEqual([2, 0]);
  });
});

describe('what is refused', () => {
  const clock = new VirtualClock();

  test('a system that is not shaped as expected', () => {
    const system = () => createActor(silent, { clock }).system;
    const strangers = [
      { ...system(), _relay: undefined },
      { ...system(), scheduler: undefined },
      { ...system(), scheduler: { ...system().scheduler, cancelAll: (_actor: AnyActorRef, _reason: string) => {} } },
      { ...system(), getSnapshot: undefined },
    ];
    for (const stranger of strangers) {
      expect(() => indexScheduler(stranger as unknown as AnyActorRef['system'], clock)).toThrow('5.33');
    }
    expect(() => indexScheduler(system(), clock)).not.toThrow();
  });

  test('a system that was indexed before', () => {
    const { system } = createActor(silent, { clock });
    indexScheduler(system, clock);
    expect(() => indexScheduler(system, clock)).toThrow('before');
  });

  test('a system in which events wait, because their timers could no longer be cancelled', () => {
    const root = createActor(waiting, { clock }).start();
    expect(() => indexScheduler(root.system, clock)).toThrow('before its root actor starts');
  });
});
