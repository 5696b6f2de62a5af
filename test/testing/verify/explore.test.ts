import { describe, expect, test } from 'vitest';
import { gossipingProxy } from './gossiping-proxy.ts';
import { smallServer } from './small-server.ts';
import type { Target } from '../../../src/testing/play/target.ts';
import type { Findings } from '../../../src/testing/report/finding.ts';
import { verdictOf } from '../../../src/testing/report/verdict.ts';
import { type ExploreOptions, explore } from '../../../src/testing/verify/explore.ts';

const limits = { runs: 60, lengthMax: 12 };

const run = async (
  isWrong: Parameters<typeof smallServer>[0],
  options: Partial<ExploreOptions> = {},
): Promise<Findings> => explore({ target: smallServer(isWrong), seed: 1, limits, ...options });

const verdict = ({ laws }: Findings, id: string) => verdictOf(laws.find(({ law }) => law.id === id)!);

describe('a server', () => {
  test('that keeps the laws is not accused, and laws that were never put to the test are not kept', async () => {
    const findings = await run({});
    expect(findings.laws.filter(({ counterexample }) => counterexample !== undefined)).toEqual([]);
    expect([verdict(findings, 'one-outcome'), verdict(findings, 'progress-known')]).toEqual(['kept', 'not exercised']);
    expect(findings.laws.map(({ law }) => law.id)).not.toContain('stream-end');
    expect(findings.runs).toBe(limits.runs);
  });

  test('that breaks two laws is found out in both, each in few steps', async () => {
    const { laws } = await run({ answersTwice: 'tools/list', turnsIdsIntoText: 'ping' });
    const broken = laws.flatMap(({ law, counterexample }) => (counterexample === undefined ? [] : [law.id]));
    expect(broken).toContain('one-outcome');
    expect(broken.length).toBeGreaterThan(1);
    for (const { counterexample } of laws) expect(counterexample?.steps ?? 0).toBeLessThanOrEqual(4);
  });

  test('is found out again by seed and path, in the same way', async () => {
    const first = (await run({ answersTwice: 'tools/list' })).laws.find(({ law }) => law.id === 'one-outcome')!;
    const { seed, path, violation } = first.counterexample!;
    const again = await run({ answersTwice: 'tools/list' }, { seed, path });
    expect(again.runs).toBe(1);
    expect(again.laws.find(({ law }) => law.id === 'one-outcome')?.counterexample?.violation).toEqual(violation);
  });
});

test('a law that is known to be broken is told as such', async () => {
  const findings = await run({ answersTwice: 'tools/list' }, { known: new Set(['one-outcome']) });
  expect(verdict(findings, 'one-outcome')).toBe('known');
});

describe('what is broken in real time', () => {
  const finding = ({ laws }: Findings, id: string) => laws.find(({ law }) => law.id === id)!;
  const few = { runs: 6, lengthMax: 6, shrinkMsMax: 0 };

  test('is played again where there is more patience, and told as seen once where it is kept there', async () => {
    const inRealTime = (answersTwice?: string) => ({
      ...smallServer(answersTwice === undefined ? {} : { answersTwice }),
      isVirtual: false,
    });
    const [target, performing] = [inRealTime('initialize'), { patienceMs: 1 }];
    const own = await explore({ target, patient: inRealTime('initialize'), seed: 1, limits: few, performing });
    expect(finding(own, 'one-outcome').counterexample).toBeDefined();
    const kept = await explore({ target, patient: inRealTime(), seed: 1, limits: few, performing });
    expect(finding(kept, 'one-outcome')).toMatchObject({ isUnsteady: true });
    expect(finding(kept, 'one-outcome').counterexample).toBeUndefined();
  });

  test('is played again where earlier plays have left something, when that is what broke it', async () => {
    const patient: Target = { ...gossipingProxy(), start: (stage) => gossipingProxy().start(stage) };
    const options = { target: gossipingProxy(), patient, seed: 1, limits: few, performing: { patienceMs: 1 } };
    const findings = await explore(options);
    const { counterexample, isUnsteady } = finding(findings, 'no-crossing');
    expect(counterexample?.history[counterexample.violation.at.at(-1)!]?.type).toBe('leftover');
    expect(isUnsteady).toBe(false);
    expect(findings.leftovers).toBeGreaterThan(0);
  });
});

test('it comes to its end when enough was asked, and when it is interrupted', async () => {
  const few = await run({}, { limits: { ...limits, callsMax: 10 } });
  expect(few.runs).toBeLessThan(limits.runs);
  const controller = new AbortController();
  const interrupted = await run({}, { signal: controller.signal, onProgress: () => controller.abort() });
  expect(interrupted.runs).toBe(1);
});

test('what does not come up ends it with its error', async () => {
  const target = { ...smallServer({}), start: async () => Promise.reject(new Error('no such thing')) };
  await expect(explore({ target, seed: 1, limits })).rejects.toThrow('no such thing');
});
