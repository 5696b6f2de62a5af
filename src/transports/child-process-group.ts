/**
 * The processes that belong to one child: itself and whatever it started that did not leave its process group. Says
 * whether any of them still runs, and signals them together. Knows nothing of why or in which order.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessGroup {
  /** No process of the group runs any more; zombies do not count, they hold nothing but a number. */
  isEmpty(): boolean;
  /** Signals every process of the group; nothing happens when there is none, or none that we may signal. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

const isWindows = process.platform === 'win32';

/**
 * The group led by `leader`, a child started with `detached: true`. Windows has no groups: there it is the child alone.
 * Once the group was seen empty it stays so, because its number may then belong to a stranger.
 */
export function processGroup(leader: number): ProcessGroup {
  const target = isWindows ? leader : -leader;
  let wasSeenEmpty = false;
  const isEmpty = (): boolean => {
    wasSeenEmpty ||= !canBeSignalled(target) || (process.platform === 'linux' && !hasRunningMember(leader));
    return wasSeenEmpty;
  };
  return {
    isEmpty,
    signal: (signal) => {
      if (wasSeenEmpty) return;
      try {
        process.kill(target, signal);
      } catch {
        // Gone in the meantime, or run by another user: `isEmpty` tells the two apart.
      }
    },
  };
}

function canBeSignalled(target: number): boolean {
  try {
    process.kill(target, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Orphans become zombies for good where process 1 does not collect them, as in a container whose process 1 is this very
 * program. Signalling a zombie succeeds, so only /proc can tell.
 */
function hasRunningMember(group: number): boolean {
  return readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && isRunningMember(entry, group));
}

function isRunningMember(pid: string, group: number): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return false;
  }
  // "pid (name) state parent group ...": the name may hold anything, brackets included.
  const [state, , groupOfPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(groupOfPid) === group && state !== 'Z' && state !== 'X';
}
