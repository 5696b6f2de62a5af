import { expect, test } from 'vitest';
import { sumOfTotals } from '../../src/proxy/gateway-totals.ts';
import type { PeerLink } from '../../src/ports.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';

const link: PeerLink = { write: () => true, pause: () => {}, close: () => {} };

test('the numbers of several runtimes are added up, transitions edge by edge', async () => {
  const runtimes = [createRuntime({}), createRuntime({})];
  for (const runtime of runtimes) {
    const opened = runtime.open({ transportType: 'in-memory', client: link, server: link });
    if ('session' in opened) opened.session.close();
  }
  runtimes[0]!.open({ transportType: 'in-memory', client: link, server: link });
  const [one, other] = runtimes.map((runtime) => runtime.totals());
  const sum = sumOfTotals([one!, other!]);
  expect([sum.sessionsOpened, sum.sessionsEnded.completed, sum.sessionsByState.initializing]).toEqual([3, 2, 1]);
  expect(Object.keys(sum).toSorted()).toEqual(Object.keys(one!).toSorted());
  expect(Object.keys(sum.counts)).toEqual(Object.keys(one!.counts));
  expect(sum.transitions).toEqual(one!.transitions.map((each) => ({ ...each, count: each.count * 2 })));
  expect(sumOfTotals([one!])).toEqual(one);
  expect(() => sumOfTotals([])).toThrow(RangeError);
  await Promise.all(runtimes.map(async (runtime) => runtime.stop()));
});
