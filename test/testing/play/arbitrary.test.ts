import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryPlay } from '../../../src/testing/play/arbitrary.ts';

describe('plays', () => {
  test('of the same seed are the same', () => {
    const plays = arbitraryPlay({ kind: 'proxy', era: 'session' });
    const sample = () => fc.sample(plays, { numRuns: 20, seed: 7 });
    expect(sample()).toEqual(sample());
  });

  test('hold no more steps than they may, and only such as their target knows', () => {
    const plays = arbitraryPlay({ kind: 'server', era: 'stateless', lengthMax: 10, faults: ['drop'] });
    const steps = fc.sample(plays, { numRuns: 200, seed: 1 });
    const kinds = new Set(steps.flatMap((play) => play.map((step) => step.do)));
    expect(Math.max(...steps.map((play) => play.length))).toBeLessThanOrEqual(10);
    expect([...kinds].toSorted()).toEqual(['cancel', 'connect', 'disconnect', 'network', 'request', 'settle', 'wait']);
  });

  test('leave out what has no weight, and follow the rules of an author with their values', () => {
    const rules = { twice: fc.constantFrom('a', 'b') };
    const plays = arbitraryPlay({ kind: 'proxy', era: 'session', weights: { request: 0, rule: 50 }, rules });
    const steps = fc.sample(plays, { numRuns: 50, seed: 1 }).flat();
    expect(steps.some((step) => step.do === 'request')).toBe(false);
    expect(steps).toContainEqual({ do: 'rule', name: 'twice', value: 'b' });
  });
});
