import { expect, test } from 'vitest';
import { deedWords, messageWords } from '../../../src/testing/report/said.ts';

test('a message is said by its method, its id and what it is about', () => {
  expect(messageWords({ id: 'a', method: 'tools/call', params: { name: 'echo' } })).toBe('tools/call "a" ("echo")');
  expect(messageWords({ method: 'notifications/cancelled', params: { requestId: 0 } })).toBe('cancelled (0)');
  expect(messageWords({ id: 1, result: {} })).toBe('result 1');
  expect(messageWords({ id: null, error: { code: -32700, message: '' } })).toBe('error -32700 null');
});

test('what else happens is said of whom it happens to', () => {
  const words = (event: object): string | undefined =>
    deedWords({ seq: 0, at: 0, ...event } as never, (connection) => `client ${connection}`, 'the proxy');
  expect(words({ type: 'process', of: 'target', deed: 'killed' })).toBe('the proxy is killed');
  expect(words({ type: 'disconnected', connection: 2, by: 'target' })).toBe('the proxy has left client 2');
  expect(words({ type: 'held', what: { timers: 2, sessions: 0 } })).toBe('the proxy still holds 2 timers');
  expect(words({ type: 'sent', connection: 1, message: {} })).toBeUndefined();
});
