import { expect, test } from 'vitest';
import { readMessage } from '../../src/protocol/read.ts';
import { encodeText } from '../../src/protocol/text.ts';
import * as messages from '../../src/testing/messages.ts';

const envelopeOf = (message: object): unknown => readMessage(encodeText(JSON.stringify(message)));

test('every message that a peer can be told to say is one that the protocol knows', () => {
  const { cancelled, failure, initialize, initializeResult, notification, progress, request, result } = messages;
  const said = {
    request: request(1, 'tools/call', { name: 'echo' }),
    notification: notification('notifications/initialized'),
    result: result('a', initializeResult()),
    failure: failure(1, -32601, 'Method not found', { method: 'x' }),
    initialize: initialize(0),
    progress: progress('t', 0.5),
    cancelled: cancelled(7),
  };
  const read = Object.entries(said).map(([name, message]) => [name, envelopeOf(message)]);
  expect(Object.fromEntries(read)).toMatchObject({
    request: { envelope: { kind: 'request', id: 1, method: 'tools/call' } },
    notification: { envelope: { kind: 'notification', method: 'notifications/initialized' } },
    result: { envelope: { kind: 'response', id: 'a', isError: false } },
    failure: { envelope: { kind: 'response', id: 1, isError: true } },
    initialize: { envelope: { kind: 'request', id: 0, method: 'initialize' } },
    progress: { envelope: { method: 'notifications/progress', progressToken: 't' } },
    cancelled: { envelope: { method: 'notifications/cancelled', cancels: 7 } },
  });
});

test('members that are not given are not there', () => {
  expect(messages.request(1, 'ping')).toEqual({ jsonrpc: '2.0', id: 1, method: 'ping' });
  expect(Object.keys(messages.request(1, 'ping'))).not.toContain('params');
  expect(messages.failure(null, 1, 'x')).toEqual({ jsonrpc: '2.0', id: null, error: { code: 1, message: 'x' } });
  expect(messages.result(1)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
});
