/** Which processes run, as `ps` sees them: how a test shows that nothing of what it started is left. */
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** Nobody tells of the end of a process that is not one's own child, so it is asked for, at this pace. */
const lookEveryMs = 100;

/** Long enough for the whole stop ladder on a busy machine. */
const patienceMs = 20_000;

/** One line for each running process whose command line contains `marker`. Zombies run no more. */
export function running(marker: string): readonly string[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'stat=,pid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.includes(marker) && !line.trimStart().startsWith('Z'));
}

/** What still runs when there was time enough for all of it to end. */
export async function survivors(marker: string): Promise<readonly string[]> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const left = running(marker);
    if (left.length === 0 || performance.now() > until) return left;
    await pause(lookEveryMs);
  }
}
