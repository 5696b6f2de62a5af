/**
 * Sessions do not meet (P4, F7, R1, R2): several of them on one runtime, all with the same few ids in both directions, and
 * every answer, cancellation and notification reaches the peer it was meant for, once, under the id as that peer spelled it.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Direction, type RequestId, opposite } from '../../src/protocol/envelope.ts';
import { expectEverybodyTold, expectNothingLeft, expectOneOutcomeEach } from './laws.ts';
import { type Message, type Pair, World, runs } from './world.ts';

interface Step {
  readonly session: number;
  readonly by: Direction;
  readonly do: 'ask' | 'answer' | 'answer twice' | 'cancel' | 'notify';
  readonly id: RequestId;
}

const step: fc.Arbitrary<Step> = fc.record({
  session: fc.nat(3),
  by: fc.constantFrom<Direction>('client-to-server', 'server-to-client'),
  do: fc.oneof(
    { weight: 5, arbitrary: fc.constant('ask' as const) },
    { weight: 4, arbitrary: fc.constant('answer' as const) },
    fc.constantFrom('answer twice' as const, 'cancel' as const, 'notify' as const),
  ),
  id: fc.constantFrom<RequestId>(0, 1, '1', '0', '', 'n1'),
});

/** A message's marks: where it was said and the how-manieth of all it was. */
interface Mark {
  readonly session: number;
  readonly by: Direction;
  readonly id: RequestId | undefined;
  readonly number: number;
}

/** Plays the steps; the marks tell afterwards who heard what. */
class Crowd {
  readonly world = new World();
  readonly pairs: readonly Pair[];
  readonly asked: Mark[] = [];
  readonly notified: Mark[] = [];
  #number = 0;

  constructor(sessions: number) {
    this.pairs = Array.from({ length: sessions }, () => this.world.open());
    for (const pair of this.pairs) pair.shake();
  }

  take({ session, by, do: what, id }: Step): void {
    const pair = this.pairs[session % this.pairs.length]!;
    const mark: Mark = { session: session % this.pairs.length, by, id, number: this.#number++ };
    switch (what) {
      case 'ask':
        this.asked.push(mark);
        pair.ask(by, { id, method: 'tools/call', params: { mark } });
        return;
      case 'answer':
      case 'answer twice': {
        // The last request under this id that the peer has heard: an older one with the id has ended.
        const heard = pair.earOf(by).heard.findLast((message) => message.method !== undefined && message.id === id);
        const answer = { id, result: { mark: heard?.params?.['mark'] ?? 'nobody asked' } };
        pair.from(by, answer);
        if (what === 'answer twice') pair.from(by, answer);
        return;
      }
      case 'cancel':
        pair.from(by, { method: 'notifications/cancelled', params: { requestId: id } });
        return;
      case 'notify':
        this.notified.push(mark);
        pair.from(by, { method: 'notifications/message', params: { mark } });
    }
  }

  /** What a peer heard, under the name of the peer that had it heard. */
  heardBy(session: number, by: Direction): readonly Message[] {
    return this.pairs[session]!.earOf(by).heard;
  }
}

describe('sessions on one runtime', () => {
  test('P4 R1 R2 an answer reaches its own request only, whatever ids are in use elsewhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.array(step, { maxLength: 60, size: 'max' }), (sessions, steps) => {
        const crowd = new Crowd(sessions);
        for (const one of steps) crowd.take(one);
        crowd.pairs.forEach((_, session) => {
          for (const by of ['client-to-server', 'server-to-client'] as const) {
            const heard = crowd.heardBy(session, by);
            for (const { id, result } of heard.filter((message) => message.result !== undefined)) {
              expect(result?.['mark']).toMatchObject({ session, by, id });
            }
            const results = heard.map(({ result }) => result?.['mark'] as Mark | undefined).filter(Boolean);
            expect(new Set(results.map((mark) => mark!.number)).size).toBe(results.length);
            const marks = heard
              .filter(({ method }) => method !== undefined)
              .map(({ params }) => params?.['mark'] as Mark | undefined);
            for (const mark of marks.filter((one) => one !== undefined)) {
              expect(mark).toMatchObject({ session, by: opposite(by) });
            }
          }
        });
        for (const pair of crowd.pairs) pair.session.close();
        for (const pair of crowd.pairs) {
          expectOneOutcomeEach(pair);
          expectEverybodyTold(pair);
        }
        expectNothingLeft(crowd.world);
      }),
      runs(60),
    );
  });

  test('P18 a notification reaches the other peer of its session, once, and nobody else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const crowd = new Crowd(3);
        for (const one of steps) crowd.take({ ...one, do: one.do === 'ask' ? 'notify' : one.do });
        const arrived = crowd.pairs.flatMap((_, session) =>
          (['client-to-server', 'server-to-client'] as const).flatMap((by) =>
            crowd
              .heardBy(session, by)
              .filter(({ method }) => method === 'notifications/message')
              .map(({ params }) => ({ heardBy: `${session} ${opposite(by)}`, mark: params?.['mark'] as Mark })),
          ),
        );
        for (const { heardBy, mark } of arrived) expect(heardBy).toBe(`${mark.session} ${mark.by}`);
        const numbers = (marks: readonly Mark[]): readonly number[] =>
          marks.map(({ number }) => number).toSorted((a, b) => a - b);
        expect(numbers(arrived.map(({ mark }) => mark))).toEqual(numbers(crowd.notified));
      }),
      runs(100),
    );
  });
});
