/**
 * Steps of peers, operator and time for a session that is compared with its plain description (plain-session.ts): how they are
 * made up, what they mean to a real session, and what is compared after each.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { RequestId } from '../../src/protocol/envelope.ts';
import type { CounterName } from '../../src/session/counters.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { type Expected, type Heard, PlainSession, type Side, type Step } from './plain-session.ts';
import { takeTurn } from './peer-turn.ts';
import { type Message, type Pair, World, type WorldOptions, alwaysRestart, bytesOf } from './world.ts';

const limits = { pending: 4, reserved: 2, questions: 3, held: 4 };
// Odd hundreds keep deadlines of different kinds from falling due together, where either order would be right.
const times = { initializeMs: 7100, pingMs: 3200, absoluteMs: 11_300, drainMs: 9050, recoveryMs: 9550 };

const agreed = { protocolVersion: '2025-11-25', capabilities: { tools: {} } };

const id = fc.constantFrom(0, 1, '1', 2);
const side = fc.constantFrom<Side>('client', 'server');
const isLate = fc.constantFrom(false, false, true);
const ordinaryMethod = fc.constantFrom('tools/call', 'x/unknown');

const ask = fc
  .record({ by: side, id, method: fc.oneof({ weight: 4, arbitrary: ordinaryMethod }, fc.constant('ping')) })
  .map((step): Step => ({ do: 'ask', ...step, token: tokenOf(step.by, step.id) }));
const handshake = id.map((known): Step => ({ do: 'ask', by: 'client', id: known, method: 'initialize' }));

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: ask },
  { weight: 3, arbitrary: handshake },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('answer'), by: side, id, isError: fc.boolean(), isLate }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('cancel'), by: side, id }) },
  {
    weight: 3,
    arbitrary: fc.record({ by: side, id, isLate }).map(({ by, id: known, isLate: isForAnother }): Step => {
      return { do: 'progress', by, token: tokenOf(otherOf(by), known), isLate: isForAnother };
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('notify'), by: side, number: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat(6).map((seconds) => seconds * 1000) }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'lose' }) },
  { weight: 5, arbitrary: fc.constant<Step>({ do: 'return' }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('reply'), asAnother: fc.constantFrom(false, false, false, true) }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>({ do: 'half-close' }, { do: 'leave' }, { do: 'close' }, { do: 'drain' }),
  },
);

function otherOf(by: Side): Side {
  return by === 'client' ? 'server' : 'client';
}

function tokenOf(by: Side, known: number | string): string {
  return `${by} ${JSON.stringify(known)}`;
}

/** Counters of what did not go as it should. */
const noteworthy = [
  'bogusResponses',
  'duplicateResponses',
  'lateResponses',
  'lateCancellations',
  'illegalCancellations',
  'lateProgress',
  'unattributedProgress',
] as const satisfies readonly CounterName[];

/** What a step means to the real session. */
class Stage {
  readonly world: World;
  readonly pair: Pair;
  /** Names of the session's own, by the token that the requester would give. */
  readonly #names = new Map<string, string>();
  /** What its requester calls it, by the name of the session's own. */
  readonly #called = new Map<unknown, RequestId>();
  #seen = 0;

  constructor(restarts: boolean, options: WorldOptions) {
    const { absoluteMs, ...own } = times;
    this.world = new World({
      ...options,
      limits: {
        pendingPerSession: limits.pending,
        reservedPerSession: limits.reserved,
        questionsPerSession: limits.questions,
        heldFramesPerSession: limits.held,
      },
      times: { ...own, requestIdleMs: Infinity, requestAbsoluteMs: absoluteMs },
      restart: restarts ? alwaysRestart : neverRestart,
    });
    this.pair = this.world.open();
  }

  take(step: Step, model: PlainSession): Expected {
    const before = this.#noted;
    this.#perform(step, model);
    this.world.breathe();
    const settled = this.pair.settled.slice(this.#seen);
    this.#seen = this.pair.settled.length;
    const noted = this.#noted.flatMap(([name, count], place) =>
      Array.from({ length: count - before[place]![1] }, () => name),
    );
    return {
      client: this.#heard('server', this.pair.client.take()),
      server: this.#heard('client', this.pair.server.ear.take()),
      noted: noted.sort(),
      settled: settled
        .map(
          (one) =>
            `${one.direction === 'client-to-server' ? 'client' : 'server'} ${JSON.stringify(one.id)} ${one.outcome}`,
        )
        .sort(),
    };
  }

  #heard(asker: Side, messages: readonly Message[]): readonly Heard[] {
    for (const { id: name, params } of messages) {
      if (typeof name !== 'string' || !ownName.test(name)) continue;
      const called = params?.['asked'] as RequestId;
      this.#called.set(name, called);
      this.#names.set(tokenOf(asker, called), name);
    }
    return messages.map((message) => wordsOf(message, this.#called)).sort();
  }

  /** How the peer knows the request that waits under this id of its requester. */
  #nameOf(asker: Side, called: RequestId, model: PlainSession): RequestId {
    return model.isRenamed(asker, called) ? (this.#names.get(tokenOf(asker, called)) ?? called) : called;
  }

  get #noted(): readonly (readonly [string, number])[] {
    const { counts } = this.pair.session.snapshot();
    return noteworthy.map((name) => [name, counts[name]]);
  }

