import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TracedEvent } from '../../../../src/inspector/feed-messages.ts';
import { causeOf, exchangesOf } from '../../../../src/inspector/page/session/exchanges.ts';
import { type Direction, type RequestId, opposite } from '../../../../src/protocol/envelope.ts';
import { type Outcome, outcomes } from '../../../../src/session/outcomes.ts';
import { Conversation } from './conversation.ts';

const up = 'client-to-server';
const down = 'server-to-client';

describe('an exchange', () => {
  test('is opened by its request and settled by its answer', () => {
    const talk = new Conversation();
    const asked = talk.request(up, 7);
    const answered = talk.response(down, 7, [talk.outcome(asked, 'result')]);
    const { all, ofEvent, settledBy } = exchangesOf(talk.events);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ seq: asked.seq, sentSeq: asked.seq, responseSeq: answered.seq, outcome: 'result' });
    expect(ofEvent.get(answered.seq)).toBe(all[0]);
    expect(settledBy.get(answered.seq)).toEqual([all[0]]);
  });

  test('of a server and one of a client may have the same id', () => {
    const talk = new Conversation();
    talk.request(up, 1);
    const question = talk.request(down, 1, 'sampling/createMessage');
    talk.response(up, 1, [talk.outcome(question, 'result')]);
    const { all } = exchangesOf(talk.events);
    expect(all.map((exchange) => exchange.outcome)).toEqual([undefined, 'result']);
  });

  test('with the id 1 is another one than that with the id "1"', () => {
    const talk = new Conversation();
    talk.request(up, 1);
    const settled = { direction: up, id: '1', method: 'tools/call', outcome: 'error', elapsedMs: 1 } as const;
    const answered = talk.response(down, '1', [settled]);
    const { all, ofEvent } = exchangesOf(talk.events);
    expect(all.map((exchange) => [exchange.id, exchange.outcome])).toEqual([
      [1, undefined],
      ['1', 'error'],
    ]);
    expect(ofEvent.get(answered.seq)?.id).toBe('1');
  });

  test('refused for its id leaves the one alone that has the id', () => {
    const talk = new Conversation();
    const first = talk.request(up, 1);
    const second = { direction: up, id: 1, method: 'tools/call', outcome: 'refused', elapsedMs: 0 } as const;
    talk.request(up, 1, 'tools/call', { settled: [second] });
    talk.response(down, 1, [talk.outcome(first, 'result')]);
    expect(exchangesOf(talk.events).all.map((exchange) => exchange.outcome)).toEqual(['result', 'refused']);
  });

  test('that the session does not take is refused', () => {
    const talk = new Conversation();
    talk.request(up, 1, 'tools/call', { decision: 'unexpected', sent: [] });
    expect(exchangesOf(talk.events).all).toMatchObject([{ outcome: 'refused', isOwnAnswer: true }]);
  });

  test('older than the events is known from its end', () => {
    const talk = new Conversation();
    const settled = { direction: up, id: 4, method: 'tools/list', outcome: 'result', elapsedMs: 250 } as const;
    const answered = talk.response(down, 4, [settled]);
    const [exchange] = exchangesOf(talk.events).all;
    expect(exchange).toMatchObject({
      isOlder: true,
      method: 'tools/list',
      openedAt: answered.at - 250,
      responseSeq: 1,
    });
  });

  test('of a server stands inside the only call that can have caused it, and beside several', () => {
    const talk = new Conversation();
    talk.request(up, 1);
    talk.request(up, 2, 'ping');
    talk.request(down, 1, 'elicitation/create');
    talk.request(up, 3);
    talk.request(down, 2, 'roots/list');
    const { all } = exchangesOf(talk.events);
    expect(causeOf(all[2]!)?.id).toBe(1);
    expect(causeOf(all[4]!)).toBeUndefined();
    expect(all[4]!.during.map((exchange) => exchange.id)).toEqual([1, 3]);
  });

  test('of a server stands inside the call that is said to have caused it, whatever else waits', () => {
    const talk = new Conversation();
    talk.request(up, 1);
    talk.request(up, 2);
    const asked = talk.request(down, 1, 'elicitation/create');
    talk.events[2] = { ...asked, frame: { ...asked.frame!, parent: 2 } };
    expect(causeOf(exchangesOf(talk.events).all[2]!)?.id).toBe(2);
  });

  test('counts its progress by the token that its request has said, else by its id', () => {
    const talk = new Conversation();
    const first = talk.request(up, 1);
    talk.events[0] = { ...first, frame: { ...first.frame!, progressToken: 'abc' } };
    talk.request(up, 2);
    talk.notification(down, 'notifications/progress', 'abc');
    talk.notification(down, 'notifications/progress', 2);
    talk.notification(down, 'notifications/progress', 2);
    talk.notification(down, 'notifications/progress', 1);
    expect(exchangesOf(talk.events).all.map((exchange) => exchange.progress)).toEqual([1, 2]);
  });

  test('opened by bytes that are no message is another one than that whose id they have', () => {
    const talk = new Conversation();
    talk.request(up, 1);
    const frame = { direction: up, kind: 'request', ticket: 0, bytes: 9, id: 1, hasBody: false } as const;
    const settled = [{ direction: up, id: 1, method: '', outcome: 'refused', elapsedMs: 0 }] as const;
    talk.event('frame.malformed', { frame, settled });
    const { all } = exchangesOf(talk.events);
    expect(all.map((exchange) => exchange.outcome)).toEqual([undefined, 'refused']);
  });

  test('that was held goes on with the decision about it', () => {
    const talk = new Conversation();
    const held = talk.request(up, 1, 'tools/call', { sent: [] });
    const decided = talk.event('frame.decided', {
      frame: held.frame!,
      sent: [{ direction: up, kind: 'request', bytes: 10, isOwn: false }],
    });
    const { all } = exchangesOf(talk.events);
    expect(all).toHaveLength(1);
    expect(all[0]?.sentSeq).toBe(decided.seq);
  });
});

