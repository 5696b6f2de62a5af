import { describe, expect, test } from 'vitest';
import type { WireMessage } from '../../../src/testing/play/history.ts';
import { markIn, markOf, playOf, seqOf, tokenOf, withMark } from '../../../src/testing/play/marks.ts';

const cases: readonly (readonly [string, WireMessage])[] = [
  ['a request without parameters', { jsonrpc: '2.0', id: 1, method: 'ping' }],
  ['a request with metadata', { jsonrpc: '2.0', id: 1, method: 'x', params: { _meta: { progressToken: 4 } } }],
  ['progress', { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 4, progress: 1 } }],
  ['a result', { jsonrpc: '2.0', id: 1, result: { tools: [] } }],
  ['an error', { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no' } }],
];

describe('a mark', () => {
  test.each(cases)('of %s is read again, and changes nothing else', (_what, message) => {
    const marked = withMark(message, 17);
    expect(markOf(marked)).toBe(17);
    expect(markOf(message)).toBeUndefined();
    expect(marked).toMatchObject({ ...message, ...(message.error ? { error: { code: 1 } } : {}) });
  });

  test('of an error survives who rewrites its data, or its text', () => {
    const { error } = withMark({ jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no' } }, 17);
    expect(markOf({ error: { code: 1, message: `MCP error 1: ${error?.message}` } })).toBe(17);
    expect(markOf({ error: { code: 1, message: 'no', data: error?.data } })).toBe(17);
  });

  test.each(cases)('of %s says in which play it was said, and where', (_what, message) => {
    const marked = withMark(message, markIn(3, 17));
    expect(seqOf(marked)).toBe(17);
    expect(playOf(marked)).toBe(3);
    expect(playOf(message)).toBeUndefined();
  });

  test('of progress that has lost its text is told by its token', () => {
    const params = { progressToken: tokenOf(markIn(3, 17)), progress: 1 };
    expect(playOf({ method: 'notifications/progress', params })).toBe(3);
  });

  test('is a whole number and nothing else', () => {
    expect(markOf({ method: 'x', params: { _meta: { 'ninelives/mark': '17' } } })).toBeUndefined();
    expect(markOf({ result: { _meta: { 'ninelives/mark': -1 } } })).toBeUndefined();
    expect(markOf({ error: { code: 1, message: 'remark 17a' } })).toBeUndefined();
  });
});
