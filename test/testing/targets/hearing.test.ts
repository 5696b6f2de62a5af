import { expect, test } from 'vitest';
import { encodeText } from '../../../src/protocol/text.ts';
import { hear } from '../../../src/testing/targets/hearing.ts';

function heard(text: string): readonly unknown[] {
  const told: unknown[] = [];
  hear(
    encodeText(text),
    {
      message: (message, via) => told.push([message, via]),
      unreadable: (shown) => told.push(`unreadable ${shown}`),
      exchangeEnded: () => {},
      closed: () => {},
    },
    7,
  );
  return told;
}

test('messages are told as they are, those of a batch one by one', () => {
  expect(heard('{"id":1,"result":{}}')).toEqual([[{ id: 1, result: {} }, 7]]);
  expect(heard('[{"method":"a"},{"method":"b"}]')).toEqual([
    [{ method: 'a' }, 7],
    [{ method: 'b' }, 7],
  ]);
});

test('what is no JSON, and what is no message, is told as unreadable', () => {
  expect(heard('Listening on 80')).toEqual(['unreadable Listening on 80']);
  expect(heard('{"level":"info"}')).toEqual(['unreadable {"level":"info"}']);
});
