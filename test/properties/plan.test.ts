/**
 * The plan against XState: whatever happens, an actor that runs from the compiled plan and from memory is indistinguishable
 * from one whose every event XState interprets, and, where nothing is refused or thrown, from a plain XState actor.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyActorRef, type AnyMachineSnapshot, type AnyStateMachine, createActor, setup } from 'xstate';
import { sessionMachine } from '../../machines/session.ts';
import { condition, update } from '../../machines/update.ts';
import type { Frame } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { stateOf } from '../../src/runtime/session-logic.ts';
import { transactional } from '../../src/runtime/transactional.ts';
import { noFacts } from '../../src/session/facts.ts';
import { BaseUnit } from '../../src/session/base-unit.ts';
import type { Effect } from '../../src/session/effects.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import type { Verdict } from '../../src/session/interception.ts';
import { Ledger, defaultLimits, defaultTimes } from '../../src/session/limits.ts';
import type { SessionState } from '../../src/session/outcomes.ts';
import { builtInProfiles, standardTimes } from '../../src/session/profiles.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { snapshotOf } from '../../src/session/snapshot.ts';
import { builtInTagRules } from '../../src/session/tags.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const runs = 150 * Number(process.env['NINELIVES_RUNS'] ?? 1);

// --- our session chart ---------------------------------------------------------------------------------------------

function frameOf(message: object): Frame {
  const frame = readMessage(encodeText(JSON.stringify({ jsonrpc: '2.0', ...message })));
  if (isFault(frame)) throw new Error(frame.reason);
  return frame;
}

const initializeResult = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 's', version: '1' },
};
const refuse: Verdict = { kind: 'refuse', refusal: { code: 'BLOCKED', data: {} }, delayMs: 0, steps: [] };
const loss = { reason: 'exited', exitCode: 1, signal: null, lastStderr: [] } as const;

/** What can happen, as data from which an event is made anew for each actor: events must not be shared. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.constant('request'),
      fc.constantFrom('tools/call', 'ping', 'initialize', 'shutdown'),
      fc.nat(3),
      fc.boolean(),
    ),
  },
  { weight: 6, arbitrary: fc.tuple(fc.constant('response'), fc.constantFrom('ok', 'error'), fc.nat(3), fc.boolean()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('cancel'), fc.constant(''), fc.nat(3), fc.boolean()) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant('awaited'), fc.constantFrom('tools/call', 'initialize'), fc.nat(3), fc.boolean()),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constant('decided'), fc.constantFrom('forward', 'refuse'), fc.nat(12), fc.boolean()),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant('time'), fc.constantFrom('1', '60000', '400000'), fc.nat(3), fc.boolean()),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant('lost'), fc.constantFrom('restarts', 'final'), fc.nat(3), fc.boolean()),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant('ready'), fc.constantFrom('', 'goes on'), fc.nat(3), fc.boolean()) },
  fc.tuple(fc.constant('reopened'), fc.constantFrom('', 'shaken'), fc.nat(3), fc.boolean()),
  fc.tuple(fc.constant('drain'), fc.constant(''), fc.nat(3), fc.boolean()),
  fc.tuple(fc.constant('closed'), fc.constantFrom('eof', 'gone'), fc.nat(3), fc.boolean()),
  fc.tuple(fc.constant('expired'), fc.constantFrom('idle', 'age'), fc.nat(3), fc.boolean()),
  fc.tuple(fc.constant('unknown'), fc.constant(''), fc.nat(3), fc.boolean()),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** Who decides: the plan in place where it can, as the router asks it; the plan in the actor; or XState alone. */
const ways = ['in place', 'planned', 'interpreted'] as const;
type Way = (typeof ways)[number];

function isAlive(actor: { getSnapshot(): unknown }): boolean {
  return (actor.getSnapshot() as AnyMachineSnapshot).status === 'active';
}

class SessionWorld {
  readonly clock = new VirtualClock();
  readonly ledger = new Ledger(defaultLimits);
  readonly said: string[] = [];
  readonly actor: AnyActorRef;
  readonly #takeInPlace: (event: SessionEvent) => boolean;
  #ticket = 0;
  readonly #verdicts = new Map<number, Frame>();

