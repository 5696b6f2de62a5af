import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { type Miss, ServerReplay, type ServerReplayOptions } from '../../src/record/replay-server.ts';
import type { MessageValue } from '../../src/record/replay-conversation.ts';
import { Conversing, answer, call, gapMs, notification, request } from './conversing.ts';

interface Stage {
  readonly replay: ServerReplay;
  readonly clock: VirtualClock;
  readonly misses: Miss[];
  /** What was said since the last time. */
  readonly said: () => readonly MessageValue[];
}

function playing(talk: Conversing, options: Partial<ServerReplayOptions> = {}): Stage {
  const clock = new VirtualClock();
  const sent: MessageValue[] = [];
  const misses: Miss[] = [];
  const replay = new ServerReplay({
    tapes: [{ file: 'a.jsonl', conversations: [talk.conversation] }],
    send: (message) => sent.push(message),
    onMiss: (miss) => misses.push(miss),
    clock,
    pace: 'at-once',
    ...options,
  });
  replay.begin();
  return { replay, clock, misses, said: () => sent.splice(0) };
}

const echoes = (): Conversing => {
  const talk = new Conversing().handshake();
  talk.client.asks(1, 'tools/call', call(1, 'echo', { n: 1 })['params'] as object);
  talk.server.answers(1, 'first');
  talk.client.asks(2, 'tools/call', call(2, 'echo', { n: 1 })['params'] as object);
  talk.server.answers(2, 'second');
  return talk;
};

describe('the server of a tape', () => {
  test('answers what it answered, under the ids of today, and repeats the last one', () => {
    const { replay, said } = playing(echoes());
    replay.receive(request('hello', 'initialize', { clientInfo: { name: 'another' } }));
    expect(said()).toMatchObject([{ id: 'hello', result: { serverInfo: { name: 'taped' } } }]);
    for (const id of [7, 8, 9]) replay.receive(call(id, 'echo', { n: 1 }, { progressToken: id }));
    expect(said()).toEqual([answer(7, 'first'), answer(8, 'second'), answer(9, 'second')]);
    expect([replay.answered, replay.missed, replay.left]).toEqual([4, 0, []]);
  });

  test('says what it does not have, with the place where the nearest differs', () => {
    const { replay, misses, said } = playing(echoes());
    replay.receive(call(1, 'echo', { n: 2 }));
    replay.receive(request(2, 'prompts/list'));
    expect(said()).toEqual([]);
    expect(misses).toMatchObject([
      {
        code: -32602,
        text: 'tools/call is not on the tape with these params: a.jsonl:5 has 1 at /params/arguments/n',
        request: { id: 1 },
      },
      { code: -32601, text: 'prompts/list is not on the tape' },
    ]);
    expect(replay.left.map(({ line }) => line)).toEqual([2, 5, 7]);
  });

  test('answers a ping that the tape does not have', () => {
    const { replay, said, misses } = playing(echoes());
    replay.receive(request(1, 'ping'));
    expect([said(), misses]).toEqual([[answer(1, {})], []]);
  });

  test('says progress before its answer under the token of today, and none to who wants none', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'slow', { _meta: { progressToken: 1 } });
    talk.server.tells('notifications/progress', { progressToken: 1, progress: 5 });
    talk.server.answers(1, 'done');
    const { replay, said } = playing(talk);
    replay.receive(request('x', 'slow', { _meta: { progressToken: 'mine' } }));
    expect(said()).toEqual([
      notification('notifications/progress', { progressToken: 'mine', progress: 5 }),
      answer('x', 'done'),
    ]);
    replay.receive(request('y', 'slow'));
    expect(said()).toEqual([answer('y', 'done')]);
  });

  test('asks the client what it asked, under ids of its own, and goes on when that is answered', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'samples');
    talk.server.asks(1, 'sampling/createMessage', { maxTokens: 1 });
    talk.client.answers(1, {});
    talk.server.answers(1, 'done');
    const { replay, said } = playing(talk);
    replay.receive(request(1, 'samples'));
    replay.receive(request(2, 'samples'));
    const asks = said();
    expect(asks).toMatchObject([
      { method: 'sampling/createMessage', params: { maxTokens: 1 } },
      { method: 'sampling/createMessage' },
    ]);
    const [first, second] = asks.map(({ id }) => id as string);
    expect(first).not.toBe(second);
    expect(replay.receive(answer(second!, {}))).toBe(true);
    expect(said()).toEqual([answer(2, 'done')]);
    expect(replay.receive({ jsonrpc: '2.0', id: first, error: { code: -1, message: 'no' } })).toBe(true);
    expect(said()).toEqual([answer(1, 'done')]);
    expect(replay.receive(answer('stranger', {}))).toBe(false);
  });

  test('says by itself what it said after a notification of the client, once', () => {
    const talk = new Conversing();
    talk.server.tells('notifications/early');
    talk.handshake();
    talk.server.tells('notifications/tools/list_changed');
    const { replay, said } = playing(talk);
    expect(said()).toEqual([notification('notifications/early')]);
    replay.receive(notification('notifications/initialized'));
    expect(said()).toEqual([notification('notifications/tools/list_changed')]);
    replay.receive(notification('notifications/initialized'));
    expect(said()).toEqual([]);
  });

  test('leaves unanswered what was left unanswered, and what the client gives up', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'never');
    talk.client.asks(2, 'asks');
    talk.server.asks(1, 'roots/list');
    talk.client.answers(1, {});
    talk.server.answers(2, 'done');
    const { replay, said } = playing(talk);
    replay.receive(request(1, 'never'));
    replay.receive(request(2, 'asks'));
    const [ask] = said();
    replay.receive(notification('notifications/cancelled', { requestId: 2 }));
    replay.receive(answer(ask!['id'] as string, {}));
    expect(said()).toEqual([]);
    expect(replay.isIdle).toBe(true);
  });

  test('takes the time that it took, where it is asked to', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'slow');
    talk.server.tells('notifications/message', { n: 1 });
    talk.server.answers(1, 'done');
    let idle = 0;
    const { replay, said, clock } = playing(talk, { pace: 'recorded', onIdle: () => (idle += 1) });
    replay.receive(request(1, 'slow'));
    clock.advance(gapMs - 1);
    expect([said(), replay.isIdle]).toEqual([[], false]);
    clock.advance(1);
    expect(said()).toEqual([notification('notifications/message', { n: 1 })]);
    clock.advance(gapMs);
    expect([said(), replay.isIdle, idle]).toEqual([[answer(1, 'done')], true, 1]);
    replay.receive(request(2, 'slow'));
    replay.receive(notification('notifications/cancelled', { requestId: 2 }));
    clock.advance(10 * gapMs);
    expect(said()).toEqual([]);
  });
});
