import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import spawn from 'cross-spawn';
import { afterAll, describe, expect, test } from 'vitest';
import { withLock } from '../../src/auth/lock-file.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'lock-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const clock = systemClock();
const options = { clock, holdMs: 60_000, lookMs: 1 };
let files = 0;
const newPath = (): string => join(folder, `${(files += 1)}.lock`);
/** A process that is over. */
const deadPid = spawn.sync(process.execPath, ['-e', '']).pid;

function leftBehind(path: string, parts: object): void {
  const owner = { pid: process.pid, host: hostname(), id: 'x', until: clock.wallTime() + 60_000, ...parts };
  writeFileSync(path, JSON.stringify(owner));
}

describe('a lock', () => {
  test('lets one act at a time, and everybody at last', async () => {
    const path = newPath();
    let [inside, most, acts] = [0, 0, 0];
    const act = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      acts += 1;
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, async () => withLock(path, options, act)));
    expect([most, acts]).toEqual([1, 20]);
    expect(existsSync(path)).toBe(false);
  });

  test('ends with what goes wrong under it, and gives back what comes of it', async () => {
    const path = newPath();
    await expect(withLock(path, options, async () => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
    expect(await withLock(path, options, async () => Promise.resolve(7))).toBe(7);
  });

  test.each([
    ['of a process that is over', { pid: deadPid }],
    ['that was held too long', { until: clock.wallTime() - 1 }],
    ['that was held too long on another machine', { host: 'elsewhere', until: clock.wallTime() - 1 }],
    ['that nobody can read', { pid: 'x' }],
  ])('%s is taken over, by one', async (_what, parts) => {
    const path = newPath();
    leftBehind(path, parts);
    let [inside, most] = [0, 0];
    await Promise.all(
      Array.from({ length: 10 }, async () =>
        withLock(path, options, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(readdirSync(folder).filter((name) => path.endsWith(name))).toEqual([]);
  });

  test.each([
    ['of a process that runs', {}],
    ['of another machine', { host: 'elsewhere', pid: deadPid }],
  ])('%s is waited for', async (_what, parts) => {
    const path = newPath();
    leftBehind(path, parts);
    let looks = 0;
    const freeing = {
      ...clock,
      wallTime: () => clock.wallTime(),
      now: () => clock.now(),
      clearTimeout: (timer: unknown) => clock.clearTimeout(timer),
      setTimeout: (act: () => void) => {
        looks += 1;
        if (looks === 3) rmSync(path);
        return clock.setTimeout(act, 0);
      },
    };
    await withLock(path, { ...options, clock: freeing }, async () => Promise.resolve());
    expect(looks).toBe(3);
  });

  test('that was taken over is not given back by who had it before', async () => {
    const path = newPath();
    await withLock(path, options, async () => {
      leftBehind(path, { id: 'somebody else' });
      return Promise.resolve();
    });
    expect(readFileSync(path, 'utf8')).toContain('somebody else');
  });
});