  #perform(step: Step, model: PlainSession): void {
    const { pair } = this;
    if ('by' in step && step.by === 'server' && !model.canServerSpeak) return;
    const say = (by: Side, message: object): void =>
      by === 'client' ? pair.fromClient(message) : pair.fromServer(message);
    switch (step.do) {
      case 'ask': {
        const asked = { asked: step.id };
        const params =
          step.token === undefined ? { ...agreed, ...asked } : { _meta: { progressToken: step.token }, ...asked };
        say(step.by, { id: step.id, method: step.method, params });
        return;
      }
      case 'answer': {
        const name = step.isLate === true ? step.id : this.#nameOf(otherOf(step.by), step.id, model);
        say(step.by, step.isError ? { id: name, error: { code: 0, message: 'no' } } : { id: name, result: agreed });
        return;
      }
      case 'cancel':
        say(step.by, { method: 'notifications/cancelled', params: { requestId: step.id } });
        return;
      case 'progress': {
        const { by, token, isLate: isForAnother } = step;
        const isRenamed = isForAnother !== true && model.hasRenamedToken(otherOf(by), token);
        const progressToken = isRenamed ? this.#names.get(String(token)) : token;
        say(step.by, { method: 'notifications/progress', params: { progressToken, progress: 1 } });
        return;
      }
      case 'notify':
        say(step.by, { method: 'notifications/message', params: { number: step.number } });
        return;
      case 'wait':
        this.world.clock.advance(step.ms);
        return;
      case 'reply':
        this.#reply(step.asAnother);
        return;
      case 'lose':
      case 'return':
      case 'half-close':
      case 'leave':
      case 'close':
      case 'drain':
        takeTurn(pair, step.do);
    }
  }

  #reply(asAnother: boolean): void {
    const own = this.pair.session.snapshot().pending.find((entry) => String(entry.id).startsWith('ninelives:'));
    if (own === undefined) return;
    const result = asAnother ? { ...agreed, capabilities: { prompts: {} } } : agreed;
    this.pair.server.say(bytesOf({ id: own.id, result }));
  }

  get state(): { readonly phase: string; readonly waiting: readonly string[] } {
    const { state, pending } = this.pair.session.snapshot();
    const theirs = pending.filter((entry) => !String(entry.id).startsWith('ninelives:'));
    return {
      phase: phaseOf[state],
      waiting: theirs
        .map((entry) => `${entry.direction === 'client-to-server' ? 'client' : 'server'} ${JSON.stringify(entry.id)}`)
        .sort(),
    };
  }
}

const phaseOf = {
  initializing: 'initializing',
  'active.serving': 'serving',
  'active.recovering': 'recovering',
  shuttingDown: 'shuttingDown',
  closed: 'ended',
  failed: 'ended',
} as const;

/** Of a request that could not go on under its own id; a replayed handshake has one number more. */
const ownName = /^ninelives:[^:]+:\d+$/;

function wordsOf({ id: known, method, params, error }: Message, called: ReadonlyMap<unknown, RequestId>): Heard {
  const nameOf = (one: unknown): string =>
    called.has(one) ? `~${JSON.stringify(called.get(one))}` : JSON.stringify(one);
  const name = nameOf(known);
  switch (method) {
    case undefined:
      return error === undefined ? `result ${name}` : `error ${name} ${error.code}`;
    case 'notifications/cancelled':
      return `cancel ${nameOf(params?.['requestId'])}`;
    case 'notifications/progress':
      return `progress ${JSON.stringify(params?.['progressToken'])}`;
    case 'notifications/message':
      return `notify ${JSON.stringify(params?.['number'])}`;
    default:
      return String(known).startsWith('ninelives:') && !called.has(known) ? 'replay' : `ask ${name}`;
  }
}

/** Lets a session and its plain description take the steps side by side. */
export function expectAsPlain(steps: readonly Step[], restarts: boolean, options: WorldOptions = {}): void {
  const model = new PlainSession(limits, times, restarts);
  const stage = new Stage(restarts, options);
  steps.forEach((one, index) => {
    const actual = stage.take(one, model);
    const expected = model.take(one);
    const place = `step ${index}: ${JSON.stringify(one)}`;
    expect({ place, ...actual, ...stage.state }).toEqual({
      place,
      ...expected,
      phase: model.phase,
      waiting: model.phase === 'ended' ? [] : model.waiting,
    });
    const { ordinary, reserved, listen, question } = stage.world.runtime.totals().pending;
    const isReplaying = stage.pair.session.snapshot().pending.length - model.waiting.length;
    expect(ordinary + reserved + listen + question).toBe(model.waiting.length + isReplaying);
  });
  expect(stage.world.errors).toEqual([]);
  expect([stage.pair.client.strayWrites, stage.pair.server.ear.strayWrites]).toEqual([0, 0]);
}
