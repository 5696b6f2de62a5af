import { describe, expect, test } from 'vitest';
import { CurrentIds, progressTokenIn, tokenIn, withToken } from '../../src/record/replay-ids.ts';
import { answer, notification, request } from './conversing.ts';

const cancelled = (requestId: unknown): ReturnType<typeof notification> =>
  notification('notifications/cancelled', { requestId, reason: 'x' });
const progress = (progressToken: unknown): ReturnType<typeof notification> =>
  notification('notifications/progress', { progressToken, progress: 1 });
const subscription = (id: unknown): object => ({ _meta: { 'io.modelcontextprotocol/subscriptionId': id, other: 1 } });

describe('what a message of a tape is about now', () => {
  const ids = new CurrentIds();
  ids.note(1, 'now', 'token', 7);
  ids.note('1', 'text', 'silent', undefined);

  test('is the request that has its place', () => {
    expect(ids.inside(cancelled(1))).toEqual(cancelled('now'));
    expect(ids.inside(cancelled('1'))).toEqual(cancelled('text'));
    expect(ids.idOf(2)).toBeUndefined();
  });

  test('is the progress of whoever wants to hear of it', () => {
    expect(ids.inside(progress('token'))).toEqual(progress(7));
    expect(ids.inside(progress('silent'))).toBeUndefined();
  });

  test('is nothing where nobody would know what it is about', () => {
    expect(ids.inside(cancelled(2))).toBeUndefined();
    expect(ids.inside(progress('unknown'))).toBeUndefined();
  });

  test('is the subscription that has its place, in what it brings and in what ends it', () => {
    expect(ids.inside(notification('notifications/x', subscription(1)))).toEqual(
      notification('notifications/x', subscription('now')),
    );
    expect(ids.inside(answer(1, subscription(1)))).toEqual(answer(1, subscription('now')));
  });

  test('is itself, for every other message', () => {
    const message = request(1, 'tools/call', { requestId: 1, progressToken: 'token' });
    expect(ids.inside(message)).toBe(message);
  });
});

test('a token is that of a request that wants to hear of its progress, or of the progress itself', () => {
  const asked = request(1, 'a', { _meta: { progressToken: 3, other: 1 } });
  expect([tokenIn(asked), tokenIn(progress(3)), progressTokenIn(progress(3)), progressTokenIn(asked)]).toEqual([
    3,
    undefined,
    3,
    undefined,
  ]);
  expect(withToken(asked, 'x')['params']).toEqual({ _meta: { progressToken: 'x', other: 1 } });
});
