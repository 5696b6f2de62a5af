/**
 * A hundred workers at one runtime, in real time: every step of every peer comes through whatever queue chance picks (the
 * microtasks, the immediates, a message channel, a timer), interceptors answer when they like, servers die and come back,
 * clients leave in the middle of a word. Then the laws are asked of every session that there was.
 *
 * Chance is seeded (NINELIVES_SEED), the order in which the queues of Node serve is not: a failure names the law that broke,
 * and the same law can be asked in test/properties, where order is reproducible. NINELIVES_RUNS multiplies the requests.
 */
import { MessageChannel } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { type Direction, opposite } from '../../src/protocol/envelope.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { InterceptAction, Interceptor } from '../../src/session/interception.ts';
import {
  expectEverybodyTold,
  expectExactCounts,
  expectExactLedger,
  expectNothingOwned,
  expectOneOutcomeEach,
} from '../properties/laws.ts';
import { type Message, Pair, alwaysRestart } from '../properties/world.ts';
import { KeptLog } from '../runtime/kept-log.ts';

const seed = Number(process.env['NINELIVES_SEED'] ?? Date.now() % 1_000_000);
const workers = 100;
const requestsPerWorker = Math.ceil(20 * Number(process.env['NINELIVES_RUNS'] ?? '1'));

/** A small generator of chance (mulberry32): the same seed makes the same choices. */
function chanceOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class Chance {
  readonly #next: () => number;
  constructor(start: number) {
    this.#next = chanceOf(start);
  }
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }
  is(probability: number): boolean {
    return this.#next() < probability;
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

const { port1, port2 } = new MessageChannel();
const waitingForPort: (() => void)[] = [];
port1.on('message', () => waitingForPort.shift()?.());
afterAll(() => port1.close());

/** One turn of a queue that chance picks. */
function hop(chance: Chance): Promise<void> {
  switch (chance.below(6)) {
    case 0:
      return Promise.resolve();
    case 1:
      return new Promise((resolve) => queueMicrotask(resolve));
    case 2:
    case 3:
      return new Promise((resolve) => setImmediate(resolve));
    case 4:
      return new Promise((resolve) => {
        waitingForPort.push(resolve);
        port2.postMessage(0);
      });
    default:
      return new Promise((resolve) => setTimeout(resolve, chance.below(4)));
  }
}

/** Mostly lets pass, sometimes does anything that an interceptor can do, at once or later. */
function fickle(chance: Chance): Interceptor {
  const act = (message: object): InterceptAction => {
    if (chance.is(0.9)) return { action: 'continue' };
    switch (chance.below(5)) {
      case 0:
        return { action: 'block' };
      case 1:
        return { action: 'mock', result: { isMocked: true } };
      case 2:
        return { action: 'delay', delayMs: chance.below(30) };
      case 3:
        return { action: 'modify', message: { ...message, seen: true } };
      default:
        throw new Error('a bad day');
    }
  };
  return {
    name: 'fickle',
    intercept: (context) => {
      const { message } = context;
      return chance.is(0.4) ? hop(chance).then(() => act(message)) : act(message);
    },
  };
}

const times = {
  initializeMs: 500,
  pingMs: 300,
  requestIdleMs: 400,
  requestAbsoluteMs: 700,
  drainMs: 400,
  recoveryMs: 400,
  interceptorMs: 300,
};
const limits = { pendingPerSession: 24, reservedPerSession: 4, heldFramesPerSession: 16, sessions: 10_000 };

/** What happened in all, for the line at the end. */
const tally = { sessions: 0, requests: 0, losses: 0, cancellations: 0, duplicates: 0 };

class Arena {
  readonly log = new KeptLog();
  readonly pairs = new Map<string, Pair>();
  readonly runtime;

  constructor() {
    let opened = 0;
    this.runtime = createRuntime({
      ids: { sessionId: () => `s${++opened}` },
      log: this.log,
      times,
      limits,
      checksInvariants: true,
      interceptors: [fickle(new Chance(seed))],
    });
    this.runtime.observe((observation) => {
      const pair = this.pairs.get(observation.sessionId);
      if (observation.type === 'request-settled') pair?.settled.push(observation);
      if (observation.type === 'session-ended' && pair !== undefined) pair.ended = observation;
    });
  }
}

/** One peer: answers what it hears, late, twice or never, and now and then asks, cancels or reports something itself. */
class Peer {
  readonly #pair: Pair;
  readonly #sends: Direction;
  readonly #chance: Chance;

  constructor(pair: Pair, sends: Direction, chance: Chance) {
    this.#pair = pair;
    this.#sends = sends;
    this.#chance = chance;
    pair.earOf(sends).onMessage = (message) => void this.#react(message);
  }

  async #react({ id, method, params }: Message): Promise<void> {
    if (method === undefined || id == null) return;
    const chance = this.#chance;
    // A server that comes back says what it said before.
    if (String(id).startsWith('ninelives:')) {
      if (chance.is(0.9)) this.#say({ id, result: { protocolVersion: '2025-11-25', capabilities: {} } });
      return;
    }
    await hop(chance);
    const token = params?._meta?.progressToken;
    if (token !== undefined && chance.is(0.3)) {
      this.#say({ method: 'notifications/progress', params: { progressToken: token, progress: 1 } });
    }
    if (chance.is(0.1)) return;
    await hop(chance);
    const answer = chance.is(0.9)
      ? { id, result: { nonce: params?.['nonce'] } }
      : { id, error: { code: 1, message: 'no' } };
    this.#say(answer);
    if (!chance.is(0.05)) return;
    tally.duplicates++;
    this.#say(answer);
  }

  #say(message: object): void {
    this.#pair.from(this.#sends, message);
  }

  ask(): void {
    tally.requests++;
    const chance = this.#chance;
    const id = chance.pick([0, 1, 2, 3, '1', 'a', chance.below(1000)]);
    const method = chance.pick(['tools/call', 'tools/call', 'tools/call', 'ping', 'resources/read']);
    const params = {
      nonce: `${this.#pair.session.id} ${this.#sends} ${JSON.stringify(id)}`,
      _meta: { progressToken: `t${id}` },
    };
    this.#pair.ask(this.#sends, { id, method, params });
    if (!chance.is(0.1)) return;
    tally.cancellations++;
    void hop(chance).then(() => this.#say({ method: 'notifications/cancelled', params: { requestId: id } }));
  }
}

