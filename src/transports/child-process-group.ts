/**
 * The processes that belong to one child: itself and whatever it started that did not leave its process group, or on Windows,
 * which has none, its process tree. Says whether any of them still runs, and ends them together. Knows nothing of why or in
 * which order.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../reasons.ts';

export interface ProcessGroup {
  /** No process of the group runs any more; zombies do not count, they hold nothing but a number. */
  isEmpty(): boolean;
  /** Signals every process of the group; nothing happens when there is none, or none that we may signal. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/**
 * The group led by `leader`, a child started with `detached: true` except on Windows. Once the group was seen empty it stays
 * so, because its number may then belong to a stranger.
 */
export function processGroup(leader: number): ProcessGroup {
  if (process.platform === 'win32') return processTree(leader, process.env['SystemRoot'] ?? 'C:\\Windows');
  return once({
    isEmpty: () => !canBeSignalled(-leader) || (process.platform === 'linux' && !hasRunningMember(leader)),
    signal: (signal) => sendSignal(-leader, signal),
  });
}

/** How long a process tree may take to be killed, for which everything else stands still. */
const taskkillMsMax = 2000;

/**
 * A child on Windows and what it started. Windows knows who was started by whom as long as the starter runs: what is left of a
 * tree without its leader cannot be found, and the tree counts as empty. There are no signals either: programs without a
 * window do not hear of SIGTERM. SIGKILL has done its work when it returns, since Windows ends the leader together with us.
 * @param systemRoot where Windows is, as in the variable SystemRoot.
 */
export function processTree(leader: number, systemRoot: string): ProcessGroup {
  // By its whole path: a bare name would be looked for in the present folder first.
  const taskkill = join(systemRoot, 'System32', 'taskkill.exe');
  const words = ['/PID', String(leader), '/T'];
  return once({
    isEmpty: () => !canBeSignalled(leader),
    signal: (signal) => {
      const options = { stdio: 'ignore', windowsHide: true } as const;
      if (signal === 'SIGTERM') {
        spawn(taskkill, words, options).on('error', () => {});
        return;
      }
      const { error } = spawnSync(taskkill, [...words, '/F'], { ...options, timeout: taskkillMsMax });
      if (error !== undefined) sendSignal(leader, signal);
    },
  });
}

function once(group: ProcessGroup): ProcessGroup {
  let wasSeenEmpty = false;
  return {
    isEmpty: () => (wasSeenEmpty ||= group.isEmpty()),
    signal: (signal) => {
      if (!wasSeenEmpty) group.signal(signal);
    },
  };
}

function sendSignal(target: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(target, signal);
  } catch {
    // Gone in the meantime, or run by another user: `isEmpty` tells the two apart.
  }
}

function canBeSignalled(target: number): boolean {
  try {
    process.kill(target, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
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
