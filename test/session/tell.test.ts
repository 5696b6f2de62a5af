import { describe, expect, test } from 'vitest';
import { refusal } from '../../src/errors.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { encodeAnswer, encodeRefusal, isReaderGone, tell } from '../../src/session/tell.ts';
import { commit, fromClient, fromServer, openSession, written } from './fixtures.ts';

const parsed = (bytes: Uint8Array): unknown => JSON.parse(decodeText(bytes));

describe('a refusal', () => {
  test("is an error response with the number and message of its row, and the row's name in its data", () => {
    expect(parsed(encodeRefusal('"a"', refusal('REQUEST_TIMEOUT', { deadline: 'idle', elapsedMs: 5 })))).toEqual({
      jsonrpc: '2.0',
      id: 'a',
      error: {
        code: 5040,
        message: 'The request got no answer in time',
        data: { code: 'REQUEST_TIMEOUT', deadline: 'idle', elapsedMs: 5 },
      },
    });
  });

  test("keeps a rule's own number and words", () => {
    const own = { ...refusal('BLOCKED'), number: -32001, message: 'Not on a Sunday' };
    expect(parsed(encodeRefusal('0', own))).toEqual({
      jsonrpc: '2.0',
      id: 0,
      error: { code: -32001, message: 'Not on a Sunday', data: { code: 'BLOCKED' } },
    });
  });

  test('of something that could not be read names no request', () => {
    expect(parsed(encodeRefusal(undefined, refusal('PARSE_ERROR')))).toMatchObject({
      id: null,
      error: { code: -32700 },
    });
  });
});

test("an answer in a peer's place is a result or an error, as it was given", () => {
  expect(parsed(encodeAnswer('1', { result: { tools: [] } }))).toEqual({
    jsonrpc: '2.0',
    id: 1,
    result: { tools: [] },
  });
  expect(parsed(encodeAnswer('1', { result: undefined }))).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  expect(parsed(encodeAnswer('1', { error: { code: 7, message: 'no', data: [1] } }))).toEqual({
    jsonrpc: '2.0',
    id: 1,
    error: { code: 7, message: 'no', data: [1] },
  });
});

describe('telling', () => {
  const message = encodeText('{"jsonrpc":"2.0","id":1,"result":{}}');

  test('goes against the direction of what is answered', () => {
    const { record } = openSession();
    const toClient = commit(record, () => tell(record, { direction: fromClient, exchange: undefined }, message, 0), {
      at: 0,
    });
    const toServer = commit(record, () => tell(record, { direction: fromServer, exchange: undefined }, message, 0), {
      at: 0,
    });
    expect([...written(toClient), ...written(toServer)].map(({ to }) => to)).toEqual(['client', 'server']);
    expect(toClient).toEqual([
      { type: 'send', direction: fromServer, message: [message], kind: 'response', entry: undefined, status: 0 },
    ]);
  });

  test('is left alone where nobody reads', () => {
    const { record } = openSession({ isUpstreamAway: true });
    record.isClientGone = true;
    expect([fromClient, fromServer].map((towards) => isReaderGone(record, towards))).toEqual([true, true]);
    expect(
      commit(record, () => tell(record, { direction: fromClient, exchange: undefined }, message, 0), { at: 0 }),
    ).toEqual([]);
    expect(
      commit(record, () => tell(record, { direction: fromServer, exchange: undefined }, message, 0), { at: 0 }),
    ).toEqual([]);
  });

  test('a client that sends nothing more may still read', () => {
    const { record } = openSession();
    record.isClientInputClosed = true;
    expect(isReaderGone(record, fromServer)).toBe(false);
  });
});
