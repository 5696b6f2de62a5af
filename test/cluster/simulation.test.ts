/**
 * The laws of a cluster, over hundreds of seeds and everything that machines and networks do to it: a key has one node at a time, a frame
 * runs once, what is said about it is true and is said in time, the limit holds, and the parts of an answer come in order.
 */
import { describe, expect, test } from 'vitest';
import { type Conditions } from './simulation/cluster.ts';
import { simulate, usual } from './simulation/simulate.ts';

const seeds = 300;
const seedsOfMutationsMax = 200;

/** On a machine with nothing else to do each seed takes some 40 ms. */
const patienceMs = 240_000;

describe('a simulated cluster', () => {
  test(
    `breaks no law in ${seeds} runs`,
    async () => {
      const broken: string[] = [];
      let [answered, parts, refused] = [0, 0, 0];
      for (let seed = 1; seed <= seeds; seed += 1) {
        const run = await simulate(seed);
        answered += run.answered;
        parts += run.parts;
        refused += Object.values(run.failures).reduce((sum, count) => sum + count, 0);
        if (run.violations.length > 0) {
          broken.push(`seed ${seed}, alone with npm run soak:cluster -- --seed ${seed}: ${run.violations.join('; ')}`);
        }
      }
      expect(broken).toEqual([]);
      // A cluster in which nothing is answered and nothing fails would break no law either.
      expect(answered).toBeGreaterThan(seeds * 100);
      expect(parts).toBeGreaterThan(seeds * 50);
      expect(refused).toBeGreaterThan(seeds);
    },
    patienceMs,
  );

  test('is the same for the same seed', async () => {
    const [once, again, other] = [await simulate(7), await simulate(7), await simulate(8)];
    expect(again.history).toEqual(once.history);
    expect(other.history).not.toEqual(once.history);
  });
});

describe('is noticed when', () => {
  const overlap = /executed .* under \d+, after \d+/;
  const { times } = usual;
  test.each<[string, Partial<Conditions>, RegExp]>([
    ['nodes are taken over before they stop', { times: { ...times, takeMs: 2000 } }, overlap],
    ['nodes go on after others may take over', { times: { ...times, selfMs: 8000 } }, overlap],
    ['a timer looks after the lease, and nobody asks', { guard: 'timer' }, overlap],
    ['clocks differ by more than the times allow for', { driftRatio: 0.5 }, overlap],
    ['the engine loses what it had acknowledged', { lostMs: 2000 }, /executed|forgotten|state/],
  ])(
    '%s',
    async (_case, worse, expected) => {
      for (let seed = 1; seed <= seedsOfMutationsMax; seed += 1) {
        const { violations } = await simulate(seed, { ...usual, ...worse });
        if (violations.some((text) => expected.test(text))) return;
      }
      expect.unreachable(`nobody noticed in ${seedsOfMutationsMax} runs`);
    },
    patienceMs,
  );
});
