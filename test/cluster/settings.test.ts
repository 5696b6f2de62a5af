/** The times of a cluster keep their rule, or are refused with the numbers. */
import { describe, expect, test } from 'vitest';
import { clusterTimes, defaultTimes, replicatedTimes } from '../../src/cluster/settings.ts';

describe('the times of a cluster', () => {
  test('are the defaults where nothing else is said, and both sets of defaults keep the rule', () => {
    expect(clusterTimes()).toEqual(defaultTimes);
    expect(clusterTimes({}, replicatedTimes)).toEqual(replicatedTimes);
    expect(clusterTimes({ probeMs: 100 })).toEqual({ ...defaultTimes, probeMs: 100 });
  });

  test.each([
    [{ takeMs: 4000 }, /takeMs is 4000; with selfMs 4000 it has to be at least 4422/],
    [{ selfMs: 6000 }, /takeMs is 6000; with selfMs 6000 it has to be at least 6632/],
    [{ selfMs: 1500 }, /selfMs is 1500; it has to be at least twice renewMs/],
    [{ ackMs: 0 }, /ackMs is 0/],
    [{ renewMs: Number.NaN }, /renewMs is NaN/],
  ])('%o is refused', (asked, problem) => {
    expect(() => clusterTimes(asked)).toThrow(problem);
  });
});