  constructor(way: Way) {
    const logic = transactional<typeof sessionMachine, SessionRecord, SessionEvent, SessionState, Effect>(
      sessionMachine,
      {
        usesPlan: way !== 'interpreted',
        now: () => this.clock.now(),
        stateOf,
        isOwnWork: (event) => !event.type.startsWith('frame.'),
        perform: (_record, effects) => {
          for (const effect of effects) this.said.push(describeEffect(effect));
        },
        rolledBack: (_record, event, error) => this.said.push(`rolled back ${event.type}: ${String(error)}`),
        unexpected: (_record, event) => this.said.push(`unexpected ${event.type}`),
      },
    );
    this.#takeInPlace = (event) => way === 'in place' && logic.takeInPlace(this.record, event);
    this.actor = createActor(logic, {
      clock: this.clock,
      input: {
        id: 's',
        openedAt: 0,
        transportType: 'in-memory',
        principal: undefined,
        route: undefined,
        profile: builtInProfiles.get('lsp-like')!,
        surroundings: {
          limits: { ...defaultLimits, pendingPerSession: 3, heldFramesPerSession: 3 },
          times: { ...defaultTimes, sessionIdleMs: 100_000 },
          requestTimes: standardTimes(defaultTimes),
          ledger: this.ledger,
          alarms: {
            set: (alarm, dueAt) => void (alarm.dueAt = dueAt),
            clear: (alarm) => void (alarm.dueAt = Infinity),
          },
          tagRules: builtInTagRules,
          checksInvariants: false,
          occupancyChanged: () => {},
        },
      },
    });
    this.actor.subscribe({ error: (error) => this.said.push(`died: ${String(error)}`) });
    this.actor.start();
  }

  get record(): SessionRecord {
    return (this.actor.getSnapshot() as { context: { record: SessionRecord } }).context.record;
  }

