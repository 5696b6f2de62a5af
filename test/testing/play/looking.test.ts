import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstShown, shortestShown } from '../../../src/testing/play/looking.ts';
import type { Play, Step } from '../../../src/testing/play/step.ts';

const wait: Step = { do: 'wait', ms: 1 };
const plays = fc.array(fc.constant(wait), { maxLength: 20, size: 'max' });
const isLong = async (play: Play): Promise<{ readonly play: Play } | undefined> =>
  Promise.resolve(play.length > 10 ? { play } : undefined);

describe('the first play that shows it', () => {
  test('comes again by its name, at once', async () => {
    const { shown, seed, path } = (await firstShown(plays, isLong, { numRuns: 100, seed: 7 }))!;
    expect([shown.play.length > 10, seed]).toEqual([true, 7]);
    const tried: Play[] = [];
    const again = await firstShown(plays, async (play) => (tried.push(play), isLong(play)), {
      numRuns: 100,
      seed,
      path,
    });
    expect(again).toEqual({ shown, seed, path });
    expect(tried).toEqual([shown.play]);
  });

  test('is none where none of so many shows it', async () => {
    let tried = 0;
    const look = async () => Promise.resolve(void tried++);
    expect(await firstShown(plays, look, { numRuns: 30 })).toBeUndefined();
    expect(tried).toBe(30);
  });

  test('is none where looking fails: that is thrown as it is, and nothing more is tried', async () => {
    const error = new Error('it does not come up');
    let tried = 0;
    const look = async () => {
      tried++;
      return Promise.reject(error);
    };
    await expect(firstShown(plays, look, { numRuns: 30 })).rejects.toBe(error);
    expect(tried).toBe(1);
  });
});

test('the shortest that still shows it is what is returned, or the shortest of so many tries', async () => {
  const play = Array.from({ length: 16 }, () => wait);
  expect((await shortestShown({ play }, isLong)).play).toHaveLength(11);
  expect((await shortestShown({ play }, isLong, 0)).play).toHaveLength(16);
});
