import { expect, test } from 'vitest';
import type { EventLine } from '../../src/record/tape-format.ts';
import { tapedContext } from '../../src/record/taped-context.ts';
import type { SessionMetadata } from '../../src/session/interception.ts';

const metadata = { session_state: 'active.serving' } as SessionMetadata;
const around = {
  header: { now: 100, wallTime: 5000 },
  opened: { transportType: 'http' },
  sessionId: 's',
  metadata,
} as const;
const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo' } };
const line: EventLine = {
  seq: 1,
  at: 130,
  event: 'frame.request',
  session: 1,
  to: 'active.serving',
  direction: 'client-to-server',
  kind: 'request',
  id: 1,
  method: 'tools/call',
  bytes: 70,
  params: [['mcp-param-region', 'eu']],
  body,
};

test('a frame is seen as it was, at the time of day that it was', () => {
  const context = tapedContext({ number: 9, line, body: JSON.stringify(body) }, around);
  expect(context).toMatchObject({
    kind: 'request',
    method: 'tools/call',
    name: 'echo',
    message: body,
    bytes: 70,
    transportType: 'http',
    frameId: 9,
    timestamp: 5030,
    claims: {},
  });
  expect(context?.metadata).toBe(metadata);
  expect([context?.header('mcp-param-region'), context?.header('accept')]).toEqual(['eu', undefined]);
});

test('a response has no method, and what names no tool no name', () => {
  const response: EventLine = { ...line, event: 'frame.response', kind: 'response', body: { id: 1, result: {} } };
  const { method: _, ...bare } = response;
  expect(tapedContext({ number: 9, line: bare, body: '' }, around)).toMatchObject({ method: '', name: '' });
});

test('what has no message on the tape is not seen', () => {
  const { body: _, ...bare } = line;
  expect(tapedContext({ number: 9, line: bare, body: undefined }, around)).toBeUndefined();
  const { kind: __, ...event } = line;
  expect(tapedContext({ number: 9, line: event, body: undefined }, around)).toBeUndefined();
});
