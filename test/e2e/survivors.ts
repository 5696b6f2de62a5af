/** Which processes run, as `ps` sees them: how a test shows that nothing of what it started is left. */
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** Nobody tells of the end of a process that is not one's own child, so it is asked for, at this pace. */
const lookEveryMs = 100;

/** Long enough for the whole stop ladder on a busy machine. */
const patienceMs = 20_000;

interface Running {
  readonly group: number;
  readonly pid: number;
  readonly command: string;
}

/** Zombies run no more. */
function processes(): readonly Running[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'stat=,pgid=,pid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [state = 'Z', group, pid, ...command] = line.trim().split(/\s+/);
    return state.startsWith('Z') ? [] : { group: Number(group), pid: Number(pid), command: command.join(' ') };
  });
}

/** What runs of the group of processes. */
export function survivors(group: number): readonly Running[] {
  return survivorsOf([group]);
}

/** The same for many groups at one look. */
export function survivorsOf(groups: readonly number[]): readonly Running[] {
  return processes().filter(({ group }) => groups.includes(group));
}

/** What runs with this word in its command line. */
export function running(marker: string): readonly Running[] {
  return processes().filter(({ command }) => command.includes(marker));
}

/** What still runs with this word in its command line when there was time enough for all of it to end. */
export async function lasting(marker: string): Promise<readonly Running[]> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const left = running(marker);
    if (left.length === 0 || performance.now() > until) return left;
    await pause(lookEveryMs);
  }
}
