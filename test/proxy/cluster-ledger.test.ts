import { expect, test } from 'vitest';

import { ClusterLedger } from '../../src/proxy/cluster-ledger.ts';
import { Ledger, defaultLimits, ordinary, question } from '../../src/session/limits.ts';

test('what fronts book is counted, and is refused by the share of the node where their own limits have room', () => {
  const whole = new ClusterLedger(() => {});
  const [one, other] = [new Ledger(defaultLimits, whole), new Ledger(defaultLimits, whole, 'gateway')];
  whole.admit(3, Infinity);
  one.book([2, 0, 0, 5]);
  expect([one.full(ordinary, 0), other.full(ordinary, 1)]).toEqual([undefined, whole]);
  other.book([1, 0, 0, 0]);
  expect([whole.pending, one.full(ordinary, 0)?.scope, one.full(question, 0)]).toEqual([3, 'nodes', undefined]);
  one.giveBack(ordinary);
  expect([whole.pending, other.full(ordinary, 0)]).toEqual([2, undefined]);
});

test('more is asked for when little is left, for ordinary requests alone', () => {
  let asked = 0;
  const whole = new ClusterLedger(() => asked++);
  const ledger = new Ledger(defaultLimits, whole);
  whole.admit(10, 8);
  for (const [budget, ahead] of [
    [ordinary, 7],
    [question, 20],
  ] as const) {
    ledger.full(budget, ahead);
  }
  expect(asked).toBe(0);
  ledger.full(ordinary, 8);
  expect(asked).toBe(1);
});

test('before there is a share nothing is admitted', () => {
  const ledger = new Ledger(defaultLimits, new ClusterLedger(() => {}));
  expect(ledger.full(ordinary, 0)?.scope).toBe('nodes');
});
