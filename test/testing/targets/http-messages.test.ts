import { expect, test } from 'vitest';
import {
  cancelledBy,
  isRequest,
  isResponse,
  progressOf,
  progressTokenOf,
  statelessHeaders,
} from '../../../src/testing/targets/http-messages.ts';

const stateless = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };

test('a message that stands alone says in headers what it is', () => {
  const headers = statelessHeaders({ id: 0, method: 'tools/call', params: { name: 'é', _meta: stateless } });
  expect(headers).toEqual({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': '=?base64?w6k=?=',
  });
});

test('a message of a session says nothing in headers', () => {
  expect(statelessHeaders({ id: 0, method: 'tools/call', params: { name: 'echo' } })).toEqual({});
});

test('id 0 is an id, of requests, of tokens and of what is cancelled', () => {
  expect([isRequest({ id: 0, method: 'ping' }), isResponse({ id: 0, result: {} })]).toEqual([true, true]);
  expect(progressTokenOf({ id: 1, method: 'a', params: { _meta: { progressToken: 0 } } })).toBe(0);
  expect(progressOf({ method: 'notifications/progress', params: { progressToken: 0 } })).toBe(0);
  expect(cancelledBy({ method: 'notifications/cancelled', params: { requestId: 0 } })).toBe(0);
});
