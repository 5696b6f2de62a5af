/**
 * Order (R13, P18): what one peer sent and the other received was received in the order in which it was sent, whatever was
 * held, delayed or written late on the way. Allowed to overtake are cancellations, pings and answers; and an answer never
 * overtakes the progress that was reported for it, nor a cancellation the request that it names.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Direction, opposite } from '../../src/protocol/envelope.ts';
import type { InterceptAction, Interceptor } from '../../src/session/interception.ts';
import { moody, orderlyMood } from './moody-interceptor.ts';
import { type Message, type Pair, World, bytesOf, runs } from './world.ts';

interface Step {
  readonly by: Direction;
  readonly do: 'ask' | 'ping' | 'answer' | 'cancel' | 'progress' | 'notify' | 'stop reading' | 'read on';
  readonly id: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom<Direction>('client-to-server', 'server-to-client'),
  do: fc.oneof(
    { weight: 4, arbitrary: fc.constant('ask' as const) },
    { weight: 4, arbitrary: fc.constant('progress' as const) },
    { weight: 3, arbitrary: fc.constant('answer' as const) },
    { weight: 3, arbitrary: fc.constant('notify' as const) },
    {
      weight: 6,
      arbitrary: fc.constantFrom('ping' as const, 'cancel' as const, 'stop reading' as const, 'read on' as const),
    },
  ),
  id: fc.nat(3),
});

type Turn = { readonly do: 'wait'; readonly ms: number } | { readonly do: 'lose' | 'return' };

const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 3, arbitrary: fc.nat(8).map((tenths): Turn => ({ do: 'wait', ms: tenths * 100 })) },
  fc.constantFrom<Turn>({ do: 'lose' }, { do: 'return' }, { do: 'return' }),
);

const tokenOf = (asker: Direction, id: number): string => `${asker} ${id}`;

/** Every message that a peer says carries the number of its utterance. */
class Speakers {
  readonly pair: Pair;
  #utterances = 0;

  constructor(pair: Pair) {
    this.pair = pair;
  }

  take({ by, do: what, id }: Step): void {
    const { pair } = this;
    const n = ++this.#utterances;
    switch (what) {
      case 'ask':
      case 'ping': {
        const params = { n, _meta: { progressToken: tokenOf(by, id) } };
        pair.from(by, { id, method: what === 'ping' ? 'ping' : 'tools/call', params });
        return;
      }
      case 'answer':
        pair.from(by, { id, result: { n } });
        return;
      case 'cancel':
        pair.from(by, { method: 'notifications/cancelled', params: { n, requestId: id } });
        return;
      case 'progress':
        pair.from(by, { method: 'notifications/progress', params: { n, progressToken: tokenOf(opposite(by), id) } });
        return;
      case 'notify':
        pair.from(by, { method: 'notifications/message', params: { n } });
        return;
      case 'stop reading':
        pair.earOf(by).isReading = false;
        return;
      case 'read on':
        pair.earOf(by).isReading = true;
        if (by === 'client-to-server') pair.session.client.drained();
        else pair.server.drained();
    }
  }
}

/** The number of the utterance; none for what the runtime said in its own name. */
function numberOf({ params, result }: Message): number | undefined {
  return (params?.['n'] ?? result?.['n']) as number | undefined;
}

function mayOvertake({ method }: Message): boolean {
  return method === undefined || method === 'ping' || method === 'notifications/cancelled';
}

/** The laws of order over all that one peer heard from the other. */
function expectOrder(heard: readonly Message[], hearer: Direction): void {
  const spoken = heard.filter((message) => numberOf(message) !== undefined);
  const numbers = spoken.map((message) => numberOf(message)!);
  expect(new Set(numbers).size).toBe(numbers.length);

  const inLine = spoken.filter((message) => !mayOvertake(message)).map((message) => numberOf(message)!);
  expect(inLine).toEqual(inLine.toSorted((a, b) => a - b));

  spoken.forEach((message, place) => {
    const before = spoken.slice(0, place);
    const after = spoken.slice(place + 1);
    const number = numberOf(message)!;
    if (message.method === undefined) {
      const isItsProgress = ({ method, params }: Message): boolean =>
        method === 'notifications/progress' && params?.['progressToken'] === tokenOf(hearer, Number(message.id));
      // Progress that was said before the answer and heard after it, though no new request has taken the token since.
      const late = after.filter((one) => isItsProgress(one) && numberOf(one)! < number);
      expect(late).toEqual([]);
    }
    if (message.method === 'notifications/cancelled') {
      const isItsRequest = (one: Message): boolean =>
        one.method !== undefined && one.id === message.params?.['requestId'];
      expect(before.some(isItsRequest)).toBe(true);
      expect(after.filter((one) => isItsRequest(one) && numberOf(one)! < number)).toEqual([]);
    }
  });
}

