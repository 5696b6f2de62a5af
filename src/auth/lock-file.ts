/**
 * A file that stands while one of several processes does what only one may do. Its owner may die: the file says who it is and until
 * when it may take, and whoever finds it left behind removes it.
 */

import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';

import type { Clock } from '../ports.ts';
import { systemCode } from '../reasons.ts';

export interface LockOptions {
  readonly clock: Clock;
  /** How long its owner may keep it. */
  readonly holdMs: number;
  /** How often somebody who waits looks again. */
  readonly lookMs?: number;
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly id: string;
  /** Wall time in milliseconds. */
  readonly until: number;
}

const lookDefaultMs = 50;

/** Does it when nobody else does, and waits for that as long as others take. */
export async function withLock<T>(path: string, options: LockOptions, act: () => Promise<T>): Promise<T> {
  const owner = await lock(path, options);
  try {
    return await act();
  } finally {
    await unlock(path, owner);
  }
}

async function lock(path: string, { clock, holdMs, lookMs = lookDefaultMs }: LockOptions): Promise<Owner> {
  for (;;) {
    const owner: Owner = { pid: process.pid, host: hostname(), id: randomUUID(), until: clock.wallTime() + holdMs };
    if (await create(path, owner)) return owner;
    const text = await textOf(path);
    if (text !== undefined && isLeftBehind(text, clock)) await remove(path, text);
    else await new Promise<void>((resolve) => clock.setTimeout(resolve, lookMs));
  }
}

async function create(path: string, owner: Owner): Promise<boolean> {
  // Written before it has its name, so that nobody finds it half written.
  const draft = `${path}.${owner.id}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(JSON.stringify(owner));
    await file.close();
    await link(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** One that became too old in the hands of its owner may be somebody else's by now. */
async function unlock(path: string, { id }: Owner): Promise<void> {
  const text = await textOf(path);
  if (text !== undefined && ownerIn(text)?.id === id) await rm(path, { force: true });
}

/** Of several who find it left behind one removes it; whoever has taken a newer one by mistake puts it back. */
async function remove(path: string, found: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await textOf(aside)) !== found) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

function isLeftBehind(text: string, clock: Clock): boolean {
  const owner = ownerIn(text);
  if (owner === undefined || owner.until < clock.wallTime()) return true;
  return owner.host === hostname() && !isAlive(owner.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

function ownerIn(text: string): Owner | undefined {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    const { pid, host, id, until } = value ?? {};
    if (typeof pid !== 'number' || typeof until !== 'number' || pid < 1) return undefined;
    return typeof host === 'string' && typeof id === 'string' ? { pid, host, id, until } : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}
