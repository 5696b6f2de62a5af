import { describe, expect, test } from 'vitest';
import { activationsOf, slotsMax } from '../../../../src/inspector/page/session/activation.ts';
import { exchangesOf } from '../../../../src/inspector/page/session/exchanges.ts';
import { timelineOf } from '../../../../src/inspector/page/session/timeline.ts';
import { Conversation } from './conversation.ts';

const up = 'client-to-server';
const down = 'server-to-client';

function barsOf({ events }: Conversation): readonly unknown[] {
  const bars = activationsOf(timelineOf(events, exchangesOf(events), 0));
  return bars.map(({ lane, from, to, slot, isEnded }) => [lane, from, to, slot, isEnded]);
}

describe('the bar of a request', () => {
  test('goes from the line of the request to that of its end, at who answers', () => {
    const talk = new Conversation();
    const call = talk.request(up, 1);
    const question = talk.request(down, 1, 'roots/list');
    talk.response(up, 1, [talk.outcome(question, 'result')]);
    talk.response(down, 1, [talk.outcome(call, 'result')]);
    expect(barsOf(talk)).toEqual([
      ['server', 0, 3, 0, true],
      ['client', 1, 2, 0, true],
    ]);
  });

  test('goes on to the last line while nobody has answered', () => {
    const talk = new Conversation();
    talk.request(up, 1);
    talk.event('client.attached');
    expect(barsOf(talk)).toEqual([['server', 0, 1, 0, false]]);
  });

  test('begins where the request went on, when it was held', () => {
    const talk = new Conversation();
    const { frame } = talk.request(up, 1, 'tools/call', { sent: [] });
    talk.event('frame.decided', { frame: frame!, sent: [{ direction: up, kind: 'request', bytes: 9, isOwn: false }] });
    expect(barsOf(talk)).toEqual([['server', 1, 1, 0, false]]);
  });

  test('stands beside that of another one, as far as there is room', () => {
    const talk = new Conversation();
    for (let id = 0; id < slotsMax + 2; id += 1) talk.request(up, id);
    expect(barsOf(talk)).toHaveLength(slotsMax);
    expect(new Set(barsOf(talk).map((bar) => (bar as readonly unknown[])[3])).size).toBe(slotsMax);
  });

  test('is not there for a request that reached nobody', () => {
    const talk = new Conversation();
    talk.request(up, 1, 'tools/call', { decision: 'unexpected', sent: [] });
    expect(barsOf(talk)).toEqual([]);
  });
});
