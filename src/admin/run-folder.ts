/**
 * The folder in which the processes of one user leave word of themselves for each other, and small files in it that are there whole or
 * not at all. Knows whom the folder has to belong to, not what stands in the files.
 */

import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { systemCode, systemReason } from '../reasons.ts';

/** A folder or a file that cannot be used, as a sentence. */
export interface RunFileProblem {
  readonly problem: string;
}

/** Longer files are not ours. */
const fileBytesMax = 16 * 1024;

export function runFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment['XDG_RUNTIME_DIR'];
  if (own !== undefined && isAbsolute(own)) return join(own, 'ninelives');
  return join(tmpdir(), `ninelives-${process.platform === 'win32' ? 'run' : userInfo().uid}`);
}

/**
 * Makes the folder where it is missing. Returns what stands in the way of trusting what is in it.
 * @throws the error of the system where it cannot be made.
 */
export function makeRunFolder(folder: string): string | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folderProblem(folder);
}

/** What stands in the way of trusting what is in the folder. Throws where there is none. */
export function folderProblem(folder: string): string | undefined {
  const found = lstatSync(folder);
  if (!found.isDirectory()) return `${folder} is no folder`;
  if (process.platform === 'win32') return undefined;
  if (found.uid !== userInfo().uid) return `${folder} belongs to somebody else`;
  if ((found.mode & 0o077) !== 0) return `${folder} is open to others: chmod 700 it`;
  return undefined;
}

let writes = 0;

/**
 * Whoever reads it finds all of it or nothing, and nobody else can.
 * @param how `replace`: what is there goes. `first`: what is there stays, and false is returned.
 * @throws the error of the system.
 */
export function writeWhole(folder: string, name: string, text: string, how: 'replace' | 'first'): boolean {
  const path = join(folder, name);
  const unfinished = join(folder, `.${name}.${process.pid}.${(writes += 1)}`);
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
  try {
    chmodSync(unfinished, 0o600);
    if (how === 'replace') renameSync(unfinished, path);
    else linkSync(unfinished, path);
    return true;
  } catch (error) {
    if (how === 'first' && systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Leaves a small file there, in the place of the one before. Returns why it cannot be. */
export function leaveWord(folder: string, name: string, word: object): RunFileProblem | undefined {
  try {
    const problem = makeRunFolder(folder);
    if (problem !== undefined) return { problem };
    writeWhole(folder, name, `${JSON.stringify(word)}\n`, 'replace');
    return undefined;
  } catch (error) {
    return { problem: `${join(folder, name)} cannot be written: ${systemReason(error)}` };
  }
}

/** The JSON of a file; undefined for what is no such file, or is gone by now. */
export function readSmallJson(path: string): unknown {
  try {
    if (lstatSync(path).size > fileBytesMax) return undefined;
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** One that we may not even signal is somebody else's, and none that a file in our folder is about. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
