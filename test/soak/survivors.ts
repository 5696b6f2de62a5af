/** Which processes of a run are still there. They are found by a mark in their environment, which every child inherits. Linux. */

import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export const markName = 'NINELIVES_SOAK';

/** Process ids whose environment carries a mark that begins so; zombies hold nothing and do not count. */
export function processesMarked(beginning: string): readonly number[] {
  const wanted = `\0${markName}=${beginning}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => `\0${read(`/proc/${pid}/environ`)}`.includes(wanted) && !isZombie(pid))
    .map(Number);
}

/** The processes that are still there after `patienceMs`; resolves as soon as there is none. */
export async function survivors(beginning: string, patienceMs: number): Promise<readonly number[]> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const left = processesMarked(beginning);
    if (left.length === 0 || performance.now() > until) return left;
    await sleep(100);
  }
}

/** What a process is, for people. */
export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() || `process ${pid}`;
}

function isZombie(pid: string): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' || stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Gone meanwhile, or not ours to look at.
    return '';
  }
}
