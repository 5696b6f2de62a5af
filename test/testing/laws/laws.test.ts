import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inProcessTarget } from '../../../src/testing/in-process/target.ts';
import { judge, laws } from '../../../src/testing/laws/laws.ts';
import { arbitraryPlay } from '../../../src/testing/play/arbitrary.ts';
import { perform } from '../../../src/testing/play/perform.ts';
import { runs } from '../../properties/runs.ts';
import { CarefulProxy, pendingMax } from '../mutants/careful-proxy.ts';

describe('U10 a proxy that keeps every law', () => {
  test.each([true, false])('is accused of nothing (all at once: %s)', async (isSynchronous) => {
    const target = inProcessTarget('proxy', (world) => new CarefulProxy(world), { isSynchronous, pendingMax });
    const plays = arbitraryPlay({ kind: 'proxy', era: 'session', faults: target.faults });
    await fc.assert(
      fc.asyncProperty(plays, async (play) => {
        const history = await perform(play, target);
        expect(judge(history, target).flatMap(({ judgement }) => judgement.violations)).toEqual([]);
      }),
      runs(300),
    );
  });
});

describe('laws', () => {
  test('have names of their own, and are judged where they are about the target', () => {
    expect(new Set(laws.map(({ id }) => id)).size).toBe(laws.length);
    const ofServers = judge([], { kind: 'server', era: 'session', isHttp: false }).map(({ law }) => law.id);
    expect(ofServers).toContain('one-outcome');
    expect(ofServers).not.toContain('no-crossing');
  });

  test('that nothing put to the test are not said to be kept', () => {
    const rulings = judge([], { kind: 'proxy', era: 'session', isHttp: true });
    expect(rulings.filter(({ judgement }) => judgement.exercised > 0)).toEqual([]);
  });
});
