import { describe, expect, test } from 'vitest';
import {
  encodeAsErrorOf,
  encodeCancelled,
  encodeErrorResponse,
  encodeNotification,
  encodeRequest,
  encodeResultResponse,
  idTokenOf,
} from '../../src/protocol/encode.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';

describe('what we write', () => {
  test('errors echo the id as it stood, or say null', () => {
    const error = { code: -32600, message: 'Invalid "Request"', data: { reason: 'ü' } };
    expect(decodeText(encodeErrorResponse('1.0', error))).toBe(
      '{"jsonrpc":"2.0","id":1.0,"error":{"code":-32600,"message":"Invalid \\"Request\\"","data":{"reason":"ü"}}}',
    );
    expect(decodeText(encodeErrorResponse(undefined, { code: 1, message: '' }))).toBe(
      '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}',
    );
  });

  test('R6 the error of a response that names no request, under the id of its request', () => {
    const unnamed = '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no","data":[1]}}';
    expect(decodeText(encodeAsErrorOf('"x"', encodeText(unnamed)))).toBe(
      '{"jsonrpc":"2.0","id":"x","error":{"code":-32000,"message":"no","data":[1]}}',
    );
  });

  test('results, also the empty one', () => {
    expect(decodeText(encodeResultResponse('"a"', { tools: [] }))).toBe(
      '{"jsonrpc":"2.0","id":"a","result":{"tools":[]}}',
    );
    expect(decodeText(encodeResultResponse('0', undefined))).toBe('{"jsonrpc":"2.0","id":0,"result":{}}');
  });

  test('requests and notifications, with and without params', () => {
    expect(decodeText(encodeRequest('3', 'ping'))).toBe('{"jsonrpc":"2.0","id":3,"method":"ping"}');
    expect(decodeText(encodeNotification('notifications/progress', { progressToken: 0, progress: 1 }))).toBe(
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":0,"progress":1}}',
    );
    expect(decodeText(encodeCancelled(0, 'timeout'))).toBe(
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0,"reason":"timeout"}}',
    );
  });

  test('an id keeps its type', () => {
    expect([idTokenOf(1), idTokenOf('1'), idTokenOf(0), idTokenOf('"\n')]).toEqual(['1', '"1"', '0', '"\\"\\n"']);
  });
});
