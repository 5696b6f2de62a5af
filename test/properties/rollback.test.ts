/**
 * S6: what throws leaves no trace. An event is made to throw at some point of its way, in a guard, in an update or in a tag
 * rule, and the record, the ledger and the timers are afterwards what they were, down to the last private field; and a
 * session that met such events behaves as one that did not.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Direction } from '../../src/protocol/envelope.ts';
import type { FrameArrived, SessionEvent } from '../../src/session/events.ts';
import type { Verdict } from '../../src/session/interception.ts';
import type { TagRule } from '../../src/session/tags.ts';
import { LoneSession, frameOf } from '../machines/lone-session.ts';
import { WholeState } from './whole-state.ts';
import { type Pair, World, runs } from './world.ts';

/** Throws when it has been looked at often enough, until somebody defuses it. */
class Bomb {
  #looksLeft = Infinity;

  arm(looks: number): void {
    this.#looksLeft = looks;
  }
  defuse(): void {
    this.#looksLeft = Infinity;
  }
  look(): void {
    if (this.#looksLeft-- <= 0) throw new Error('The bomb went off');
  }

  /** The same object, each look at which is a look at the bomb. */
  in<T extends object>(object: T): T {
    return new Proxy(object, {
      get: (target, key) => {
        this.look();
        const value: unknown = Reflect.get(target, key);
        const isPlain = typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
        return isPlain ? this.in(value) : value;
      },
    });
  }
}

type Happening =
  | { readonly do: 'frame'; readonly from: Direction; readonly message: object; readonly verdict: VerdictName }
  | {
      readonly do: 'decide';
      readonly place: number;
      readonly verdict: Exclude<VerdictName, 'awaited' | 'none'> | 'turn';
    }
  | { readonly do: 'expire'; readonly place: number }
  | { readonly do: 'ready' | 'lost' | 'tick' | 'half-close' | 'drain' | 'garbage' | 'label' };

type VerdictName = 'none' | 'awaited' | 'pass' | 'later' | 'refuse' | 'answer';

function verdictOf(name: VerdictName, message: object): FrameArrived['verdict'] {
  const frame = frameOf(message);
  const rest = { delayMs: 0, steps: [] };
  switch (name) {
    case 'none':
      return undefined;
    case 'awaited':
      return 'awaited';
    case 'pass':
      return { kind: 'forward', frame, ...rest };
    case 'later':
      return { kind: 'forward', frame, delayMs: 100, steps: [] };
    case 'refuse':
      return { kind: 'refuse', refusal: { code: 'BLOCKED', data: {} }, ...rest };
    case 'answer':
      return { kind: 'answer', body: { result: {} }, ...rest };
  }
}

const direction = fc.constantFrom<Direction>('client-to-server', 'server-to-client');
const id = fc.constantFrom(0, 1, '1');
const agreed = { protocolVersion: '2025-11-25', capabilities: { tools: {} } };
const message: fc.Arbitrary<object> = fc.oneof(
  {
    weight: 5,
    arbitrary: id.map((known) => ({
      id: known,
      method: 'tools/call',
      params: { task: {}, _meta: { progressToken: `t${known}` } },
    })),
  },
  id.map((known) => ({ id: known, method: 'initialize', params: agreed })),
  id.map((known) => ({ id: known, method: 'resources/subscribe', params: { uri: `u:${known}` } })),
  {
    weight: 4,
    arbitrary: id.map((known) => ({ id: known, result: { ...agreed, task: { taskId: 'k', status: 'working' } } })),
  },
  id.map((known) => ({ id: known, error: { code: 1, message: 'no' } })),
  id.map((known) => ({ method: 'notifications/cancelled', params: { requestId: known } })),
  id.map((known) => ({ method: 'notifications/progress', params: { progressToken: `t${known}`, progress: 1 } })),
  fc.constantFrom(
    { method: 'notifications/initialized' },
    { method: 'notifications/tasks/status', params: { taskId: 'k', status: 'completed' } },
    { id: null, error: { code: 1, message: 'no' } },
  ),
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('frame'),
      from: direction,
      message,
      verdict: fc.constantFrom('none', 'none', 'none', 'awaited', 'pass', 'later', 'refuse', 'answer'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('decide'),
      place: fc.nat(3),
      verdict: fc.constantFrom('pass', 'later', 'refuse', 'answer', 'turn'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire'), place: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Happening>(
      { do: 'ready' },
      { do: 'ready' },
      { do: 'lost' },
      { do: 'tick' },
      { do: 'garbage' },
      { do: 'label' },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<Happening>({ do: 'half-close' }, { do: 'drain' }) },
);

/** The happening as an event of this session, as things stand; `undefined` when there is nothing that it could mean. */
function eventOf(session: LoneSession, what: Happening): SessionEvent | undefined {
  const at = session.now;
  const { record } = session;
  switch (what.do) {
    case 'frame':
      return session.arrival(what.from, what.message, verdictOf(what.verdict, what.message));
    case 'decide': {
      const held = [...record.held.all()][what.place];
      if (held === undefined) return undefined;
      const verdict = { ...(held.verdict ?? { kind: 'forward', frame: held.frame, steps: [] }), delayMs: 0 } as Verdict;
      const news =
        what.verdict === 'turn' ? 'turn' : what.verdict === 'pass' ? verdict : verdictOf(what.verdict, { method: 'x' });
      return { type: 'frame.decided', at, ticket: held.ticket, news: news as Verdict | 'turn' };
    }
    case 'expire': {
      const entry = [...record.pending.entries()][what.place];
      return entry && { type: 'request.expired', at: at + entry.absoluteMs, entry };
    }
    case 'ready':
      return { type: 'upstream.ready', at };
    case 'lost': {
      const loss = { reason: 'exited', exitCode: 1, signal: null, lastStderr: ['x'], willRestart: true } as const;
      return { type: 'upstream.lost', at, loss };
    }
    case 'tick':
      return { type: 'session.ticked', at };
    case 'half-close':
      return { type: 'client.closed', at, isGone: false };
    case 'drain':
      return { type: 'session.drain', at };
    case 'label':
      return { type: 'session.labelled', at, label: 'mine', isSet: true };
    case 'garbage': {
      const fault = { fault: 'not-json', reason: 'no', expectsAnswer: true, isAnswer: false, idToken: '1' } as const;
      return { type: 'frame.malformed', at, direction: 'client-to-server', fault, bytes: 3 };
    }
  }
}

/** The parts of an event that only the session looks at, each with the bomb in it. */
function withBomb(event: SessionEvent, bomb: Bomb): SessionEvent {
  if ('frame' in event) {
    const verdict = typeof event.verdict === 'object' ? bomb.in(event.verdict) : event.verdict;
    return { ...event, frame: bomb.in(event.frame), verdict };
  }
  if (event.type === 'frame.decided' && typeof event.news === 'object') return { ...event, news: bomb.in(event.news) };
  if (event.type === 'frame.malformed') return { ...event, fault: bomb.in(event.fault) };
  if (event.type === 'upstream.lost') return { ...event, loss: bomb.in(event.loss) };
  return event;
}

const whole = new WholeState({
  // Ways back up; the scratch of a unit of work, which every event writes anew; and the memory of the compiled chart.
  fields: new Set([
    'record',
    '#record',
    '#tagView',
    'surroundings',
    'plan',
    'now',
    '#items',
    '#tagBits',
    '#frameIndexes',
    '#alarmAt',
    '#map.length',
  ]),
});
afterAll(() => whole.close());

function stateOf(session: LoneSession): string {
  const { alarms, ledger, record, state, status, effects } = session;
  const due = [...alarms.dueAt].map(([alarm, dueAt]) => {
    const { alarmKind, idToken, ticket } = alarm as { alarmKind?: string; idToken?: string; ticket?: number };
    return { alarmKind, idToken, ticket, dueAt };
  });
  const answers = { status, state, effects: effects.length };
  return whole.of({ kept: record, unit: record.unit, used: ledger.used, due, answers });
}

interface Charged {
  readonly what: Happening;
  /** Looks until the bomb goes off, and where it lies; `undefined`: no bomb. */
  readonly bomb: { readonly looks: number; readonly in: 'event' | 'rule' } | undefined;
}

const charged: fc.Arbitrary<Charged> = fc.record({
  what: happening,
  bomb: fc.option(fc.record({ looks: fc.nat(14), in: fc.constantFrom('event', 'event', 'rule') }), {
    nil: undefined,
    freq: 2,
  }),
});

const prelude: readonly Happening[] = [
  { do: 'ready' },
  { do: 'frame', from: 'client-to-server', message: { id: 0, method: 'initialize', params: agreed }, verdict: 'none' },
  { do: 'frame', from: 'server-to-client', message: { id: 0, result: agreed }, verdict: 'none' },
];

/** The last rule of all. Once it has been asked everything is decided, and what follows cannot fail: no bomb goes off then. */
function bombedRule(bombs: { readonly event: Bomb; readonly rule: Bomb }): TagRule {
  return {
    tag: 'bombed',
    holds: () => {
      bombs.rule.look();
      return false;
    },
    changesAt: () => {
      bombs.rule.look();
      bombs.event.defuse();
      return Infinity;
    },
  };
}

describe('an event that throws', () => {
  test.each([true, false])('S6 leaves the session as it was, and the actor alive (compiled plan: %s)', (usesPlan) => {
    let rolledBack = 0;
    fc.assert(
      fc.property(fc.boolean(), fc.array(charged, { maxLength: 25, size: 'max' }), (isShaken, steps) => {
        const bombs = { event: new Bomb(), rule: new Bomb() };
        const limits = { pendingPerSession: 3, heldFramesPerSession: 3, tombstonesPerSession: 3 };
        const session = new LoneSession({ usesPlan, limits, tagRules: [bombedRule(bombs)] });
        const calm = isShaken ? prelude.map((what): Charged => ({ what, bomb: undefined })) : [];
        for (const { what, bomb } of [...calm, ...steps]) {
          const event = eventOf(session, what);
          if (event === undefined) continue;
          const before = bomb === undefined ? '' : stateOf(session);
          const errors = session.errors.length;
          if (bomb !== undefined) bombs[bomb.in].arm(bomb.in === 'rule' ? bomb.looks % 2 : bomb.looks);
          const aftermath = session.take(withBomb(event, bombs.event));
          bombs.event.defuse();
          bombs.rule.defuse();
          expect(session.errors.length - errors).toBe(aftermath === 'rolled back' ? 1 : 0);
          if (aftermath !== 'rolled back') continue;
          rolledBack++;
          expect(stateOf(session)).toBe(before);
        }
        expect(['active', 'done']).toContain(session.status);
      }),
      runs(16),
    );
    // The bombs did go off, in numbers.
    expect(rolledBack).toBeGreaterThan(5);
  });
});

interface Said {
  readonly from: Direction;
  readonly message: { readonly id?: unknown; readonly method?: string; readonly result?: object };
  readonly throws: boolean;
}

describe('a session that met events that threw', () => {
  const said: fc.Arbitrary<Said> = fc.record({
    from: direction,
    message,
    throws: fc.boolean(),
  });

  test('S6 goes on as if the requests and notifications among them had never come', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 40, size: 'max' }), (sentences) => {
        let throws = false;
        const rule: TagRule = {
          tag: 'touchy',
          holds: () => {
            if (throws) throw new Error('touched');
            return true;
          },
        };
        const [touched, calm] = [new World({ tagRules: [rule] }), new World({ tagRules: [rule] })];
        const [one, other] = [touched.open(), calm.open()];
        for (const pair of [one, other]) pair.shake();
        const refused: string[] = [];
        for (const sentence of sentences) {
          // An answer that throws has to end its request, so that nobody waits for ever: see below.
          throws = sentence.throws && sentence.message.method !== undefined;
          one.from(sentence.from, sentence.message);
          if (throws && sentence.message.id !== undefined)
            refused.push(`${sentence.from} ${JSON.stringify(sentence.message.id)}`);
          const isLeftOut = throws;
          throws = false;
          if (!isLeftOut) other.from(sentence.from, sentence.message);
        }
        expect(one.session.snapshot()).toEqual(other.session.snapshot());
        const isRefusal = ({ error }: { error?: { code: number } }): boolean => error?.code === 5000;
        const refusals = (pair: Pair): readonly string[] =>
          (['client-to-server', 'server-to-client'] as const).flatMap((asker) =>
            pair
              .earOf(asker)
              .everything.filter(isRefusal)
              .map(({ id: known }) => `${asker} ${JSON.stringify(known)}`),
          );
        expect(refusals(one)).toEqual(refused.toSorted(byAsker));
        for (const asker of ['client-to-server', 'server-to-client'] as const) {
          expect(one.earOf(asker).everything.filter((heard) => !isRefusal(heard))).toEqual(
            other.earOf(asker).everything,
          );
        }
        const { rolledBackEvents: _failed, ...totals } = touched.runtime.totals();
        expect(calm.runtime.totals()).toMatchObject(totals);
      }),
      runs(40),
    );
  });

  test('S6 S10 tells the requester when it was the answer that threw, and lives on', () => {
    let throws = false;
    const rule: TagRule = {
      tag: 'touchy',
      holds: () => {
        if (throws) throw new Error('touched');
        return false;
      },
    };
    const world = new World({ tagRules: [rule] });
    const pair = world.open();
    pair.shake();
    pair.fromClient({ id: 1, method: 'tools/call' });
    pair.fromClient({ id: 2, method: 'tools/call' });
    throws = true;
    pair.fromServer({ id: 1, result: {} });
    throws = false;
    pair.fromServer({ id: 2, result: {} });
    expect(pair.client.heard.map(({ id: known, error }) => [known, error?.code])).toEqual([
      [1, 5000],
      [2, undefined],
    ]);
    expect(pair.settled.slice(1).map(({ id: known, outcome }) => [known, outcome])).toEqual([
      [1, 'refused'],
      [2, 'result'],
    ]);
  });
});

/** Stable: first all that the client asked, then all that the server did. */
function byAsker(a: string, b: string): number {
  return Number(a.startsWith('server')) - Number(b.startsWith('server'));
}
