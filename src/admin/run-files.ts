/**
 * Where the command line finds the processes that can be managed: a file for each, with its address and its token, in a folder that
 * nobody else may read. Files of processes that are gone are removed by whoever finds them.
 */

import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { systemReason } from '../reasons.ts';

export interface RunFile {
  readonly pid: number;
  /** Where the admin listener is: `http://HOST:PORT`. */
  readonly origin: string;
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** A folder or a file that cannot be used, as a sentence. */
export interface RunFileProblem {
  readonly problem: string;
}

/** Longer files are not ours. */
const fileBytesMax = 16 * 1024;
const nameOfFile = /^(\d{1,10})\.json$/;

export function runFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment['XDG_RUNTIME_DIR'];
  if (own !== undefined && isAbsolute(own)) return join(own, 'ninelives');
  return join(tmpdir(), `ninelives-${process.platform === 'win32' ? 'run' : userInfo().uid}`);
}

/** Writes the file of this process. Returns how to remove it, which may be called when the process ends. */
export function writeRunFile(file: RunFile, folder = runFolder()): { readonly remove: () => void } | RunFileProblem {
  const path = join(folder, `${file.pid}.json`);
  const unfinished = join(folder, `.${file.pid}.${file.startedAt}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const problem = folderProblem(folder);
    if (problem !== undefined) return { problem };
    // Whoever reads it finds all of it or nothing.
    writeFileSync(unfinished, `${JSON.stringify(file)}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(unfinished, 0o600);
    renameSync(unfinished, path);
  } catch (error) {
    return { problem: `${path} cannot be written: ${systemReason(error)}` };
  }
  return { remove: () => removeFile(path, file.startedAt) };
}

/** The files of the processes that are there, in the order in which those started. Removes the others. */
export function readRunFiles(folder = runFolder()): readonly RunFile[] | RunFileProblem {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? [] : { problem: `${folder} cannot be read: ${systemReason(error)}` };
  }
  const problem = folderProblem(folder);
  if (problem !== undefined) return { problem };
  const found: RunFile[] = [];
  for (const name of names) {
    const pid = Number(nameOfFile.exec(name)?.[1]);
    if (Number.isNaN(pid)) continue;
    const path = join(folder, name);
    const file = isAlive(pid) ? readOne(path) : undefined;
    if (file !== undefined && file.pid === pid) found.push(file);
    else if (!isAlive(pid)) rmSync(path, { force: true });
  }
  return found.toSorted((one, other) => one.startedAt - other.startedAt);
}

/** What stands in the way of trusting what is in the folder. */
function folderProblem(folder: string): string | undefined {
  const found = lstatSync(folder);
  if (!found.isDirectory()) return `${folder} is no folder`;
  if (process.platform === 'win32') return undefined;
  if (found.uid !== userInfo().uid) return `${folder} belongs to somebody else`;
  if ((found.mode & 0o077) !== 0) return `${folder} is open to others: chmod 700 it`;
  return undefined;
}

/** Undefined for what is no such file, or is gone by now. */
function readOne(path: string): RunFile | undefined {
  try {
    if (lstatSync(path).size > fileBytesMax) return undefined;
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRunFile(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRunFile(value: unknown): value is RunFile {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, origin, token, startedAt } = value as Readonly<Record<string, unknown>>;
  return (
    typeof pid === 'number' && typeof origin === 'string' && typeof token === 'string' && typeof startedAt === 'number'
  );
}

/** One that we may not even signal is somebody else's, and none that a file in our folder is about. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A later process may have the same pid, and its file is not ours. */
function removeFile(path: string, startedAt: number): void {
  if (readOne(path)?.startedAt === startedAt) rmSync(path, { force: true });
}
