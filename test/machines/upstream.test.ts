import { createActor } from 'xstate';
import { describe, expect, test } from 'vitest';
import { upstreamMachine } from '../../machines/upstream.ts';
import { transactional } from '../../src/runtime/transactional.ts';
import {
  type Departure,
  type RestartPolicy,
  type UpstreamEffect,
  type UpstreamEvent,
  type UpstreamRecord,
  type UpstreamState,
  neverRestart,
} from '../../src/session/upstream.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { edgesOf, tagsOf, undescribed, walk } from './chart-walk.ts';

const policy: RestartPolicy = { restartsMax: 3, withinMs: 10_000, backoffMs: 100 };
const exited: Departure = { reason: 'exited', exitCode: 3, signal: null, lastStderr: ['bye'] };
const notFound: Departure = { reason: 'spawn-failed', exitCode: null, signal: null, lastStderr: [] };

/** An upstream actor and what it wants done, in words. */
class Upstream {
  readonly clock = new VirtualClock();
  readonly wishes: string[] = [];
  readonly unexpected: string[] = [];
  readonly #send: (event: UpstreamEvent) => void;
  readonly #value: () => unknown;
  readonly #status: () => string;

  constructor(restarts: RestartPolicy = policy) {
    const logic = transactional<typeof upstreamMachine, UpstreamRecord, UpstreamEvent, UpstreamState, UpstreamEffect>(
      upstreamMachine,
      {
        now: () => this.clock.now(),
        stateOf: (snapshot) => snapshot.value as UpstreamState,
        isOwnWork: () => true,
        perform: (_, effects) => this.wishes.push(...effects.map(wordsOf)),
        rolledBack: (_record, _event, error) => {
          throw error;
        },
        unexpected: (_, event) => this.unexpected.push(event.type),
      },
    );
    const actor = createActor(logic, { clock: this.clock, input: { policy: restarts } }).start();
    this.#send = (event) => actor.send(event);
    this.#value = () => actor.getSnapshot().value;
    this.#status = () => actor.getSnapshot().status;
  }

  get status(): string {
    return this.#status();
  }

  get state(): unknown {
    return this.#value();
  }
  start(): this {
    this.#send({ type: 'upstream.start', at: this.clock.now() });
    return this;
  }
  stop(): this {
    this.#send({ type: 'upstream.stop', at: this.clock.now() });
    return this;
  }
  isReady(): this {
    this.#send({ type: 'connection.ready', at: this.clock.now() });
    return this;
  }
  /** It says nothing more, and is not gone yet. */
  isLeaving(departure: Departure = exited): this {
    this.#send({ type: 'connection.leaving', at: this.clock.now(), departure });
    return this;
  }
  isLost(departure: Departure = exited): this {
    this.#send({ type: 'connection.lost', at: this.clock.now(), departure });
    return this;
  }
}

function wordsOf(effect: UpstreamEffect): string {
  switch (effect.type) {
    case 'announce-lost':
      return effect.loss.willRestart ? 'lost, comes back' : 'lost for good';
    case 'announce-stopped':
      return `stopped ${effect.departure?.exitCode ?? ''}`.trim();
    case 'connect':
    case 'disconnect':
    case 'announce-ready':
      return effect.type;
  }
}

describe('the chart of an upstream', () => {
  test('has these states and tags', () => {
    expect(tagsOf(upstreamMachine)).toEqual({
      idle: [],
      starting: ['coming'],
      ready: ['usable'],
      leaving: ['coming'],
      backingOff: ['coming'],
      stopping: [],
      stopped: ['ended'],
    });
  });

  test('says of every state what it is', () => {
    expect(undescribed(upstreamMachine)).toEqual([]);
  });

  test('can be walked to every state and along every edge, with plain XState', () => {
    const { reached, taken } = walk(upstreamMachine, { policy });
    expect([...reached].toSorted()).toEqual([
      'backingOff',
      'idle',
      'leaving',
      'ready',
      'starting',
      'stopped',
      'stopping',
    ]);
    expect(edgesOf(upstreamMachine).filter((edge) => !taken.has(edge))).toEqual([]);
  });
});

