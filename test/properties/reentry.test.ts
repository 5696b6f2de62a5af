/**
 * Peers that act within the call in which they are written to, as in-memory links may: they answer, ask, cancel, break down
 * and leave while the runtime is in the middle of something. Every event still waits its turn, and the laws hold.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Direction } from '../../src/protocol/envelope.ts';
import { KeptLog } from '../runtime/kept-log.ts';
import { expectEverybodyTold, expectExactCounts, expectExactLedger } from './laws.ts';
import { takeTurn } from './peer-turn.ts';
import { type Message, type Pair, World, runs } from './world.ts';

type Reaction =
  | 'nothing'
  | 'answer'
  | 'answer twice'
  | 'ask'
  | 'cancel'
  | 'lose'
  | 'return'
  | 'half-close'
  | 'leave'
  | 'close'
  | 'drain'
  | 'label';

const usual: fc.Arbitrary<Reaction> = fc.constantFrom(
  'answer',
  'answer',
  'answer twice',
  'ask',
  'ask',
  'cancel',
  'return',
  'nothing',
  'label',
);
const reaction: fc.Arbitrary<Reaction> = fc.oneof(
  { weight: 12, arbitrary: usual },
  fc.constantFrom<Reaction>('lose', 'half-close', 'leave', 'close', 'drain'),
);

/** A peer that does the next thing on its list, again from the start, whenever it is written to; at most so often. */
class Reflex {
  readonly #pair: Pair;
  readonly #sends: Direction;
  readonly #reactions: readonly Reaction[];
  #left = 60;
  #place = 0;
  #asked = 0;

  constructor(pair: Pair, sends: Direction, reactions: readonly Reaction[]) {
    this.#pair = pair;
    this.#sends = sends;
    this.#reactions = reactions;
    pair.earOf(sends).onMessage = (message) => this.#react(message);
  }

  #react(message: Message): void {
    const isReplay = message.method === 'initialize' && String(message.id).startsWith('ninelives:');
    if (isReplay)
      this.#pair.fromServer({ id: message.id, result: { protocolVersion: '2025-11-25', capabilities: {} } });
    if (isReplay || this.#left-- <= 0) return;
    const what = this.#reactions[this.#place++ % this.#reactions.length]!;
    const isQuestion = message.method !== undefined && message.id != null;
    const answer = { id: message.id, result: {} };
    if (isQuestion && (what === 'answer' || what === 'answer twice')) this.#pair.from(this.#sends, answer);
    if (isQuestion && what === 'answer twice') this.#pair.from(this.#sends, answer);
    this.act(what);
  }

  act(what: Reaction): void {
    const pair = this.#pair;
    switch (what) {
      case 'ask':
        pair.ask(this.#sends, { id: this.#asked++ % 4, method: 'tools/call' });
        return;
      case 'cancel':
        pair.from(this.#sends, { method: 'notifications/cancelled', params: { requestId: this.#asked % 4 } });
        return;
      case 'lose':
        // What is decided before the loss has its turn finds nobody to tell.
        pair.server.ear.hasLeftUnread = true;
        pair.server.lose();
        return;
      case 'leave':
        // It may still hear what was decided before its leaving has its turn.
        pair.session.client.closed(true);
        return;
      case 'label':
        pair.session.label('seen', true);
        return;
      case 'nothing':
      case 'answer':
      case 'answer twice':
        return;
      case 'return':
      case 'half-close':
      case 'close':
      case 'drain':
        takeTurn(pair, what);
    }
  }
}

describe('peers that act while they are written to', () => {
  test('S1 S3 S10 break no law', () => {
    const list = fc.array(reaction, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(list, list, fc.array(usual, { minLength: 1, maxLength: 10 }), (atClient, atServer, starts) => {
        const log = new KeptLog();
        const world = new World({
          log,
          limits: { pendingPerSession: 3 },
          times: { requestIdleMs: 1000, drainMs: 2000, recoveryMs: 2000 },
        });
        const pair = world.open();
        const client = new Reflex(pair, 'client-to-server', atClient);
        const server = new Reflex(pair, 'server-to-client', atServer);
        pair.server.becomeReady();
        for (const one of starts) {
          client.act(one);
          if (one === 'ask') server.act(one);
          world.breathe();
          expectExactLedger(world);
        }
        world.clock.advance(10_000);
        pair.session.close();
        world.clock.advance(10_000);

        expect(pair.endedFor).toBeDefined();
        // What was said while the session was ending reached nobody: it is counted, and there is nobody to be told.
        const { unplacedEvents } = world.runtime.totals();
        expect(pair.settled.length + unplacedEvents).toBeGreaterThanOrEqual(pair.asked.length);
        expectEverybodyTold(pair);
        expectExactCounts(world);
        expectExactLedger(world);
        expect(world.runtime.totals().pending).toEqual({ ordinary: 0, reserved: 0, listen: 0, question: 0 });
        expect([world.clock.pending, log.texts('error'), world.clock.errors]).toEqual([0, [], []]);
        expect([pair.client.strayWrites, pair.server.ear.strayWrites]).toEqual([0, 0]);
      }),
      runs(250),
    );
  });

  test('a conversation of ten thousand turns within one call ends, and does not climb the stack', () => {
    const world = new World({ checksInvariants: false });
    const pair = world.open();
    pair.shake();
    let turns = 0;
    pair.server.ear.onMessage = ({ id, method }) => {
      if (method !== undefined) pair.fromServer({ id, result: {} });
    };
    pair.client.onMessage = () => {
      if (++turns < 10_000) pair.fromClient({ id: turns, method: 'tools/call' });
    };
    pair.fromClient({ id: 0, method: 'tools/call' });
    expect([turns, pair.session.snapshot().counts['outcome.result'], world.errors]).toEqual([10_000, 10_001, []]);
  });

  test('a server that asks on while its session ends is not written to after its link was closed', () => {
    const world = new World();
    const pair = world.open();
    pair.shake();
    pair.fromServer({ id: 'first', method: 'ping' });
    pair.server.ear.onMessage = () => pair.fromServer({ id: 'second', method: 'ping' });
    pair.session.close();
    expect(pair.server.ear.heard.map(({ id }) => id)).toEqual(['first']);
    expect(pair.server.ear.strayWrites).toBe(0);
  });
});
