/** Records are read as they were written; of those of another release nothing is concluded. */
import { describe, expect, test } from 'vitest';
import { readBudget, readKey, readLease, readSnapshot, writeRecord } from '../../src/cluster/records.ts';

describe('a record', () => {
  test('is read as it was written', () => {
    const lease = { state: 'draining', count: 3, keys: 12 } as const;
    expect(readLease(writeRecord(lease))).toEqual(lease);
    const key = { owner: 'a-1', state: 'owned' } as const;
    expect(readKey(writeRecord(key))).toEqual(key);
    const snapshot = { epoch: 41, body: '{"n":1}' };
    expect(readSnapshot(writeRecord(snapshot))).toEqual(snapshot);
    const grants = { 'a-1': { granted: 3, isShort: true }, 'b-1': { granted: 0, isShort: false } };
    expect(readBudget(writeRecord({ grants }))).toEqual(grants);
  });

  test.each([
    '',
    'no JSON',
    '[]',
    '{"version":2,"state":"dead","owner":"a","epoch":1,"body":"","grants":{}}',
    '{"version":1}',
  ])('that is %j says nothing', (text) => {
    expect([readLease(text), readKey(text), readSnapshot(text), readBudget(text)]).toEqual(Array(4).fill(undefined));
  });
});
