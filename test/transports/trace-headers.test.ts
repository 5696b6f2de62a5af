import { expect, test } from 'vitest';
import type { Frame } from '../../src/protocol/envelope.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { traceHeadersOf } from '../../src/transports/trace-headers.ts';

const parent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

function headers(meta: unknown, message: object = { id: 1, method: 'ping' }): unknown {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message, params: { _meta: meta } });
  const said = traceHeadersOf(readMessage(encodeText(text)) as Frame);
  return said && Object.fromEntries(said);
}

test('a request that names its trace names it in its headers, too', () => {
  expect(headers({ traceparent: parent })).toEqual({ traceparent: parent });
  expect(headers({ tracestate: 'a=1,b=2', traceparent: parent })).toEqual({
    traceparent: parent,
    tracestate: 'a=1,b=2',
  });
});

test.each([
  undefined,
  {},
  { tracestate: 'a=1' },
  { traceparent: `${parent}\r\nx: y` },
  { traceparent: parent.toUpperCase() },
  { traceparent: '' },
  { traceparent: 7 },
])('%j is the name of no trace', (meta) => {
  expect(headers(meta)).toBeUndefined();
});

test.each(['a\r\nb', 'é', 'x'.repeat(513), ''])('a state that no header could carry is left out: %j', (tracestate) => {
  expect(headers({ traceparent: parent, tracestate })).toEqual({ traceparent: parent });
});

test('notifications are sent as they are', () => {
  expect(headers({ traceparent: parent }, { method: 'notifications/x' })).toBeUndefined();
});
