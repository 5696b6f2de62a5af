/**
 * The children that this process has started and that have not ended, for whoever compares them with what the system says. One roster
 * for the process, since the system knows one parent. Decides nothing, and ends nobody.
 */

import type { ChildProcess } from 'node:child_process';

export interface StartedChild {
  readonly pid: number;
  /** `server`: for sessions. `errand`: it does one thing and goes, or is not ours to end, such as a browser. */
  readonly what: 'server' | 'errand';
  /** It runs before anybody has connected to it. */
  readonly isAhead: boolean;
  /** When it was told to go, on the clock of its runtime; undefined before that. */
  readonly stopAskedAt: number | undefined;
}

const started = new Map<number, { -readonly [Member in keyof StartedChild]: StartedChild[Member] }>();

export function childStarted(pid: number, what: StartedChild['what']): void {
  started.set(pid, { pid, what, isAhead: false, stopAskedAt: undefined });
}

/** A child that is no server. Its end is heard here. */
export function errandStarted(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  childStarted(pid, 'errand');
  child.once('exit', () => childEnded(pid));
}

/** @param isAhead true until somebody connects. */
export function childAhead(pid: number, isAhead: boolean): void {
  const child = started.get(pid);
  if (child !== undefined) child.isAhead = isAhead;
}

export function childAskedToStop(pid: number, at: number): void {
  const child = started.get(pid);
  if (child !== undefined) child.stopAskedAt ??= at;
}

export function childEnded(pid: number): void {
  started.delete(pid);
}

/** A copy, in the order in which they were started. */
export function startedChildren(): readonly StartedChild[] {
  return Array.from(started.values(), (child) => ({ ...child }));
}
