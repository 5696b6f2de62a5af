import { describe, expect, test } from 'vitest';
import {
  budgets,
  connectionTimes,
  defaultLimits,
  defaultTimes,
  Ledger,
  listen,
  ordinary,
  perSessionLimit,
  question,
  reserved,
  withRoomForAFrame,
} from '../../src/session/limits.ts';

test('the defaults are those that the documentation promises', () => {
  expect(defaultLimits).toEqual({
    pendingPerSession: 1000,
    pendingTotal: 10_000,
    pendingSoftRatio: 0.8,
    reservedPerSession: 16,
    reservedTotal: 256,
    listensPerSession: 1024,
    listensTotal: 10_000,
    questionsPerSession: 1000,
    questionsTotal: 10_000,
    sessions: 1000,
    sessionsPerPrincipalRatio: 0.5,
    frameBytesMax: 10_485_760,
    bufferPauseBytes: 1_048_576,
    bufferBytesTotal: 512 * 1024 * 1024,
    bufferBytesMax: 16_777_216,
    tombstonesPerSession: 256,
    heldFramesPerSession: 64,
    heldBytesPerSession: 16_777_216,
    tasksPerSession: 256,
    replayedSubscriptionsMax: 256,
    labelsPerSession: 64,
    labelCharactersMax: 256,
  });
  expect(defaultTimes).toEqual({
    initializeMs: 60_000,
    requestIdleMs: 300_000,
    requestAbsoluteMs: 3_600_000,
    pingMs: 30_000,
    sessionIdleMs: 1_800_000,
    sessionAgeMs: 86_400_000,
    drainMs: 25_000,
    recoveryMs: 30_000,
    interceptorMs: 5_000,
    halfOpenMs: 10_000,
  });
});

test('a session that ends with its connection has no idle and no age limit', () => {
  expect(connectionTimes).toEqual({ sessionIdleMs: Infinity, sessionAgeMs: Infinity });
});

test('every budget has its own limit for a session', () => {
  const limits = {
    ...defaultLimits,
    pendingPerSession: 3,
    reservedPerSession: 2,
    listensPerSession: 1,
    questionsPerSession: 4,
  };
  const each = [ordinary, reserved, listen, question] as const;
  expect(each.map((budget) => budgets[budget])).toEqual(['ordinary', 'reserved', 'listen', 'question']);
  expect(each.map((budget) => perSessionLimit(limits, budget))).toEqual([3, 2, 1, 4]);
});

describe('the ledger', () => {
  const limits = { ...defaultLimits, pendingTotal: 30, reservedTotal: 20, listensTotal: 10, questionsTotal: 40 };

  test('has one limit and one count for each budget', () => {
    const ledger = new Ledger(limits);
    expect([...ledger.limit]).toEqual([30, 20, 10, 40]);
    expect([...ledger.used]).toEqual([0, 0, 0, 0]);
  });

  test('a new limit holds for what comes, and what is counted stays counted', () => {
    const ledger = new Ledger(limits);
    ledger.used[ordinary] = 25;
    ledger.resize({ ...limits, pendingTotal: 5, reservedTotal: 6, listensTotal: Infinity, questionsTotal: 7 });
    expect([...ledger.limit]).toEqual([5, 6, Infinity, 7]);
    expect(ledger.used[ordinary]).toBe(25);
  });
});

describe('a ledger that is a part of a whole', () => {
  const whole = new Ledger({ ...defaultLimits, pendingTotal: 3 });
  const [one, other] = [new Ledger({ ...defaultLimits, pendingTotal: 2 }, whole), new Ledger(defaultLimits, whole)];
  const take = (part: Ledger): void => [part, whole].forEach(({ used }) => used[ordinary]!++);

  test('is full when it is full itself, or the whole is; and what is given back is given back to both', () => {
    expect(one.full(ordinary, 0)).toBeUndefined();
    take(one);
    expect([one.full(ordinary, 0), one.full(ordinary, 1)]).toEqual([undefined, one]);
    take(one);
    take(other);
    expect([one.full(ordinary, 0), other.full(ordinary, 0), other.full(reserved, 0)]).toEqual([one, whole, undefined]);
    one.giveBack(ordinary);
    expect([one.used[ordinary], whole.used[ordinary], other.full(ordinary, 0)]).toEqual([1, 2, undefined]);
  });
});

test('a buffer has room for the longest frame beyond the point where its filler is paused, whatever was asked for', () => {
  const mebibyte = 1024 * 1024;
  expect(withRoomForAFrame().bufferBytesMax).toBe(16 * mebibyte);
  expect(withRoomForAFrame({ bufferBytesMax: 1 }).bufferBytesMax).toBe(12 * mebibyte);
  expect(withRoomForAFrame({ frameBytesMax: 50 * mebibyte }).bufferBytesMax).toBe(52 * mebibyte);
  expect(withRoomForAFrame({ bufferBytesMax: 99 * mebibyte }).bufferBytesMax).toBe(99 * mebibyte);
});