describe('what one peer says the other hears in order', () => {
  test('R13 P18 whatever interceptors, restarts and slow readers do to it', async () => {
    const scripts = fc.record({
      steps: fc.array(step, { maxLength: 30, size: 'max' }),
      turns: fc.array(turn, { maxLength: 8 }),
      moods: fc.array(orderlyMood, { minLength: 1, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scripts, async (s, { steps, turns, moods }) => {
        const later = (action: InterceptAction): Promise<InterceptAction> =>
          s.schedule(Promise.resolve(action), 'verdict');
        const world = new World({ interceptors: [moody(moods, later)] });
        const pair = world.open();
        pair.server.ear.onMessage = ({ id, method }) => {
          const isReplay = method === 'initialize' && String(id).startsWith('ninelives:');
          if (isReplay) pair.server.say(bytesOf({ id, result: { protocolVersion: '2025-11-25', capabilities: {} } }));
        };
        pair.server.becomeReady();
        const speakers = new Speakers(pair);
        s.scheduleSequence(
          steps.map((one) => ({ label: `${one.by} ${one.do}`, builder: async () => speakers.take(one) })),
        );
        s.scheduleSequence(
          turns.map((one) => ({
            label: one.do,
            builder: async () => {
              if (one.do === 'wait') world.clock.advance(one.ms);
              else if (one.do === 'lose') pair.server.lose();
              else pair.server.becomeReady();
              world.breathe();
            },
          })),
        );
        await s.waitIdle();
        [pair.client.isReading, pair.server.ear.isReading] = [true, true];
        pair.session.client.drained();
        pair.server.drained();
        world.clock.advance(5000);
        await s.waitIdle();
        expectOrder(pair.server.ear.everything, 'server-to-client');
        expectOrder(pair.client.everything, 'client-to-server');
        expect(world.errors).toEqual([]);
      }),
      runs(100),
    );
  });

  test('R13 P18 and progress is neither lost nor late, as long as nobody blocks it', async () => {
    /** For each request, so many reports of progress before its answer; the order of all of them is the seed's. */
    const script = fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }).chain((reports) =>
      fc.record({
        reports: fc.constant(reports),
        order: fc.shuffledSubarray(
          reports.flatMap((count, id) => Array.from({ length: count + 1 }, () => id)),
          { minLength: reports.reduce((sum, count) => sum + count + 1, 0) },
        ),
        moods: fc.array(fc.record({ action: fc.constantFrom('continue', 'modify', 'delay'), isLate: fc.boolean() }), {
          minLength: 1,
          maxLength: 5,
        }),
        pauses: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), script, async (s, { reports, order, moods, pauses }) => {
        const later = (action: InterceptAction): Promise<InterceptAction> =>
          s.schedule(Promise.resolve(action), 'verdict');
        const fickle = moody(moods, later);
        const interceptor: Interceptor = {
          name: 'moody towards the client',
          intercept: (context) => (context.direction === 'server-to-client' ? fickle.intercept(context) : undefined),
        };
        const world = new World({ interceptors: [interceptor], times: { interceptorMs: 1e6 } });
        const pair = world.open();
        pair.server.becomeReady();
        reports.forEach((_, id) => {
          pair.fromClient({ id, method: 'tools/call', params: { _meta: { progressToken: `t${id}` } } });
        });
        const left = [...reports];
        s.scheduleSequence(
          order.map((id, place) => ({
            label: `server about ${id}`,
            builder: async () => {
              const isReport = left[id]! > 0;
              left[id]!--;
              const params = { progressToken: `t${id}`, progress: reports[id]! - left[id]! };
              pair.fromServer(isReport ? { method: 'notifications/progress', params } : { id, result: {} });
              world.clock.advance(pauses[place % pauses.length]! * 100);
            },
          })),
        );
        await s.waitIdle();
        world.clock.advance(10_000);
        await s.waitIdle();
        reports.forEach((count, id) => {
          const heard = pair.client.everything.filter(
            (one) => one.id === id || one.params?.['progressToken'] === `t${id}`,
          );
          const expected = [...Array.from({ length: count }, (_, n) => n + 1), 'answered'];
          expect(heard.map(({ params }) => params?.['progress'] ?? 'answered')).toEqual(expected);
        });
      }),
      runs(100),
    );
  });
});
