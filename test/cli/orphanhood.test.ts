import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Orphanhood, lookingFor } from '../../src/cli/orphanhood.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

interface Child {
  readonly clock: VirtualClock;
  readonly orphanhood: Orphanhood;
  readonly loseParent: () => void;
  /** How often it was told that the parent is gone. */
  readonly told: () => number;
}

function child(): Child {
  const clock = new VirtualClock();
  let parent = 100;
  let told = 0;
  const orphanhood = new Orphanhood(
    clock,
    () => {
      told += 1;
    },
    () => parent,
  );
  return {
    clock,
    orphanhood,
    loseParent: () => {
      parent = 1;
    },
    told: () => told,
  };
}

describe('a process whose parent', () => {
  test('lives is told nothing, however long that takes', () => {
    const { clock, told } = child();
    clock.advance(3_600_000);
    expect([told(), clock.pending]).toEqual([0, 1]);
  });

  test('is gone learns of it within a second, once, and looks no more', () => {
    const { clock, loseParent, told } = child();
    clock.advance(2500);
    loseParent();
    expect(told()).toBe(0);
    clock.advance(1000);
    expect([told(), clock.pending]).toEqual([1, 0]);
    clock.advance(10_000);
    expect(told()).toBe(1);
  });

  test('is gone after it has stopped to look hears nothing, and holds no timer', () => {
    const { clock, orphanhood, loseParent, told } = child();
    clock.advance(1500);
    orphanhood.stop();
    loseParent();
    clock.advance(10_000);
    expect([told(), clock.pending]).toEqual([0, 0]);
  });
});

test('a parent whose id nobody takes over is gone when nothing runs under it', async () => {
  const parent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 2 ** 30)'], { stdio: 'ignore' });
  const parentOf = lookingFor(parent.pid!);
  expect(parentOf()).toBe(parent.pid);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  expect(parentOf()).toBe(0);
  expect(lookingFor(1)()).toBe(1);
});

const built = (path: string): string => JSON.stringify(new URL(`../../dist/src/${path}`, import.meta.url).href);

/** Looks after its parent, and says so when that is gone. */
const orphan = `
  import { Orphanhood, lookingFor } from ${built('cli/orphanhood.js')};
  import { systemClock } from ${built('runtime/system-clock.js')};
  new Orphanhood(systemClock(), () => { console.log('orphaned'); process.exit(); });
  const hold = setInterval(() => {}, 2 ** 30);
  console.log('looking ' + process.pid);
`;

test('a real process learns that the one that started it was killed', async () => {
  const parent: ChildProcess = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(orphan)}], { stdio: 'inherit' });
       setInterval(() => {}, 2 ** 30);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: fileURLToPath(new URL('../..', import.meta.url)) },
  );
  const heard: string[] = [];
  for await (const line of createInterface(parent.stdout!)) {
    heard.push(line.replace(/ \d+/, ''));
    if (line.startsWith('looking')) parent.kill('SIGKILL');
  }
  // The child held the other end of the pipe: the loop has ended, and so has the child.
  if (parent.signalCode === null) await once(parent, 'exit');
  expect(heard).toEqual(['looking', 'orphaned']);
});
