/** What still runs of a group of processes, as `ps` sees it. */
import { spawnSync } from 'node:child_process';

/** One line for each process of the group that is no zombie. */
export function survivors(group: number): readonly string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pgid=,pid=,stat=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => {
    const [pgid, , stat] = line.trim().split(/\s+/);
    return Number(pgid) === group && stat?.startsWith('Z') === false;
  });
}
