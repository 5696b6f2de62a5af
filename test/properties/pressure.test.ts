/**
 * Backpressure (F11, P16): peers that stop sending when they are asked to never fill a box: nothing is refused for want of
 * room, nothing is lost or out of order however slowly the other side reads, and everybody goes on in the end.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Direction } from '../../src/protocol/envelope.ts';
import { expectEverybodyTold, expectNothingLeft, expectOneOutcomeEach } from './laws.ts';
import { type Message, type Pair, World, runs } from './world.ts';

const limits = { bufferPauseBytes: 400, bufferBytesMax: 2000 };

/** A peer that sends from a list when it may, reads a few messages at a time, and answers what it has read. */
class SlowPeer {
  readonly #pair: Pair;
  readonly #sends: Direction;
  readonly #toSay: object[];
  readonly #read: Message[] = [];
  #appetite = 0;

  constructor(pair: Pair, sends: Direction, toSay: readonly object[]) {
    this.#pair = pair;
    this.#sends = sends;
    this.#toSay = [...toSay];
    const ear = pair.earOf(sends);
    ear.isReading = false;
    ear.onMessage = (message) => {
      this.#read.push(message);
      this.#appetite--;
      ear.isReading = this.#appetite > 0;
    };
  }

  get isPaused(): boolean {
    return this.#pair.earOf(this.#sends).isPaused;
  }

  get isDone(): boolean {
    return this.#toSay.length === 0;
  }

  /** Says up to so many things, and stops in the middle when it is asked to. */
  speak(times: number): void {
    for (let said = 0; said < times && !this.isPaused; said++) {
      const message = this.#toSay.shift();
      if (message === undefined) return;
      if ('method' in message && 'id' in message) this.#pair.ask(this.#sends, message as never);
      else this.#pair.from(this.#sends, message);
    }
  }

  /** Reads up to so many messages, and means to answer each request among them. */
  read(messages: number): void {
    this.#appetite = messages;
    this.#pair.earOf(this.#sends).isReading = messages > 0;
    if (messages > 0 && this.#sends === 'client-to-server') this.#pair.session.client.drained();
    else if (messages > 0) this.#pair.server.drained();
    for (const { id, method } of this.#read.splice(0)) {
      if (method !== undefined && id != null) this.#toSay.push({ id, result: { text: 'x'.repeat(50) } });
    }
  }
}

const sentence = fc.oneof(
  fc
    .record({ size: fc.nat(200) })
    .map(({ size }) => ({ method: 'notifications/message', params: { text: 'x'.repeat(size) } })),
  fc
    .record({ size: fc.nat(200) })
    .map(({ size }) => ({ id: 0, method: 'tools/call', params: { text: 'x'.repeat(size) } })),
);

/** The list with a number in each place, by which the reader knows them. */
function numbered(sentences: readonly object[], by: string): readonly object[] {
  return sentences.map((one, number) => {
    const params = { ...(one as { params: object }).params, number };
    return 'id' in one ? { ...one, id: `${by}${number}`, params } : { ...one, params };
  });
}

describe('peers that pause when they are asked to', () => {
  test('F11 P16 lose nothing, are refused nothing for want of room, and go on in the end', () => {
    const turn = fc.record({ who: fc.constantFrom('client', 'server'), says: fc.nat(6), reads: fc.nat(4) });
    fc.assert(
      fc.property(
        fc.array(sentence, { maxLength: 40, size: 'max' }),
        fc.array(sentence, { maxLength: 40, size: 'max' }),
        fc.array(turn, { maxLength: 40, size: 'max' }),
        (fromClient, fromServer, turns) => {
          const world = new World({ limits, times: { requestIdleMs: Infinity } });
          const pair = world.open();
          pair.shake();
          const heardBefore = [pair.client.everything.length, pair.server.ear.everything.length];
          const client = new SlowPeer(pair, 'client-to-server', numbered(fromClient, 'c'));
          const server = new SlowPeer(pair, 'server-to-client', numbered(fromServer, 's'));
          for (const { who, says, reads } of turns) {
            const peer = who === 'client' ? client : server;
            peer.speak(says);
            peer.read(reads);
          }
          // Both read on, and say what they still have to say: this comes to an end.
          let quietRounds = 0;
          for (let rounds = 0; rounds < 400 && quietRounds < 3; rounds++) {
            for (const peer of [client, server]) {
              peer.speak(5);
              peer.read(50);
            }
            quietRounds = client.isDone && server.isDone ? quietRounds + 1 : 0;
          }
          expect([client.isDone, server.isDone, client.isPaused, server.isPaused]).toEqual([true, true, false, false]);
          const { counts, pending } = pair.session.snapshot();
          expect([counts.effectFailures, counts.refusedBuffer]).toEqual([0, 0]);
          const numbers = (messages: readonly Message[], method: string): readonly unknown[] =>
            messages.filter((one) => one.method === method).map(({ params }) => params?.['number']);
          for (const [heard, said] of [
            [pair.server.ear.everything.slice(heardBefore[1]), fromClient],
            [pair.client.everything.slice(heardBefore[0]), fromServer],
          ] as const) {
            const expected = said.flatMap(({ method }, number) => (method === 'notifications/message' ? [number] : []));
            expect(numbers(heard, 'notifications/message')).toEqual(expected);
            const asked = numbers(heard, 'tools/call') as readonly number[];
            expect(asked).toEqual(asked.toSorted((a, b) => a - b));
          }
          expect(pending).toEqual([]);
          pair.session.close();
          expectOneOutcomeEach(pair);
          expectEverybodyTold(pair);
          expectNothingLeft(world);
        },
      ),
      runs(100),
    );
  });
});
