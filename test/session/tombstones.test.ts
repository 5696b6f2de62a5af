import { describe, expect, test } from 'vitest';
import type { Direction, RequestId } from '../../src/protocol/envelope.ts';
import { idKey } from '../../src/protocol/ids.ts';
import { type Outcome, outcomes } from '../../src/session/outcomes.ts';
import { Tombstones } from '../../src/session/tombstones.ts';
import { fromClient, fromServer } from './fixtures.ts';

/** Buries the request that travelled under this id. */
function bury(
  stones: Tombstones,
  id: RequestId,
  outcome: Outcome = 'result',
  direction: Direction = fromClient,
  token?: RequestId,
): void {
  stones.add(direction, idKey(0, id), outcome, token);
}

describe('a response without a waiting request', () => {
  test('is a duplicate when its request was answered, late when it ended otherwise, bogus when nobody asked', () => {
    const stones = new Tombstones(16);
    outcomes.forEach((outcome, id) => bury(stones, id, outcome));
    expect(outcomes.map((_, id) => stones.classify(fromClient, idKey(0, id)))).toEqual([
      'duplicate',
      'duplicate',
      'late',
      'late',
      'late',
      'late',
      'late',
    ]);
    expect(stones.classify(fromClient, idKey(0, 99))).toBe('bogus');
  });

  test('is looked for in its own direction and under its own type of id', () => {
    const stones = new Tombstones(16);
    bury(stones, 1, 'cancelled');
    expect(stones.classify(fromServer, idKey(0, 1))).toBe('bogus');
    expect(stones.classify(fromClient, idKey(0, '1'))).toBe('bogus');
    expect(stones.outcomeOf(fromClient, idKey(0, 1))).toBe('cancelled');
  });

  test('to an id that was used again is judged by the last use', () => {
    const stones = new Tombstones(16);
    bury(stones, 1, 'timeout');
    bury(stones, 1, 'result');
    expect(stones.classify(fromClient, idKey(0, 1))).toBe('duplicate');
  });
});

describe('the memory', () => {
  test('is bounded, and forgets the oldest first', () => {
    const stones = new Tombstones(3);
    for (let id = 0; id < 8; id++) bury(stones, id);
    expect(stones.size).toBe(3);
    expect([4, 5, 6, 7].map((id) => stones.classify(fromClient, idKey(0, id)))).toEqual([
      'bogus',
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
  });

  test("keeps an id's last use when it forgets an earlier one", () => {
    const stones = new Tombstones(2);
    bury(stones, 1, 'timeout', fromClient, 'p');
    bury(stones, 1, 'result', fromClient, 'p');
    bury(stones, 2);
    expect(stones.classify(fromClient, idKey(0, 1))).toBe('duplicate');
    expect(stones.isRetiredToken(fromClient, 'p')).toBe(true);
  });

  test('of no size remembers nothing', () => {
    const stones = new Tombstones(0);
    bury(stones, 1, 'result', fromClient, 'p');
    expect([stones.size, stones.classify(fromClient, idKey(0, 1))]).toEqual([0, 'bogus']);
    expect(stones.isRetiredToken(fromClient, 'p')).toBe(false);
  });
});

describe('a progress token', () => {
  test('is retired with its request, until that is forgotten', () => {
    const stones = new Tombstones(1);
    bury(stones, 1, 'result', fromClient, 0);
    expect(stones.isRetiredToken(fromClient, 0)).toBe(true);
    expect(stones.isRetiredToken(fromClient, '0')).toBe(false);
    bury(stones, 2);
    expect(stones.isRetiredToken(fromClient, 0)).toBe(false);
  });

  test('is retired in its own direction: both peers count from 0, and neither hides the other', () => {
    const stones = new Tombstones(4);
    bury(stones, 0, 'result', fromClient, 0);
    expect(stones.isRetiredToken(fromServer, 0)).toBe(false);
    bury(stones, 0, 'result', fromServer, 0);
    expect([fromClient, fromServer].map((direction) => stones.isRetiredToken(direction, 0))).toEqual([true, true]);
  });
});
