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
  return {
    quiet,
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
    const { quiet, settles } = play();
    quiet.owes(1);
    expect([await settles(), await settles()]).toEqual([limits.owedMs, 0]);
  });

  test('soon after the answer that was owed', async () => {
    const { quiet, settles } = play({
      100: (one) => {
        one.heard();
        one.owes(-1);
      },
    });
    quiet.owes(1);
    expect(await settles()).toBe(100 + 200);
  });

  test('after a short one when what is owed to us is what we owe others', async () => {
    const { quiet, settles } = play();
    quiet.owes(1);
    quiet.owes(-1);
    expect(await settles()).toBe(limits.quietMs);
  });

  test('later still while something that starts owes its first answer', async () => {
    const { quiet, settles } = play();
    quiet.starts();
    quiet.owes(1);
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
