import { describe, expect, test } from 'vitest';
import { ClientReplay, type ClientReplayOptions } from '../../src/record/replay-client.ts';
import type { MessageValue } from '../../src/record/replay-conversation.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Conversing, answer, gapMs, notification, request } from './conversing.ts';

const waitMs = 1000;

function playing(talk: Conversing, options: Partial<ClientReplayOptions> = {}) {
  const clock = new VirtualClock();
  const sent: MessageValue[] = [];
  let done = 0;
  const replay = new ClientReplay({
    conversation: talk.conversation,
    send: (message) => sent.push(message),
    onDone: () => (done += 1),
    clock,
    pace: 'at-once',
    waitMs,
    ...options,
  });
  replay.begin();
  return { replay, clock, said: () => sent.splice(0), done: () => done };
}

const methods = (messages: readonly { readonly method?: unknown }[]): readonly unknown[] =>
  messages.map(({ method }) => method);

describe('the client of a tape', () => {
  test('says together what was said together, and waits for the answers that it had waited for', () => {
    const talk = new Conversing().handshake();
    talk.client.asks(1, 'a');
    talk.client.asks(2, 'b');
    talk.server.answers(1, {});
    talk.client.asks(3, 'c');
    talk.server.answers(3, {});
    talk.server.answers(2, {});
    const { replay, said, done } = playing(talk);
    expect(methods(said())).toEqual(['initialize']);
    replay.receive(answer(0, {}));
    expect(methods(said())).toEqual(['notifications/initialized', 'a', 'b']);
    // The answers come in another order: what is awaited is that to `a`.
    replay.receive(answer(2, {}));
    expect(said()).toEqual([]);
    replay.receive(answer(1, {}));
    expect(methods(said())).toEqual(['c']);
    expect(done()).toBe(0);
    replay.receive(answer(3, {}));
    expect(done()).toBe(1);
    expect(replay.heard.answers.size).toBe(4);
  });

  test('answers what it is asked as it did, and refuses what it was not asked', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'samples');
    talk.server.asks(7, 'roots/list');
    talk.client.answers(7, { roots: ['a'] });
    talk.server.answers(1, {});
    const { replay, said } = playing(talk);
    said();
    replay.receive(request('now', 'roots/list', { _meta: { x: 1 } }));
    replay.receive(request('more', 'elicitation/create'));
    replay.receive(request('alive', 'ping'));
    expect(said()).toMatchObject([
      { id: 'now', result: { roots: ['a'] } },
      { id: 'more', error: { code: -32601 } },
      { id: 'alive', result: {} },
    ]);
    expect(replay.heard.asks.map(({ taped }) => taped?.line)).toEqual([3, undefined]);
  });

  test('takes a request of the same method for the one that is meant, where params are others', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'samples');
    talk.server.asks(1, 'sampling/createMessage', { text: 'then' });
    talk.client.answers(1, 'said');
    talk.server.answers(1, {});
    const { replay, said } = playing(talk);
    said();
    replay.receive(request(5, 'sampling/createMessage', { text: 'now' }));
    expect(said()).toEqual([answer(5, 'said')]);
    expect(replay.heard.asks[0]?.taped?.line).toBe(3);
  });

  test('hands back what the server has made up now, and names what it gives up as it is called now', () => {
    const talk = new Conversing();
    talk.client.asks('x', 'tools/list');
    talk.server.answers('x', { nextCursor: 'then' });
    talk.client.asks('y', 'tools/list', { cursor: 'then', _meta: { progressToken: 9 } });
    talk.client.tells('notifications/cancelled', { requestId: 'y' });
    const { replay, said } = playing(talk);
    said();
    replay.receive(answer('x', { nextCursor: 'now' }));
    expect(said()).toEqual([
      request('y', 'tools/list', { cursor: 'now', _meta: { progressToken: 9 } }),
      notification('notifications/cancelled', { requestId: 'y' }),
    ]);
  });

  test('says two requests of one id under two, and all under others where it is asked to', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'a', { _meta: { progressToken: 5 } });
    talk.client.asks(1, 'b');
    talk.client.tells('notifications/cancelled', { requestId: 1 });
    expect(playing(talk).said()).toEqual([
      request(1, 'a', { _meta: { progressToken: 5 } }),
      request('1-2', 'b'),
      notification('notifications/cancelled', { requestId: '1-2' }),
    ]);
    expect(playing(talk, { idOf: (count) => `mine-${count}` }).said()).toEqual([
      request('mine-1', 'a', { _meta: { progressToken: 'mine-1' } }),
      request('mine-2', 'b'),
      notification('notifications/cancelled', { requestId: 'mine-2' }),
    ]);
  });

  test('goes on without an answer that does not come, after what it took on the tape and some patience', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'a');
    talk.server.answers(1, {});
    talk.client.asks(2, 'b');
    talk.server.answers(2, {});
    const { replay, said, clock, done } = playing(talk);
    said();
    // What comes besides does not make it more patient.
    clock.advance(waitMs);
    replay.receive(notification('notifications/message'));
    clock.advance(gapMs - 1);
    expect(said()).toEqual([]);
    clock.advance(1);
    expect(methods(said())).toEqual(['b']);
    replay.receive(answer(2, {}));
    expect(done()).toBe(1);
    expect(replay.heard.answers.size).toBe(1);
  });

  test('waits for what the server says by itself, in any order, and gives up a kind of it at once', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'a');
    talk.server.answers(1, {});
    talk.server.tells('notifications/x');
    talk.server.tells('notifications/y');
    talk.client.asks(2, 'b');
    talk.server.answers(2, {});
    talk.server.tells('notifications/x');
    const first = playing(talk);
    first.said();
    for (const method of ['y', 'x']) {
      first.replay.receive(answer(1, {}));
      expect(first.said()).toEqual([]);
      first.replay.receive(notification(`notifications/${method}`));
    }
    expect(methods(first.said())).toEqual(['b']);
    first.replay.receive(answer(2, {}));
    expect(first.done()).toBe(0);
    first.replay.receive(notification('notifications/x'));
    expect(first.done()).toBe(1);
    const second = playing(talk);
    second.replay.receive(answer(1, {}));
    second.replay.receive(notification('notifications/y'));
    second.said();
    second.clock.advance(waitMs + gapMs);
    expect(methods(second.said())).toEqual(['b']);
    second.replay.receive(answer(2, {}));
    expect(second.done()).toBe(1);
    const third = playing(talk, { awaitsNotifications: false });
    third.replay.receive(answer(1, {}));
    third.replay.receive(answer(2, {}));
    expect(third.done()).toBe(1);
  });

  test('takes its time where it is asked to', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'a');
    talk.client.tells('notifications/b');
    talk.server.asks(1, 'roots/list');
    talk.client.answers(1, {});
    talk.server.answers(1, {});
    talk.client.asks(2, 'c');
    const { replay, said, clock } = playing(talk, { pace: 'recorded' });
    expect(methods(said())).toEqual(['a']);
    clock.advance(gapMs);
    expect(methods(said())).toEqual(['notifications/b']);
    replay.receive(request(1, 'roots/list'));
    expect(said()).toEqual([]);
    clock.advance(gapMs);
    expect(said()).toEqual([answer(1, {})]);
    replay.receive(answer(1, {}));
    clock.advance(gapMs - 1);
    expect(said()).toEqual([]);
    clock.advance(1);
    expect(methods(said())).toEqual(['c']);
  });

  test('says what it did not come to say, when it is ended', () => {
    const talk = new Conversing().handshake();
    const { replay, done } = playing(talk);
    replay.end();
    replay.end();
    replay.receive(answer(1, {}));
    expect(done()).toBe(1);
    expect(methods(replay.heard.unsaid)).toEqual(['notifications/initialized']);
  });

  test('leaves what it had not answered to whoever takes it', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'a');
    talk.server.asks(1, 'roots/list');
    const asks: MessageValue[] = [];
    const { replay, said } = playing(talk, { onUnanswered: (ask) => asks.push(ask), idOf: (count) => `mine-${count}` });
    expect(said()).toEqual([request('mine-1', 'a')]);
    replay.receive(request(5, 'elicitation/create'));
    replay.receive(request(6, 'roots/list'));
    expect([methods(asks), said()]).toEqual([['elicitation/create', 'roots/list'], []]);
  });

  test('keeps answers that nothing waits for', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'a');
    talk.server.answers(1, {});
    talk.server.tells('notifications/later');
    const { replay } = playing(talk);
    for (const id of [1, 1, 'x']) replay.receive(answer(id, {}));
    expect(replay.heard.strays).toEqual([answer(1, {}), answer('x', {})]);
  });
});