interface Step {
  readonly what: 'request' | 'settle' | 'stray';
  readonly direction: Direction;
  readonly id: RequestId;
  readonly outcome: Outcome;
}

const step = fc.record<Step>({
  what: fc.constantFrom('request', 'settle', 'stray'),
  direction: fc.constantFrom(up, down),
  id: fc.constantFrom(1, '1', 2),
  outcome: fc.constantFrom(...outcomes),
});

/** A session as it may go: an id in use is refused, an answer that nobody waits for settles nothing. */
function played(steps: readonly Step[]): {
  readonly events: readonly TracedEvent[];
  readonly ends: Map<number, Outcome>;
} {
  const talk = new Conversation();
  const waiting = new Map<string, TracedEvent>();
  const ends = new Map<number, Outcome>();
  for (const { what, direction, id, outcome } of steps) {
    const key = `${direction} ${JSON.stringify(id)}`;
    const asked = waiting.get(key);
    if (what === 'request' && asked !== undefined) {
      const settled = [{ direction, id, method: 'tools/call', outcome: 'refused', elapsedMs: 0 }] as const;
      ends.set(talk.request(direction, id, 'tools/call', { settled }).seq, 'refused');
    } else if (what === 'request') waiting.set(key, talk.request(direction, id));
    else if (what === 'stray' || asked === undefined) {
      if (asked === undefined) talk.response(opposite(direction), id, []);
    } else {
      waiting.delete(key);
      ends.set(asked.seq, outcome);
      const settled = [talk.outcome(asked, outcome)];
      if (outcome === 'result' || outcome === 'error') talk.response(opposite(direction), id, settled);
      else talk.event('request.expired', { settled });
    }
  }
  return { events: talk.events, ends };
}

test('every request opens one exchange, and each settles once at most, as it was said', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { events, ends } = played(steps);
      const { all, settledBy } = exchangesOf(events);
      const requests = events.filter((event) => event.event === 'frame.request').map((event) => event.seq);
      expect(all.map((exchange) => exchange.seq)).toEqual(requests);
      expect(new Map(all.flatMap(({ seq, outcome }) => (outcome === undefined ? [] : [[seq, outcome]])))).toEqual(ends);
      const settled = [...settledBy.values()].flat();
      expect(new Set(settled).size).toBe(settled.length);
      expect(settled.length).toBe(ends.size);
    }),
    { numRuns: 200 },
  );
});