/** One session from its opening to its end, whatever that is. */
async function live(arena: Arena, chance: Chance, requests: number): Promise<Pair> {
  const pair = new Pair(arena, {}, alwaysRestart);
  tally.sessions++;
  const client = new Peer(pair, 'client-to-server', chance);
  const server = new Peer(pair, 'server-to-client', chance);
  if (chance.is(0.9)) pair.server.becomeReady();
  if (chance.is(0.7)) {
    const params = { protocolVersion: '2025-11-25', capabilities: {} };
    pair.ask('client-to-server', { id: 'hello', method: 'initialize', params });
  }
  for (let asked = 0; asked < requests; asked++) {
    if (chance.is(0.85)) client.ask();
    else server.ask();
    if (chance.is(0.03)) {
      tally.losses++;
      pair.server.lose();
    }
    if (chance.is(0.2)) pair.server.becomeReady();
    if (chance.is(0.02)) pair.client.isReading = !pair.client.isReading;
    if (chance.is(0.1) && pair.client.isReading) pair.session.client.drained();
    if (chance.is(0.5)) await hop(chance);
  }
  pair.client.isReading = true;
  pair.session.client.drained();
  if (pair.endedFor === undefined) leave(pair, chance);
  return pair;
}

function leave(pair: Pair, chance: Chance): void {
  switch (chance.below(4)) {
    case 0:
      pair.leave();
      return;
    case 1:
      pair.session.client.closed(false);
      return;
    case 2:
      pair.session.close();
      return;
    default:
      pair.session.drain();
  }
}

/** No answer that anybody heard belongs to somebody else's request. */
function expectOwnAnswers(pair: Pair): void {
  for (const direction of ['client-to-server', 'server-to-client'] as const) {
    for (const { id, result } of pair.earOf(direction).everything) {
      if (typeof result?.['nonce'] !== 'string') continue;
      expect(result['nonce']).toBe(`${pair.session.id} ${direction} ${JSON.stringify(id)}`);
    }
    // What one peer heard the other to ask was asked by the other peer of this session.
    for (const { method, params } of pair.earOf(direction).everything) {
      if (method === undefined || typeof params?.['nonce'] !== 'string') continue;
      expect(params['nonce'].startsWith(`${pair.session.id} ${opposite(direction)}`)).toBe(true);
    }
  }
}

describe('a hundred workers at one runtime', () => {
  test('S1 S3 S6 S7 S10 P4 P13 break no law', { timeout: 600_000 }, async () => {
    const arena = new Arena();
    const startedAt = performance.now();
    const work = async (worker: number): Promise<void> => {
      const chance = new Chance(seed + worker + 1);
      for (let left = requestsPerWorker; left > 0;) {
        const requests = Math.min(left, 1 + chance.below(40));
        left -= requests;
        await live(arena, chance, requests);
        if (chance.is(0.1)) expectExactLedger(arena);
      }
    };
    await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
    await arena.runtime.drain();
    // A slow reader may linger, a late verdict may still come, and both come to nothing.
    for (const pair of arena.pairs.values()) if (!pair.client.isGone) pair.session.client.drained();
    await new Promise((resolve) => setTimeout(resolve, times.interceptorMs));

    for (const pair of arena.pairs.values()) {
      expectOneOutcomeEach(pair);
      expectEverybodyTold(pair);
      expectNothingOwned(pair);
      expectOwnAnswers(pair);
    }
    expectExactCounts(arena);
    const { counts, pending, sessionsEnded } = arena.runtime.totals();
    expect(pending).toEqual({ ordinary: 0, reserved: 0, listen: 0, question: 0 });
    expect(sessionsEnded.active).toBe(0);
    expect(arena.log.texts('error')).toEqual([]);
    const outcomes = Object.entries(counts).filter(([name]) => name.startsWith('outcome.'));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(
      `races: seed ${seed}, ${workers} workers, ${tally.sessions} sessions, ${tally.requests} requests, ` +
        `${tally.cancellations} cancellations, ${tally.duplicates} duplicate answers, ${tally.losses} losses, ${seconds} s: ` +
        `${outcomes.map(([name, count]) => `${count} ${name.slice('outcome.'.length)}`).join(', ')}\n`,
    );
  });
});