  live([what, how, number, isReversed]: Happening): void {
    const at = this.clock.now();
    const direction = isReversed ? 'server-to-client' : 'client-to-server';
    const send = (event: { readonly type: string; readonly [key: string]: unknown }): void => {
      if (!this.#takeInPlace(event as never)) this.actor.send(event);
    };
    switch (what) {
      case 'request':
        return send({
          type: 'frame.request',
          at,
          direction,
          frame: frameOf({ id: number, method: how }),
          ticket: ++this.#ticket,
          verdict: undefined,
        });
      case 'response': {
        const answer = how === 'ok' ? { result: initializeResult } : { error: { code: 1, message: 'no' } };
        return send({
          type: 'frame.response',
          at,
          direction,
          frame: frameOf({ id: number, ...answer }),
          ticket: ++this.#ticket,
          verdict: undefined,
        });
      }
      case 'cancel':
        return send({
          type: 'frame.notification',
          at,
          direction,
          frame: frameOf({ method: 'notifications/cancelled', params: { requestId: number } }),
          ticket: ++this.#ticket,
          verdict: undefined,
        });
      case 'awaited': {
        const frame = frameOf({ id: number, method: how });
        this.#verdicts.set(++this.#ticket, frame);
        return send({ type: 'frame.request', at, direction, frame, ticket: this.#ticket, verdict: 'awaited' });
      }
      case 'decided': {
        const frame = this.#verdicts.get(number);
        if (frame === undefined) return;
        const news = how === 'refuse' ? refuse : { kind: 'forward', frame, delayMs: 0, steps: [] };
        return send({ type: 'frame.decided', at, ticket: number, news });
      }
      case 'time': {
        this.clock.advance(Number(how));
        const entry = [...this.record.pending.entries()][number];
        return entry === undefined
          ? send({ type: 'session.ticked', at: this.clock.now() })
          : send({ type: 'request.expired', at: this.clock.now(), entry });
      }
      case 'lost':
        return send({ type: 'upstream.lost', at, loss: { ...loss, willRestart: how === 'restarts' } });
      case 'ready':
        return send({ type: 'upstream.ready', at, ...(how === 'goes on' ? { goesOn: true } : {}) });
      case 'reopened': {
        const initialize = how === 'shaken' ? frameOf({ id: 0, method: 'initialize' }) : undefined;
        return send({ type: 'session.reopened', at, facts: { ...noFacts, initialize } });
      }
      case 'drain':
        return send({ type: 'session.drain', at });
      case 'closed':
        return send({ type: 'client.closed', at, isGone: how === 'gone' });
      case 'expired':
        return send({ type: 'session.expired', at, reason: how });
      case 'unknown':
        return send({ type: `method/${number}`, at });
    }
  }

  describe(): unknown {
    const snapshot = this.actor.getSnapshot() as AnyMachineSnapshot;
    return {
      value: snapshot.value,
      status: snapshot.status,
      tags: [...snapshot.tags],
      session: snapshotOf(this.record, this.clock.now()),
      ledger: [...this.ledger.used],
      timers: this.clock.pending,
      said: this.said,
    };
  }
}

function describeEffect(effect: Effect): string {
  switch (effect.type) {
    case 'send':
      return `send ${effect.direction} ${effect.message.map((part) => decodeText(part)).join('')}`;
    case 'cancel':
      return `cancel ${effect.entry.idToken}`;
    case 'settled':
      return `settled ${effect.entry.direction} ${JSON.stringify(effect.entry.id)} ${effect.outcome}`;
    case 'release':
      return `release ${effect.direction}`;
    case 'ended':
      return `ended ${effect.reason}`;
    case 'fault':
      return `fault ${effect.fault}`;
    case 'close-server-input':
    case 'recovered':
      return effect.type;
  }
}

describe('the session chart', () => {
  test('with its plan does what XState does with every event', () => {
    // Two planned lives in a row share what the first one remembered.
    const lives = fc.array(fc.array(happening, { maxLength: 40 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(lives, (stories) => {
        for (const story of stories) {
          const worlds = ways.map((way) => new SessionWorld(way));
          for (const event of story) {
            if (!worlds.every(({ actor }) => isAlive(actor))) break;
            for (const world of worlds) world.live(event);
            const [inPlace, planned, interpreted] = worlds.map((world) => world.describe());
            expect(planned).toEqual(interpreted);
            expect(inPlace).toEqual(planned);
          }
        }
      }),
      { numRuns: runs },
    );
  });
});

// --- random charts ---------------------------------------------------------------------------------------------------

class TinyRecord {
  readonly unit = new BaseUnit<string, string>();
  plan: unknown = undefined;
  count = 0;
  readonly trail: string[] = [];
}
interface TinyEvent {
  readonly type: string;
  readonly at: number;
}

const step = (name: string, amount: number) =>
  update<TinyRecord, TinyEvent>((record, event) => {
    record.unit.later(() => {
      record.count += amount;
      record.trail.push(`${name} on ${event.type}`);
    });
    record.unit.effect(name);
  });
const actions = {
  a: step('a', 1),
  b: step('b', 2),
  c: step('c', -1),
  throws: update<TinyRecord, TinyEvent>((record) => {
    record.unit.effect('never seen');
    throw new Error('on purpose');
  }),
};
const guards = {
  isEven: condition<TinyRecord, TinyEvent>((record) => record.count % 2 === 0),
  isBig: condition<TinyRecord, TinyEvent>((record) => record.count > 3),
  isPlain: ({ context }: { context: { record: TinyRecord } }) => context.record.count % 3 === 0,
};
const eventTypes = ['e.one', 'e.two', 'e.three'] as const;
const targets = ['#r.x', '#r.y', '#r.y.p', '#r.y.q', '#r.z', '#r.end'] as const;

const actionList = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 });
const throwingList = fc.oneof(
  { weight: 12, arbitrary: actionList },
  { weight: 1, arbitrary: fc.constant(['a', 'throws']) },
);
const transition = fc.record(
  {
    guard: fc.constantFrom('isEven', 'isBig', 'isPlain'),
    target: fc.constantFrom(...targets),
    actions: throwingList,
    reenter: fc.boolean(),
  },
  { requiredKeys: ['actions'] },
);
const on = fc.dictionary(fc.constantFrom(...eventTypes), fc.array(transition, { minLength: 1, maxLength: 3 }), {
  maxKeys: 3,
});
const always = fc.option(
  fc.array(
    fc.record({ guard: fc.constant('isBig'), target: fc.constantFrom(...targets), actions: fc.constant(['c']) }),
    { maxLength: 1 },
  ),
  { nil: [], freq: 6 },
);
const wild = fc.option(fc.record({ actions: actionList }), { nil: undefined, freq: 8 });
interface Node {
  readonly on: Readonly<Record<string, unknown>>;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly always: readonly unknown[];
}
const node: fc.Arbitrary<Node> = fc
  .record({ on, entry: actionList, exit: actionList, always, wild })
  .map(({ wild: any, ...rest }) => ({ ...rest, on: any === undefined ? rest.on : { ...rest.on, '*': any } }));

/**
 * Without what `transactional` does differently on purpose: conditions see the record as it was before the event, where a
 * plain actor's eventless transitions see what the event did; and an event that the chart does not name meets no wildcard.
 */
const ordinary = (state: Node): Node => ({
  on: { ...state.on, '*': [] },
  entry: state.entry,
  exit: state.exit,
  always: [],
});

const states = fc.record({ root: on, x: node, y: node, p: node, q: node, z: node });
const chart = states.map(chartOf);
const ordinaryChart = states.map(({ root, x, y, p, q, z }) =>
  chartOf({
    root,
    x: ordinary(x),
    y: ordinary(y),
    p: ordinary(p),
    q: ordinary(q),
    z: ordinary(z),
  }),
);

function chartOf({ root, x, y, p, q, z }: Record<'root' | 'x' | 'y' | 'p' | 'q' | 'z', object>): object {
  return {
    id: 'r',
    options: { maxIterations: 50 },
    initial: 'x',
    on: root,
    states: { x, y: { ...y, initial: 'p', states: { p, q } }, z, end: { type: 'final', entry: ['a'] } },
  };
}

const tiny = setup({
  types: { context: {} as { record: TinyRecord }, events: {} as TinyEvent },
  actions,
  guards,
});

interface TinyWorld {
  readonly actor: AnyActorRef;
  send(event: TinyEvent): void;
  readonly said: string[];
}

function tinyWorld(config: object, way: Way): TinyWorld {
  const machine = tiny.createMachine({ ...config, context: () => ({ record: new TinyRecord() }) } as never);
  const said: string[] = [];
  const logic = transactional<AnyStateMachine, TinyRecord, TinyEvent, string, string>(
    machine as unknown as AnyStateMachine,
    {
      usesPlan: way !== 'interpreted',
      now: () => 0,
      stateOf: (snapshot) => JSON.stringify(snapshot.value),
      isOwnWork: () => true,
      perform: (_record, effects) => said.push(...effects),
      rolledBack: (_record, event) => said.push(`rolled back ${event.type}`),
      unexpected: (_record, event) => said.push(`unexpected ${event.type}`),
    },
  );
  const actor = createActor(logic);
  actor.subscribe({ error: (error) => said.push(`died ${String(error)}`) });
  actor.start();
  const recordOf = (): TinyRecord => (actor.getSnapshot() as { context: { record: TinyRecord } }).context.record;
  return {
    actor,
    send: (event) => {
      if (way !== 'in place' || !logic.takeInPlace(recordOf(), event)) actor.send(event);
    },
    said,
  };
}

function describeTiny(actor: { getSnapshot(): unknown }): unknown {
  const snapshot = actor.getSnapshot() as AnyMachineSnapshot & { context: { record: TinyRecord } };
  const { count, trail } = snapshot.context.record;
  return { value: snapshot.value, status: snapshot.status, count, trail };
}

describe('any chart', () => {
  test('with its plan does what XState does with every event', () => {
    fc.assert(
      fc.property(chart, fc.array(fc.constantFrom(...eventTypes, 'e.unknown'), { maxLength: 30 }), (config, events) => {
        const worlds = ways.map((way) => tinyWorld(config, way));
        for (const [at, type] of events.entries()) {
          if (!worlds.every(({ actor }) => isAlive(actor))) break;
          for (const world of worlds) world.send({ type, at });
          const [inPlace, planned, interpreted] = worlds.map(({ actor, said }) => [describeTiny(actor), said]);
          expect(planned).toEqual(interpreted);
          expect(inPlace).toEqual(planned);
        }
      }),
      { numRuns: runs * 2 },
    );
  });

  test('with its plan does what a plain XState actor does, as long as nothing throws', () => {
    fc.assert(
      fc.property(ordinaryChart, fc.array(fc.constantFrom(...eventTypes), { maxLength: 30 }), (config, events) => {
        const planned = tinyWorld(config, 'planned');
        const machine = tiny.createMachine({ ...config, context: () => ({ record: new TinyRecord() }) } as never);
        const plain = createActor(machine);
        plain.subscribe({ error: () => {} });
        plain.start();
        for (const [at, type] of events.entries()) {
          if (!isAlive(planned.actor)) break;
          planned.actor.send({ type, at });
          plain.send({ type, at });
          if (plain.getSnapshot().status === 'error') return;
          expect(describeTiny(planned.actor)).toEqual(describeTiny(plain));
        }
      }),
      { numRuns: runs * 2 },
    );
  });
});
