import { describe, expect, test } from 'vitest';
import { Quiet } from '../../../src/testing/targets/quiet.ts';

const limits = { quietMs: 20, owedMs: 200, startMs: 500, settleMsMax: 2000 };

/** Time that passes when somebody waits for it, with what is to happen at some moments. */
function play(happenings: Readonly<Record<number, (quiet: Quiet) => void>> = {}) {
  let now = 0;
  const pause = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left--) {
      now += 1;
      happenings[now]?.(quiet);
    }
    return Promise.resolve();
  };
  const quiet = new Quiet(limits, { now: () => now, pause });
  let owed = 0;
  quiet.watch(() => owed);
  return {
    quiet,
    owes: (answers: number) => {
      owed = answers;
    },
    /** How long it takes until everything counts as said. */
    settles: async (): Promise<number> => {
      const before = now;
      await quiet.settled();
      return now - before;
    },
  };
}

describe('everything counts as said', () => {
  test('after a short silence when nobody owes anything', async () => {
    expect(await play().settles()).toBe(limits.quietMs);
  });

  test('after a short silence behind the last thing that was heard, and a longer one where things take longer', async () => {
    expect(await play({ 15: (quiet) => quiet.heard() }).settles()).toBe(15 + 2 * 15);
  });

  test('after a longer one while an answer is owed, and after a short one again when it has been given up', async () => {
    const { owes, settles } = play();
    owes(1);
    expect([await settles(), await settles()]).toEqual([limits.owedMs, 0]);
  });

  test('soon after the answer that was owed', async () => {
    const { owes, settles } = play({
      100: (one) => {
        one.heard();
        owes(0);
      },
    });
    owes(1);
    expect(await settles()).toBe(100 + 200);
  });

  test('late again when another answer is owed than the one that was given up', async () => {
    const { quiet, owes, settles } = play();
    owes(1);
    await settles();
    owes(0);
    await settles();
    owes(1);
    quiet.said();
    expect(await settles()).toBeGreaterThanOrEqual(limits.owedMs - limits.quietMs);
  });

  test('late again when somebody reads who did not, and may be told now what had been given up', async () => {
    const { quiet, owes, settles } = play();
    owes(1);
    await settles();
    quiet.hopes();
    expect(await settles()).toBe(limits.owedMs);
  });

  test('later still while something that starts owes its first answer', async () => {
    const { quiet, owes, settles } = play();
    quiet.starts();
    owes(1);
    expect(await settles()).toBe(limits.startMs);
  });

  test('not before what is known to be on its way has arrived, and in the end in any case', async () => {
    let arrives = (): void => {};
    const { quiet, settles } = play({ 300: () => arrives() });
    arrives = quiet.begins();
    expect(await settles()).toBeGreaterThan(300);
    quiet.begins();
    expect(await settles()).toBe(limits.settleMsMax);
  });
});
