/**
 * Everything that is known to go wrong, on every way through the built proxy, between real processes: one test for each fault on
 * each way, and one for what all of them leave behind. The faults are in the files beside this one; docs/faults.md shows them.
 */

import { afterAll, describe, expect, test } from 'vitest';

import { hasNoNats } from '../cluster/nats-server.ts';
import { stopAll } from '../e2e/program.ts';
import { Lanes } from './cells.ts';
import { needsBroker, testedWaysOf } from './fault.ts';
import { themes } from './list.ts';

/** A test waits for those before it on its way. */
const timeout = 120_000;

// Without a barrier between themes: most of what takes long only waits, and the rest is done meanwhile.
const cells = themes.flatMap(({ name, faults }) =>
  faults.flatMap((fault) => testedWaysOf(fault).map((way) => [name, fault, way] as const)),
);

// Only Linux says which children and descriptors a process has.
describe.runIf(process.platform === 'linux')('faults', () => {
  const lanes = new Lanes();
  afterAll(stopAll);

  for (const [theme, fault, way] of cells) {
    const isLeftOut = hasNoNats && needsBroker(fault);
    test.skipIf(isLeftOut)(`${theme}: ${fault.name}, ${way}`, { timeout, concurrent: true }, async () => {
      const { verdict, problems } = await lanes.run(fault, way);
      expect({ verdict, problems }).toEqual({ verdict: fault.verdicts[way], problems: [] });
    });
  }

  test('of all of them nothing is left', { timeout }, async () => {
    expect(await lanes.close()).toEqual([]);
  });
});
