/**
 * Everything that is known to go wrong, on every way through the built proxy, between real processes: one test for each fault on
 * each way, and one for what all of them leave behind. The faults are in the files beside this one; docs/faults.md shows them.
 */

import { afterAll, describe, expect, test } from 'vitest';

import { stopAll } from '../e2e/program.ts';
import { Lanes } from './cells.ts';
import { type Theme, testedWaysOf } from './fault.ts';
import { themes } from './list.ts';

/** A test waits for those before it on its way. */
const timeout = 120_000;

const cellsOf = ({ faults }: Theme) =>
  faults.flatMap((fault) => testedWaysOf(fault).map((way) => [fault.name, way, fault] as const));

// Only Linux says which children and descriptors a process has.
describe.runIf(process.platform === 'linux')('faults', () => {
  const lanes = new Lanes();
  afterAll(stopAll);

  describe.each(themes.map((theme) => [theme.name, theme] as const))('%s', (_name, theme) => {
    test.concurrent.each(cellsOf(theme))('%s, %s', { timeout }, async (_fault, way, fault) => {
      const { verdict, problems } = await lanes.run(fault, way);
      expect({ verdict, problems }).toEqual({ verdict: fault.verdicts[way], problems: [] });
    });
  });

  test('of all of them nothing is left', { timeout }, async () => {
    expect(await lanes.close()).toEqual([]);
  });
});
