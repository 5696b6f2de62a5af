/** Programs that end together with everything they started: each is the head of a group of processes, and the group is signalled. */

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from './programs.ts';

const stopMsMax = 3_000;

/** Programs that run, each with the moment when nobody holds its output any more: neither it nor what it started. */
const running = new Map<ChildProcess, Promise<unknown>>();

export function startGroup([program = '', ...args]: Command, options: SpawnOptions): ChildProcess {
  const child = spawn(program, args, { ...options, detached: true });
  const closed = once(child, 'close');
  // Whoever started it is told of the error.
  closed.catch(() => {});
  running.set(child, closed);
  return child;
}

/** Asks the group to end; what is left of it after 3 seconds is killed. */
export async function stopGroup(child: ChildProcess): Promise<void> {
  const closed = running.get(child)?.catch(() => {});
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    signalGroup(child, signal);
    await Promise.race([closed, sleep(stopMsMax, undefined, { ref: false })]);
  }
  running.delete(child);
}

/** For the moment in which this process itself ends. */
export function killAllGroups(): void {
  for (const child of running.keys()) signalGroup(child, 'SIGKILL');
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
