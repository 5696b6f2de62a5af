import { describe, expect, test } from 'vitest';
import type { TracedEvent } from '../../../../src/inspector/feed-messages.ts';
import { exchangesOf } from '../../../../src/inspector/page/session/exchanges.ts';
import { type TimelineLine, timelineOf } from '../../../../src/inspector/page/session/timeline.ts';
import { Conversation } from './conversation.ts';

const up = 'client-to-server';
const down = 'server-to-client';

function linesOf(events: readonly TracedEvent[], missed = 0): readonly TimelineLine[] {
  return timelineOf(events, exchangesOf(events), missed);
}

function types(events: readonly TracedEvent[]): readonly string[] {
  return linesOf(events).map((line) => (line.type === 'message' ? `${line.kind} ${line.passage}` : line.type));
}

describe('the sequence diagram', () => {
  test('has a line for a request that went through, and one for its answer', () => {
    const talk = new Conversation();
    const asked = talk.request(up, 1);
    talk.response(down, 1, [talk.outcome(asked, 'result')]);
    expect(types(talk.events)).toEqual(['request through', 'response through']);
  });

  test('shows an answer of the proxy from the middle, where a request came no further', () => {
    const talk = new Conversation();
    const settled = [{ direction: up, id: 1, method: 'tools/call', outcome: 'refused', elapsedMs: 0 }] as const;
    talk.request(up, 1, 'tools/call', {
      settled,
      sent: [{ direction: down, kind: 'response', bytes: 9, isOwn: true }],
    });
    expect(types(talk.events)).toEqual(['request stopped', 'answer']);
    expect(linesOf(talk.events)[1]).toMatchObject({ direction: down, outcome: 'refused', isTold: true });
  });

  test('shows a request that is held, and how it goes on', () => {
    const talk = new Conversation();
    const { frame } = talk.request(up, 1, 'tools/call', { sent: [], steps: [{ interceptor: 'ask', action: 'pause' }] });
    talk.event('frame.decided', { frame: frame!, sent: [{ direction: up, kind: 'request', bytes: 9, isOwn: false }] });
    expect(types(talk.events)).toEqual(['request held', 'request released']);
    expect(linesOf(talk.events)[0]).toMatchObject({ decidedBy: ['ask: pause'] });
  });

  test('says once that a request was given up', () => {
    const talk = new Conversation();
    const asked = talk.request(up, 1);
    talk.notification(up, 'notifications/cancelled', 1, { settled: [talk.outcome(asked, 'cancelled')] });
    expect(types(talk.events)).toEqual(['request through', 'notification through']);
  });

  test('sets what a server asks inside the call that caused it', () => {
    const talk = new Conversation();
    talk.request(up, 1);
    talk.request(down, 1, 'elicitation/create');
    expect(linesOf(talk.events).map((line) => ('depth' in line ? line.depth : -1))).toEqual([0, 1]);
  });

  test('takes one line for progress that goes on', () => {
    const talk = new Conversation();
    talk.request(up, 1);
    for (let times = 0; times < 5; times += 1) talk.notification(down, 'notifications/progress', 1);
    expect(types(talk.events)).toEqual(['request through', 'notification through']);
    expect(linesOf(talk.events)[1]).toMatchObject({ count: 5, seq: 6 });
  });

  test('shows where the chart moved, where time passed, and what is missing', () => {
    const talk = new Conversation();
    talk.event('upstream.lost', { to: 'active.recovering', detail: 'It exited with code 1' });
    talk.pass(2500);
    talk.event('upstream.ready', { to: 'active.serving' });
    expect(linesOf(talk.events, 3)).toMatchObject([
      { type: 'missed', missed: 3 },
      { type: 'state', from: 'active.serving', to: 'active.recovering', detail: 'It exited with code 1' },
      { type: 'pause', pausedMs: 2501 },
      { type: 'state', to: 'active.serving' },
    ]);
  });

  test('keeps the end of each exchange that one event settled', () => {
    const talk = new Conversation();
    const settled = [talk.request(up, 1), talk.request(up, 2)].map((asked) => talk.outcome(asked, 'upstream-lost'));
    talk.event('upstream.lost', { settled });
    expect(types(talk.events)).toEqual(['request through', 'request through', 'answer', 'answer']);
  });

  test('says so when the proxy asks something itself', () => {
    const talk = new Conversation();
    talk.event('upstream.ready', { sent: [{ direction: up, kind: 'request', bytes: 9, isOwn: true }] });
    expect(linesOf(talk.events)).toMatchObject([{ type: 'note', detail: 'ninelives sends a request of its own' }]);
  });

  test('has a note for what is no message, and nothing for the ticking of a clock', () => {
    const talk = new Conversation();
    talk.event('session.ticked');
    talk.event('client.attached');
    expect(types(talk.events)).toEqual(['note']);
  });
});
