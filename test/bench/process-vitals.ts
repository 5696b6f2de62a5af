/** What the system tells of a process: the time that it has had, its memory, its files and its children. Linux alone has it. */

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

/** Microseconds of processor time that all living threads of a process have used, as the scheduler counts them. */
export function cpuMicrosOfProcess(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.reduce((sum, task) => {
    const [nanos] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ');
    return sum + Number(nanos) / 1000;
  }, 0);
}

/** Memory that a process holds now, shared parts included. */
export function residentBytesOf(pid: number): number {
  return statusBytes(pid, 'VmRSS');
}

/** The most memory that a process has held since it started, or since `forgetPeak`. */
export function peakBytesOf(pid: number): number {
  return statusBytes(pid, 'VmHWM');
}

/** From now on the peak is what comes. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Files, sockets and pipes that a process has open. */
export function openFilesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Processes that a process has started and that are there still, not counting their own. */
export function childrenOf(pid: number): number {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return listed === '' ? 0 : listed.split(' ').length;
}

function statusBytes(pid: number, name: string): number {
  const [, kibibytes] =
    new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}
