import { expect, test } from 'vitest';
import { Gathering } from '../../src/cluster/gathering.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

test('what is gathered is said once, together, and the latest of each', () => {
  const clock = new VirtualClock();
  const said: unknown[] = [];
  const gathering = new Gathering<string, number>(clock, 5, (gathered) => said.push([...gathered]));
  gathering.set('a', 1);
  clock.advance(4);
  gathering.set('b', 2);
  gathering.set('a', 3);
  expect([gathering.get('a'), said]).toEqual([3, []]);
  clock.advance(1);
  expect(said).toEqual([
    [
      ['a', 3],
      ['b', 2],
    ],
  ]);
  expect([gathering.get('a'), clock.pending]).toEqual([undefined, 0]);
  gathering.set('a', 4);
  clock.advance(5);
  expect(said).toHaveLength(2);
});
