import { describe, expect, test } from 'vitest';
import { encodeText } from '../../src/protocol/text.ts';
import { type SpelledEvent, spelledOut } from '../../src/record/spelled-out.ts';

const around = { seq: 1, at: 2, session: 3, to: 'active.serving' } as const;
const response = { ...around, event: 'frame.response', direction: 'server-to-client', ticket: 9 } as const;
const body = encodeText('{"jsonrpc":"2.0","id":12,"result":{"é":1}}');

/** The line alone. What is read is changed, and is a copy for that. */
function read(spelled: SpelledEvent, message: Uint8Array | undefined): unknown {
  const out = spelledOut(structuredClone(spelled), message);
  return 'line' in out ? out.line : out;
}

describe('a line that leaves something out', () => {
  test('has the id, the method and the length of its message, and the kind of its event', () => {
    expect(read(response, body)).toEqual({ ...response, kind: 'response', id: 12, bytes: 43 });
    const notice = { ...response, event: 'frame.notification' } as const;
    expect(read(notice, encodeText('{"jsonrpc":"2.0","method":"notifications/x"}'))).toEqual({
      ...notice,
      kind: 'notification',
      method: 'notifications/x',
      bytes: 44,
    });
  });

  test('settles what was asked in the other direction, under the id of the message', () => {
    const fact = { method: 'tools/call', outcome: 'result', elapsedMs: 0 } as const;
    expect(read({ ...response, settled: [fact] }, body)).toMatchObject({
      settled: [{ direction: 'client-to-server', id: 12, ...fact }],
    });
    expect(read({ ...response, settled: [{ ...fact, id: 7 }] }, body)).toMatchObject({ settled: [{ id: 7 }] });
    expect(read({ ...response, bytes: 80, id: 'x', settled: [fact] }, body)).toMatchObject({
      settled: [{ direction: 'client-to-server', id: 'x', ...fact }],
    });
  });

  test('passes on the message itself', () => {
    expect(read({ ...response, sent: 41 }, body)).toMatchObject({
      sent: [{ direction: 'server-to-client', kind: 'response', bytes: 41 }],
    });
  });
});

test('a line that says everything stays as it is', () => {
  const line = {
    ...response,
    kind: 'response',
    id: 5,
    bytes: 80,
    settled: [{ direction: 'server-to-client', id: null, method: 'x', outcome: 'error', elapsedMs: 1 }],
    sent: [{ direction: 'client-to-server', kind: 'request', bytes: 1, isOwn: true }],
  } as const;
  expect(read(line, body)).toEqual(line);
  const expired = { ...around, event: 'request.expired', request: 1, id: 5, sent: line.sent } as const;
  expect(read(expired, undefined)).toEqual(expired);
});

test('a line that does not say enough is told what is missing', () => {
  expect(read({ ...around, event: 'session.ticked', sent: 4 }, undefined)).toEqual({ missing: 'a direction' });
  const settled = [{ method: 'x', outcome: 'result', elapsedMs: 0 }] as const;
  expect(read({ ...around, event: 'session.ticked', settled }, undefined)).toEqual({ missing: 'a direction' });
  expect(read(response, encodeText('{"id":{}}'))).toMatchObject({
    missing: expect.stringContaining('a message'),
  });
});

test('a message is handed on as it was read where the line leaves to it what it says, and not where it may be another one', () => {
  expect(spelledOut({ ...response }, body)).toMatchObject({ frame: { bytes: body, envelope: { id: 12 } } });
  expect(spelledOut({ ...response, bytes: 80, id: 12 }, body)).toMatchObject({ frame: undefined });
});
