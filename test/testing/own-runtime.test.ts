import { describe, expect, test } from 'vitest';
import { type HarnessOptions, sessionHarness } from '../../src/testing/harness.ts';
import { runs } from '../properties/runs.ts';
import { ownRuntime } from './own-runtime.ts';

const common = { isSynchronous: true, name: 'our own runtime' };
const proxy: HarnessOptions & { readonly proxy: unknown } = { ...common, proxy: (world) => ownRuntime(world) };
const { numRuns } = runs(60);

describe('U10 our own runtime', () => {
  const harness = sessionHarness({ ...proxy, runs: 2 * numRuns });
  harness.test(test);
  harness.cover(test, {
    except: ['recovery', 'server-requests', 'fresh-ids', 'duplicate-ids', 'cancel-passed-on'],
    visits: [
      'initializing -> active.serving',
      'active.serving -> closed',
      'active.serving -> active.recovering',
      'active.recovering -> active.serving',
    ],
  });

  const stateless = sessionHarness({
    ...proxy,
    name: 'our own runtime, where no request belongs to a session,',
    era: 'stateless',
    runs: numRuns,
  });
  stateless.test(test);

  test('is asked for what only listeners are told', () => {
    const { laws } = stateless.coverage();
    for (const law of ['listen-own', 'listen-asked', 'listen-kept', 'listen-over'])
      expect(laws[law]).toBeGreaterThan(0);
  });

  test('refuses what is one more than may wait, and nothing below', async () => {
    const limits = { pendingPerSession: 2, reservedPerSession: 1 };
    const limited = sessionHarness({
      ...common,
      proxy: (world) => ownRuntime(world, limits),
      runs: numRuns,
      plays: { weights: { 'end-server': 0, kill: 0 } },
    });
    expect((await limited.check())?.violations).toBeUndefined();
  });
});
