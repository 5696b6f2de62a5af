import { expect, test } from 'vitest';
import { joined } from './load.ts';

test('turns are joined to the run that they were dealt from', () => {
  const turn = (calls: number, micros: readonly number[]) => ({
    calls,
    micros,
    elapsedMs: 10 * calls,
    cpuMs: calls / 2,
  });
  expect(joined([turn(2, [7, 5]), turn(1, [9])])).toEqual({ calls: 3, micros: [7, 5, 9], elapsedMs: 30, cpuMs: 1.5 });
});