describe('an upstream', () => {
  test('is connected when it is started, and announced when it is ready', () => {
    const upstream = new Upstream().start();
    expect([upstream.state, upstream.wishes]).toEqual(['starting', ['connect']]);
    upstream.isReady();
    expect([upstream.state, upstream.wishes]).toEqual(['ready', ['connect', 'announce-ready']]);
  });

  test('P8 comes back after a pause that doubles with each loss, and is given up when it is lost too often', () => {
    const upstream = new Upstream().start();
    const pauses: number[] = [];
    while (upstream.state !== 'stopped') {
      upstream.isReady().isLost();
      const since = upstream.clock.now();
      if (upstream.state === 'backingOff') {
        upstream.clock.advanceToNext();
        pauses.push(upstream.clock.now() - since);
      }
    }
    expect(pauses).toEqual([100, 200, 400]);
    expect(upstream.wishes.filter((wish) => wish.startsWith('lost'))).toEqual([
      'lost, comes back',
      'lost, comes back',
      'lost, comes back',
      'lost for good',
    ]);
    expect(upstream.wishes.at(-1)).toBe('stopped 3');
  });

  test('P8 losses that lie further apart than the window do not add up', () => {
    const upstream = new Upstream().start();
    for (let times = 0; times < 10; times++) {
      upstream.isReady().isLost();
      expect(upstream.state).toBe('backingOff');
      upstream.clock.advance(100);
      expect(upstream.state).toBe('starting');
      upstream.clock.advance(policy.withinMs);
    }
  });

  test('that is lost while it starts counts like any other loss', () => {
    const upstream = new Upstream({ ...policy, restartsMax: 1 }).start().isLost();
    expect(upstream.state).toBe('backingOff');
    upstream.clock.advance(100);
    upstream.isLost();
    expect([upstream.state, upstream.wishes.at(-2)]).toEqual(['stopped', 'lost for good']);
  });

  test('that says nothing more is announced as lost at once, and started again when it is gone', () => {
    const upstream = new Upstream().start().isReady().isLeaving();
    expect([upstream.state, upstream.wishes.at(-1)]).toEqual(['leaving', 'lost, comes back']);
    upstream.clock.advance(60_000);
    expect(upstream.state).toBe('leaving');
    upstream.isLost();
    expect(upstream.state).toBe('backingOff');
    upstream.clock.advance(100);
    expect([upstream.state, upstream.wishes.slice(-2)]).toEqual(['starting', ['lost, comes back', 'connect']]);
  });

  test('that left is remembered by how it went in the end, not by what was known when it fell silent', () => {
    const upstream = new Upstream()
      .start()
      .isReady()
      .isLeaving()
      .isLost({ ...exited, exitCode: 0 })
      .stop();
    expect([upstream.state, upstream.wishes.at(-1)]).toEqual(['stopped', 'stopped 0']);
    const last = new Upstream(neverRestart)
      .start()
      .isReady()
      .isLeaving()
      .isLost({ ...exited, exitCode: 0 });
    expect([last.state, last.wishes.at(-1)]).toEqual(['stopped', 'stopped 0']);
  });

  test('that says nothing more for the last time stops when it is gone', () => {
    const upstream = new Upstream(neverRestart).start().isReady().isLeaving();
    expect([upstream.state, upstream.wishes.at(-1)]).toEqual(['leaving', 'lost for good']);
    upstream.isLost();
    expect([upstream.state, upstream.wishes.slice(-2)]).toEqual(['stopped', ['lost for good', 'stopped 3']]);
  });

  test('that could not be started at all is not tried again', () => {
    const upstream = new Upstream().start().isLost(notFound);
    expect([upstream.state, upstream.wishes]).toEqual(['stopped', ['connect', 'lost for good', 'stopped']]);
  });

  test('that must never restart does not', () => {
    const upstream = new Upstream(neverRestart).start().isReady().isLost();
    expect([upstream.state, upstream.wishes.at(-1)]).toEqual(['stopped', 'stopped 3']);
  });

  test.each([
    ['before it was started', (upstream: Upstream) => upstream.stop(), ['stopped']],
    [
      'while it starts',
      (upstream: Upstream) => upstream.start().stop().isLost(),
      ['connect', 'disconnect', 'stopped 3'],
    ],
    [
      'when it is ready',
      (upstream: Upstream) => upstream.start().isReady().stop().isLost(),
      ['connect', 'announce-ready', 'disconnect', 'stopped 3'],
    ],
    [
      'while it leaves',
      (upstream: Upstream) => upstream.start().isReady().isLeaving().stop().isLost(),
      ['connect', 'announce-ready', 'lost, comes back', 'disconnect', 'stopped 3'],
    ],
    [
      'while it waits to come back',
      (upstream: Upstream) => upstream.start().isLost().stop(),
      ['connect', 'lost, comes back', 'stopped 3'],
    ],
  ] as const)('stops when it is told to, %s, and no timer is left', (_when, play, wishes) => {
    const upstream = new Upstream();
    play(upstream);
    expect([upstream.state, upstream.wishes, upstream.clock.pending]).toEqual(['stopped', wishes, 0]);
    expect(upstream.status).toBe('done');
  });

  test('waits for the departure of what it disconnected, and takes no other news for one', () => {
    const upstream = new Upstream().start().isReady().stop();
    upstream.isReady().stop().start();
    expect([upstream.state, upstream.unexpected]).toEqual([
      'stopping',
      ['connection.ready', 'upstream.stop', 'upstream.start'],
    ]);
    upstream.isLost({ ...exited, exitCode: 0 });
    expect(upstream.wishes.at(-1)).toBe('stopped 0');
  });
});
