import { describe, expect, test } from 'vitest';
import type { AdminAnswer } from '../../../../src/inspector/page/connection/admin.ts';
import { editedMessage, heldFrames, keyOf } from '../../../../src/inspector/page/holds/held-frame.ts';

test('held frames of all processes stand in the order in which they will be decided', () => {
  const answers = new Map<number, AdminAnswer>([
    [
      1,
      {
        kind: 'answered',
        body: {
          frames: [
            { id: 'p1', decidesAt: 30 },
            { id: 'p2', decidesAt: 10 },
          ],
        },
      },
    ],
    [2, { kind: 'refused', status: 404, code: 'NO_RULES', message: 'It has none' }],
    [3, { kind: 'answered', body: { frames: [{ id: 'p1', decidesAt: 20 }] } }],
    [4, { kind: 'unreachable', message: 'gone' }],
  ]);
  expect(heldFrames(answers).map(keyOf)).toEqual(['1/p2', '3/p1', '1/p1']);
});

const request = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'delete' } };
const response = { jsonrpc: '2.0', id: 7, result: {} };
const notification = { jsonrpc: '2.0', method: 'notifications/progress' };

describe('a message that was edited', () => {
  test('is the same however it is spaced', () => {
    expect(editedMessage(request, JSON.stringify(request, null, 4))).toEqual({ kind: 'same' });
  });

  test('is changed in what may change', () => {
    const message = { ...request, params: { name: 'keep' } };
    expect(editedMessage(request, JSON.stringify(message))).toEqual({ kind: 'changed', message });
    const error = { jsonrpc: '2.0', id: 7, error: { code: 1, message: 'no' } };
    expect(editedMessage(response, JSON.stringify(error))).toEqual({ kind: 'changed', message: error });
  });

  test.each([
    [request, '{"jsonrpc":', 'no JSON'],
    [request, '[]', 'an object'],
    [request, 'null', 'an object'],
    [request, JSON.stringify({ ...request, id: '7' }), 'id has to stay 7'],
    [request, JSON.stringify({ ...request, jsonrpc: '1.0' }), 'jsonrpc'],
    [request, JSON.stringify(response), 'method may not be left out'],
    [response, JSON.stringify(request), 'no method'],
    [response, JSON.stringify({ jsonrpc: '2.0', id: 7 }), 'a result or an error'],
    [response, JSON.stringify({ ...response, error: {} }), 'a result or an error'],
    [notification, JSON.stringify({ ...notification, id: 1 }), 'id has to stay absent'],
  ])('is told what is wrong: %j as %s', (original, text, problem) => {
    expect(editedMessage(original, text)).toEqual({ kind: 'wrong', problem: expect.stringContaining(problem) });
  });
});
