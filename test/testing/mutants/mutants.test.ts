import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryPlay } from '../../../src/testing/play/arbitrary.ts';
import type { Target } from '../../../src/testing/play/target.ts';
import { CarefulSession, pendingMax } from './careful-proxy.ts';
import { brokenBy, foundOut, inMemory } from './found-out.ts';
import { CarefulFront, httpTarget } from './http-front.ts';
import { httpMutants } from './http-mutants.ts';
import { listeningMutants } from './listening-mutants.ts';
import { mutants } from './mutants.ts';

/** Each may stand alone or behind a front of HTTP. */
const careful: readonly Target[] = (['session', 'stateless'] as const).flatMap((era) => [
  inMemory(era, CarefulSession),
  httpTarget({ era, pendingMax }, CarefulSession, CarefulFront),
]);

test.each(careful)('a proxy without a flaw is accused of nothing, $era, on HTTP: $isHttp', async (target) => {
  const property = fc.asyncProperty(arbitraryPlay(target), async (play) => {
    expect(await brokenBy(play, target)).toEqual([]);
  });
  await fc.assert(property, { numRuns: 200 });
});

describe('U10 a proxy with one flaw', () => {
  const lengths: number[] = [];

  const lawFound = async (target: Target): Promise<string | undefined> => {
    const found = await foundOut(target, { attemptsMax: 200 });
    lengths.push(found?.play.length ?? Infinity);
    return found?.law;
  };

  test.each(mutants)('is found out: $name', async ({ Session, breaks }) => {
    expect(breaks).toContain(await lawFound(inMemory('session', Session)));
  });

  test.each(listeningMutants)('is found out where there are no sessions: $name', async ({ Session, breaks }) => {
    expect(breaks).toContain(await lawFound(inMemory('stateless', Session)));
  });

  test.each(httpMutants)('is found out on HTTP, $era: $name', async ({ era, Front, breaks }) => {
    expect(breaks).toContain(await lawFound(httpTarget({ era, pendingMax }, CarefulSession, Front)));
  });

  test('is found out by a play of at most eight steps, in the median', () => {
    const middle = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)];
    expect(lengths).toHaveLength(mutants.length + listeningMutants.length + httpMutants.length);
    expect(middle).toBeLessThanOrEqual(8);
  });
});
