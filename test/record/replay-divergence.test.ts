import { describe, expect, test } from 'vitest';
import type { Heard } from '../../src/record/replay-client.ts';
import type { MessageValue, TapedRequest } from '../../src/record/replay-conversation.ts';
import { divergencesOf } from '../../src/record/replay-divergence.ts';
import { Conversing, answer, notification, request } from './conversing.ts';

const nothing: Heard = { answers: new Map(), asks: [], notifications: [], strays: [], unsaid: [] };

/** An answer to `tools/call`, which the server had asked something before, and said something. */
function conversing(): Conversing {
  const talk = new Conversing();
  talk.client.asks(1, 'tools/call');
  talk.server.asks(5, 'roots/list', { x: 1 });
  talk.client.answers(5, {});
  talk.server.tells('notifications/message', { data: 'a' });
  talk.server.tells('notifications/message', { data: 'b' });
  talk.server.answers(1, { content: [{ text: 'taped' }], nextCursor: 'then' });
  return talk;
}

function heardIn(
  talk: Conversing,
  came: Partial<Record<'answer' | 'ask', MessageValue>>,
  told: readonly string[],
): Heard {
  const asked = talk.waiting('client', 1) as TapedRequest;
  const ask = talk.waiting('server', 5) as TapedRequest;
  return {
    ...nothing,
    answers: new Map(came.answer === undefined ? [] : [[asked, came.answer]]),
    asks: came.ask === undefined ? [] : [{ taped: ask, message: came.ask }],
    notifications: told.map((data) => notification('notifications/message', { data })),
  };
}

const sameAnswer = answer('other id', { content: [{ text: 'taped' }], nextCursor: 'now' });
const sameAsk = request('other id', 'roots/list', { x: 1 });

describe('what a server says otherwise than on the tape', () => {
  test('is nothing where it says the same under other ids and cursors, in whatever order', () => {
    const talk = conversing();
    const heard = heardIn(talk, { answer: sameAnswer, ask: sameAsk }, ['b', 'a']);
    expect(divergencesOf(talk.conversation, heard)).toEqual([]);
  });

  test('is told with its line and the first place, what is missing and what is new', () => {
    const talk = conversing();
    const came = answer(1, { content: [{ text: 'now' }], nextCursor: null });
    const heard = heardIn(talk, { answer: came }, ['c', 'a', 'd']);
    expect(divergencesOf(talk.conversation, heard)).toMatchObject([
      { kind: 'missing', line: 3, about: 'roots/list' },
      { kind: 'differs', line: 6, about: 'notifications/message', difference: { path: '/params/data', actual: 'c' } },
      { kind: 'differs', line: 7, about: 'answer to tools/call', difference: { path: '/result/content/0/text' } },
      { kind: 'extra', about: 'notifications/message', came: { params: { data: 'd' } } },
    ]);
    const ignored = [
      ['result', 'content', '*', 'text'],
      ['params', 'data'],
    ];
    expect(divergencesOf(talk.conversation, heard, { ignored })).toMatchObject([
      { kind: 'missing', about: 'roots/list' },
      { kind: 'differs', line: 7, difference: { path: '/result/nextCursor' } },
      { kind: 'extra' },
    ]);
  });

  test('is every answer that does not come, to what was said', () => {
    const talk = conversing();
    const missing = divergencesOf(talk.conversation, heardIn(talk, { ask: sameAsk }, ['a', 'b']));
    expect(missing).toEqual([{ kind: 'missing', line: 7, about: 'answer to tools/call' }]);
    const unsaid = { ...heardIn(talk, { ask: sameAsk }, ['a', 'b']), unsaid: [talk.waiting('client', 1)] };
    expect(divergencesOf(talk.conversation, unsaid)).toEqual([]);
  });

  test('is an answer to what had none, unless its client had given it up or the tape ended', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'slow');
    const asked = talk.waiting('client', 1);
    const heard = { ...nothing, answers: new Map([[asked, answer(1, {})]]) };
    expect(divergencesOf(talk.conversation, heard)).toEqual([]);
    asked.outcome = 'cancelled';
    expect(divergencesOf(talk.conversation, heard)).toEqual([]);
    asked.outcome = 'timeout';
    expect(divergencesOf(talk.conversation, heard)).toMatchObject([
      { kind: 'extra', line: 2, about: 'answer to slow' },
    ]);
  });

  test('is what nobody asked for', () => {
    const asks = [{ taped: undefined, message: request(1, 'sampling/createMessage') }];
    const found = divergencesOf({ session: 1, messages: [] }, { ...nothing, asks, strays: [answer(9, {})] });
    expect(found.map(({ kind, about }) => `${kind} ${about}`)).toEqual([
      'extra sampling/createMessage',
      'extra an answer that nothing waits for',
    ]);
  });

  test('is nothing where something was hidden, or was too long to be kept', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'a');
    talk.server.answers(1, { token: '[redacted]', text: 'x' });
    talk.client.asks(2, 'b');
    talk.server.answers(2, {});
    const [a, b] = [talk.waiting('client', 1), talk.waiting('client', 2)];
    b.answer = { ...b.answer!, message: undefined };
    const answers = new Map([
      [a, answer(1, { token: 'secret', text: 'x' })],
      [b, answer(2, { anything: 1 })],
    ]);
    expect(divergencesOf(talk.conversation, { ...nothing, answers })).toEqual([]);
  });
});
