import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exchangesOf } from '../../../../src/inspector/page/session/exchanges.ts';
import { sessionAt } from '../../../../src/inspector/page/session/session-at.ts';
import { Conversation } from './conversation.ts';

const up = 'client-to-server';
const down = 'server-to-client';

function opening(): Conversation {
  const talk = new Conversation();
  talk.state = 'initializing';
  const hello = talk.request(up, 0, 'initialize');
  talk.response(down, 0, [talk.outcome(hello, 'result')], { to: 'active.serving' });
  const call = talk.request(up, 1);
  talk.response(down, 1, [talk.outcome(call, 'result')]);
  talk.event('session.close', { to: 'closed' });
  return talk;
}

describe('a session after one of its events', () => {
  const { events } = opening();
  const at = (index: number): ReturnType<typeof sessionAt> => sessionAt(events, index, exchangesOf(events));

  test('has the state that the event left', () => {
    expect([-1, 0, 1, 2, 3, 4].map((index) => at(index).state)).toEqual([
      'initializing',
      'initializing',
      'active.serving',
      'active.serving',
      'active.serving',
      'closed',
    ]);
  });

  test('names the transition that led there, and when', () => {
    expect(at(0).lastTransition).toBeUndefined();
    expect(at(3).lastTransition).toMatchObject({ from: 'initializing', to: 'active.serving', event: events[1] });
    expect(at(3).enteredAt).toBe(events[1]!.at);
    expect(at(4).transitions).toEqual([
      { from: 'initializing', to: 'active.serving', count: 1 },
      { from: 'active.serving', to: 'closed', count: 1 },
    ]);
  });

  test('has what waited then, and not what came later', () => {
    expect([-1, 0, 1, 2, 3].map((index) => at(index).pending.map((exchange) => exchange.id))).toEqual([
      [],
      [0],
      [],
      [1],
      [],
    ]);
  });
});

test('a request that is older than the events waits until its end', () => {
  const talk = new Conversation();
  talk.event('client.attached');
  talk.response(down, 9, [{ direction: up, id: 9, method: 'tools/call', outcome: 'result', elapsedMs: 500 }]);
  const pending = (index: number): readonly unknown[] =>
    sessionAt(talk.events, index, exchangesOf(talk.events)).pending.map((exchange) => exchange.id);
  expect([pending(0), pending(1)]).toEqual([[9], []]);
});

test('looking back shows what was shown when it happened', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (asks) => {
      const talk = new Conversation();
      const waiting: ReturnType<Conversation['request']>[] = [];
      const shown: unknown[] = [];
      for (const [index, isAsked] of asks.entries()) {
        const asked = isAsked ? undefined : waiting.shift();
        if (asked === undefined) waiting.push(talk.request(up, index));
        else talk.response(down, asked.frame!.id!, [talk.outcome(asked, 'result')]);
        const live = sessionAt(talk.events, talk.events.length - 1, exchangesOf(talk.events));
        shown.push(live.pending.map((exchange) => exchange.id));
      }
      const exchanges = exchangesOf(talk.events);
      const back = talk.events.map((_, index) => sessionAt(talk.events, index, exchanges).pending.map(({ id }) => id));
      expect(back).toEqual(shown);
    }),
    { numRuns: 50 },
  );
});
