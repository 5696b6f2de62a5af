import { describe, expect, test } from 'vitest';
import { Exchange } from '../../src/session/pending.ts';
import { entryOf } from './fixtures.ts';

describe('an entry', () => {
  test('names its session to the timers, and begins unsettled, unlinked, and alive since it arrived', () => {
    const entry = entryOf('a');
    expect([entry.alarmKind, entry.sessionId]).toEqual(['request', 's1']);
    expect([entry.isTaken, entry.dueAt, entry.alarmPrevious, entry.alarmNext]).toEqual([false, Infinity, null, null]);
    expect([entry.startedAt, entry.lastActivityAt]).toEqual([5, 4]);
  });
});

describe('an exchange', () => {
  test('is how its frames came, and nothing answers in it but its own', () => {
    const exchange = new Exchange((name) => (name === 'user-agent' ? 'test' : undefined));
    expect([exchange.exchange, exchange.request, exchange.status]).toEqual([exchange, undefined, 0]);
    expect([exchange.header('user-agent'), new Exchange().header('user-agent')]).toEqual(['test', undefined]);
  });

  test('gives a request other names towards its answerer than its requester has for it', () => {
    const exchange = new Exchange();
    const plain = entryOf('a');
    const passing = entryOf('a', 'client-to-server', 0, 'token', exchange);
    expect([plain.sentId, plain.requesterToken, plain.exchange]).toEqual(['a', undefined, undefined]);
    expect([typeof passing.sentId, passing.requesterToken, passing.exchange]).toEqual(['number', 'token', exchange]);
  });
});
