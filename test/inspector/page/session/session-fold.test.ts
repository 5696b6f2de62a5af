import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TracedEvent } from '../../../../src/inspector/feed-messages.ts';
import { exchangesOf } from '../../../../src/inspector/page/session/exchanges.ts';
import { SessionFold } from '../../../../src/inspector/page/session/session-fold.ts';
import { timelineOf } from '../../../../src/inspector/page/session/timeline.ts';
import { Conversation } from './conversation.ts';

const up = 'client-to-server';
const down = 'server-to-client';

function spoken(steps: readonly number[]): readonly TracedEvent[] {
  const talk = new Conversation();
  const open: TracedEvent[] = [];
  for (const [id, step] of steps.entries()) {
    if (step === 0) open.push(talk.request(up, id));
    else if (step === 1) open.push(talk.request(down, id, 'sampling/createMessage'));
    else if (step === 2) talk.event('session.labelled', { detail: 'x is set' });
    else if (step === 3) talk.pass(2000);
    else {
      const asked = open.shift();
      if (asked === undefined) continue;
      const { direction, id: answered } = asked.frame!;
      talk.response(direction === up ? down : up, answered!, [talk.outcome(asked, 'result')]);
    }
  }
  return talk.events;
}

test('a history that comes in pieces, whose oldest events go, is what it is when it is looked at as a whole', () => {
  const pieces = fc.array(fc.record({ come: fc.nat({ max: 8 }), go: fc.nat({ max: 12 }) }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5 }), { maxLength: 60 }), pieces, (steps, said) => {
      const all = spoken(steps);
      const fold = new SessionFold();
      let [from, to] = [0, 0];
      for (const { come, go } of said) {
        to = Math.min(all.length, to + come);
        // Most often nothing goes.
        if (go > 9) from = Math.min(to, from + go - 9);
        const events = all.slice(from, to);
        const { exchanges, lines } = fold.of(events, from);
        const whole = exchangesOf(events);
        expect(lines).toEqual(timelineOf(events, whole, from));
        expect([...exchanges.ofEvent]).toEqual([...whole.ofEvent]);
        expect(exchanges.all).toEqual(whole.all);
      }
    }),
    { numRuns: 60 },
  );
});

test('what has not changed is the same object', () => {
  const fold = new SessionFold();
  const events = spoken([0, 4]);
  const first = fold.of(events, 0);
  expect(fold.of(events, 0)).toBe(first);
  expect(fold.of(events, 1)).not.toBe(first);
});
