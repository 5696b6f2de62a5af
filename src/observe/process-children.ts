/** The children of a process as the system has them. Linux tells them in /proc, other Unixes through `ps`; Windows is not asked. */

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

export interface RunningChild {
  readonly pid: number;
  /** The name of its program, without arguments: those may hold secrets. */
  readonly name: string;
  /** It has ended, and its parent has not taken notice. */
  readonly isZombie: boolean;
}

/** Undefined where nobody can tell. Reads at one moment, and waits for nothing but the system. */
export function runningChildren(parent: number = process.pid): readonly RunningChild[] | undefined {
  if (process.platform === 'win32') return undefined;
  return (process.platform === 'linux' ? childrenInProc(parent) : undefined) ?? childrenByPs(parent);
}

function childrenInProc(parent: number): readonly RunningChild[] | undefined {
  try {
    const tasks = readdirSync(`/proc/${parent}/task`);
    const pids = tasks.flatMap((task) =>
      readFileSync(`/proc/${parent}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return pids.flatMap((pid) => childInProc(pid) ?? []);
  } catch {
    return undefined;
  }
}

/** Undefined for one that has gone in the meantime. */
function childInProc(pid: number): RunningChild | undefined {
  try {
    // The name stands in brackets and may hold any character, brackets too.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    return { pid, name: stat.slice(stat.indexOf('(') + 1, end), isZombie: stat[end + 2] === 'Z' };
  } catch {
    return undefined;
  }
}

/** How long `ps` may take. */
const psMsMax = 5_000;

function childrenByPs(parent: number): readonly RunningChild[] | undefined {
  try {
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,comm='], { encoding: 'utf8', timeout: psMsMax });
    return childrenInTable(table, parent);
  } catch {
    return undefined;
  }
}

/** @param table lines of process id, parent, state and name. */
export function childrenInTable(table: string, parent: number): readonly RunningChild[] {
  return table.split('\n').flatMap((line) => {
    const [, pid, ppid, state = '', path = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    const name = path.split('/').at(-1)!;
    // `ps` itself is a child while it looks.
    if (Number(ppid) !== parent || name === 'ps') return [];
    return [{ pid: Number(pid), name, isZombie: state.startsWith('Z') }];
  });
}
