import { describe, expect, test } from 'vitest';
import { CarefulSession } from './careful-proxy.ts';
import { brokenBy, foundOut, inMemory } from './found-out.ts';
import { generatedMutants, sessionOf } from './generated.ts';

describe('wrong proxies by the hundred', () => {
  const some = generatedMutants(8, 1);

  test('are others for another seed, and all different', () => {
    const names = some.map(({ name }) => name);
    expect(new Set(names).size).toBe(8);
    expect(generatedMutants(8, 1).map(({ name }) => name)).toEqual(names);
    expect(generatedMutants(8, 2).map(({ name }) => name)).not.toEqual(names);
  });

  test('are found out, those that ever do anything', async () => {
    const survivors: string[] = [];
    for (const mutant of some) {
      let acted = 0;
      const found = await foundOut(
        inMemory(
          mutant.era,
          sessionOf(mutant, () => acted++),
        ),
        { numRuns: 300, attemptsMax: 10 },
      );
      if (found === undefined && acted > 0) survivors.push(mutant.name);
    }
    expect(survivors).toEqual([]);
  });

  test('do nothing wrong but what their mutations say', async () => {
    const none = sessionOf({ name: '', era: 'session', mutations: [] }, () => {});
    const play = [
      { do: 'connect' },
      { do: 'initialize', client: 0 },
      { do: 'request', client: 0, method: 'tools/call', id: 'next' },
      { do: 'cancel', client: 0, request: 0 },
      { do: 'end-server', server: 0 },
    ] as const;
    for (const Session of [none, CarefulSession])
      expect(await brokenBy(play, inMemory('session', Session))).toEqual([]);
  });
});
