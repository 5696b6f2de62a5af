import { describe, expect, test } from 'vitest';
import { encodeText } from '../../src/protocol/text.ts';
import { spelledOut } from '../../src/record/spelled-out.ts';

const around = { seq: 1, at: 2, session: 3, to: 'active.serving' } as const;
const response = { ...around, event: 'frame.response', direction: 'server-to-client', ticket: 9 } as const;
const body = encodeText('{"jsonrpc":"2.0","id":12,"result":{"é":1}}');

describe('a line that leaves something out', () => {
  test('has the id, the method and the length of its message, and the kind of its event', () => {
    expect(spelledOut(response, body)).toEqual({ ...response, kind: 'response', id: 12, bytes: 43 });
    const notice = { ...response, event: 'frame.notification' } as const;
    expect(spelledOut(notice, encodeText('{"jsonrpc":"2.0","method":"notifications/x"}'))).toEqual({
      ...notice,
      kind: 'notification',
      method: 'notifications/x',
      bytes: 44,
    });
  });

  test('settles what was asked in the other direction, under the id of the message', () => {
    const fact = { method: 'tools/call', outcome: 'result', elapsedMs: 0 } as const;
    expect(spelledOut({ ...response, settled: [fact] }, body)).toMatchObject({
      settled: [{ direction: 'client-to-server', id: 12, ...fact }],
    });
    expect(spelledOut({ ...response, settled: [{ ...fact, id: 7 }] }, body)).toMatchObject({ settled: [{ id: 7 }] });
    expect(spelledOut({ ...response, bytes: 80, id: 'x', settled: [fact] }, body)).toMatchObject({
      settled: [{ direction: 'client-to-server', id: 'x', ...fact }],
    });
  });

  test('passes on the message itself', () => {
    expect(spelledOut({ ...response, sent: 41 }, body)).toMatchObject({
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
  expect(spelledOut(line, body)).toEqual(line);
  const expired = { ...around, event: 'request.expired', request: 1, id: 5, sent: line.sent } as const;
  expect(spelledOut(expired, undefined)).toEqual(expired);
});

test('a line that does not say enough is told what is missing', () => {
  expect(spelledOut({ ...around, event: 'session.ticked', sent: 4 }, undefined)).toEqual({ missing: 'a direction' });
  const settled = [{ method: 'x', outcome: 'result', elapsedMs: 0 }] as const;
  expect(spelledOut({ ...around, event: 'session.ticked', settled }, undefined)).toEqual({ missing: 'a direction' });
  expect(spelledOut(response, encodeText('{"id":{}}'))).toMatchObject({
    missing: expect.stringContaining('a message'),
  });
});
