import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { descend } from '../../src/transports/child-stop-ladder.ts';

/** A group in memory: what ends its leader, and what ends the rest of it. */
type Rung = 'eof' | 'cut' | 'SIGTERM' | 'SIGKILL' | 'nothing';

function start(leaderEndsOn: Rung, restEndsOn: Rung = 'eof') {
  const clock = new VirtualClock();
  const log: string[] = [];
  let isRestGone = false;
  let leaderGoes = (): void => {};
  const leaderExit = new Promise<void>((resolve) => {
    leaderGoes = resolve;
  });
  const reach = (rung: Rung): void => {
    log.push(`${clock.now()} ${rung}`);
    if (rung === leaderEndsOn) leaderGoes();
    if (rung === restEndsOn) isRestGone = true;
  };
  const done = descend(
    { eofMs: 2000, termMs: 3000 },
    {
      clock,
      leaderExit,
      group: { isEmpty: () => isRestGone, signal: reach },
      endInput: () => reach('eof'),
      cutInput: () => reach('cut'),
    },
  );
  /** Lets the time pass in small steps, so that what waits for a promise gets its turn. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      await turn();
      clock.advance(10);
    }
    await turn();
  };
  return { clock, log, pass, done, endRest: () => (isRestGone = true) };
}

describe('the stop ladder', () => {
  test('ends at its first rung when that was enough', async () => {
    const { clock, log, pass, done } = start('eof');
    await pass(0);
    expect([await done, log, clock.pending]).toEqual([true, ['0 eof'], 0]);
  });

  test('asks after the end of the input, and kills when asking did not help', async () => {
    const { clock, log, pass, done } = start('SIGKILL', 'SIGKILL');
    await pass(1990);
    expect(log).toEqual(['0 eof']);
    await pass(3010);
    expect([await done, log]).toEqual([true, ['0 eof', '2000 cut', '2000 SIGTERM', '5000 SIGKILL']]);
    expect(clock.pending).toBe(0);
  });

  test('stops at SIGTERM when the server obeys it', async () => {
    const { log, pass, done } = start('SIGTERM', 'SIGTERM');
    await pass(2000);
    expect([await done, log.at(-1)]).toEqual([true, '2000 SIGTERM']);
  });

  test('ends an input at once that could not be written to its end', async () => {
    const { log, pass, done } = start('cut', 'cut');
    await pass(2000);
    expect([await done, log]).toEqual([true, ['0 eof', '2000 cut', '2000 SIGTERM']]);
  });

  test('sweeps what the leader left behind by the same rungs', async () => {
    const { clock, log, pass, done } = start('eof', 'SIGKILL');
    await pass(5000);
    expect([await done, log]).toEqual([true, ['0 eof', '2000 cut', '2000 SIGTERM', '5000 SIGKILL']]);
    expect(clock.pending).toBe(0);
  });

  test('notices soon that the rest of the group ended by itself', async () => {
    const { clock, log, pass, done, endRest } = start('eof', 'nothing');
    await pass(500);
    endRest();
    await pass(100);
    expect([await done, log]).toEqual([true, ['0 eof']]);
    expect(clock.now()).toBe(600);
  });

  test.each([
    ['a leader', 'nothing', 'nothing'],
    ['a remainder', 'eof', 'nothing'],
  ] as const)('gives up %s that nothing can end, and says so', async (_who, leader, rest) => {
    const { clock, pass, done } = start(leader, rest);
    await pass(10_000);
    expect([await done, clock.pending]).toEqual([false, 0]);
  });
});
