import { describe, expect, test } from 'vitest';
import type { Taped } from '../../src/record/replay-conversation.ts';
import { exchangeAt } from '../../src/record/replay-exchange.ts';
import { Conversing } from './conversing.ts';

const told = ({ from, kind, method }: Taped): string => `${from} ${kind} ${method}`;
const asItIs = { set: [] };

function conversing(): Conversing {
  const talk = new Conversing().handshake();
  talk.client.asks(1, 'a', { x: 1, list: [1, 2] });
  talk.client.asks(2, 'b');
  talk.server.tells('notifications/message');
  talk.server.asks(1, 'sampling/createMessage');
  talk.client.answers(1, {});
  talk.server.answers(2, {});
  talk.server.answers(1, {});
  return talk;
}

describe('one request of a tape', () => {
  const conversations = [conversing().conversation];

  test('is found by its line or that of its answer, with the handshake and what was asked meanwhile', () => {
    const plan = exchangeAt(conversations, 5, asItIs)!;
    expect(plan.conversation.messages.map(told)).toEqual([
      'client request initialize',
      'server response initialize',
      'client notification notifications/initialized',
      'client request a',
      'server request sampling/createMessage',
      'client response sampling/createMessage',
      'server response a',
    ]);
    expect(plan.request.method).toBe('a');
    expect(exchangeAt(conversations, 11, asItIs)!.request.line).toBe(5);
    expect(exchangeAt(conversations, 2, asItIs)!.conversation.messages.map(told)).toEqual([
      'client request initialize',
      'server response initialize',
    ]);
  });

  test('is none where something else stands', () => {
    expect([4, 7, 8, 9, 99].map((line) => exchangeAt(conversations, line, asItIs))).toEqual(Array(5).fill(undefined));
  });

  test('is said otherwise: with other params, and with other values in them', () => {
    const set = [
      [['params', 'list', '0'], 'first'],
      [['params', 'deep', 'er'], true],
    ] as const;
    expect(exchangeAt(conversations, 5, { set })!.request.message).toMatchObject({
      id: 1,
      params: { x: 1, list: ['first', 2], deep: { er: true } },
    });
    expect(exchangeAt(conversations, 5, { params: { y: 2 }, set: [] })!.request.message?.['params']).toEqual({ y: 2 });
    expect(conversations[0]!.messages[3]!.message?.['params']).toEqual({ x: 1, list: [1, 2] });
  });
});
