/**
 * Where the command line and the hub find the processes that can be managed: a file for each, with its address and its token, in a
 * folder that nobody else may read. Files of processes that are gone are removed by whoever finds them.
 */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, systemReason } from '../reasons.ts';
import { type RunFileProblem, folderProblem, isAlive, leaveWord, readSmallJson, runFolder } from './run-folder.ts';

export interface RunFile {
  readonly pid: number;
  /** Where the admin listener is: `http://HOST:PORT`. */
  readonly origin: string;
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

const nameOfFile = /^(\d{1,10})\.json$/;

/** Writes the file of this process. Returns how to remove it, which may be called when the process ends. */
export function writeRunFile(file: RunFile, folder = runFolder()): { readonly remove: () => void } | RunFileProblem {
  const name = `${file.pid}.json`;
  const problem = leaveWord(folder, name, file);
  if (problem !== undefined) return problem;
  return { remove: () => removeFile(join(folder, name), file.startedAt) };
}

/** The files of the processes that are there, in the order in which those started. Removes the others. */
export function readRunFiles(folder = runFolder()): readonly RunFile[] | RunFileProblem {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? [] : { problem: `${folder} cannot be read: ${systemReason(error)}` };
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

function readOne(path: string): RunFile | undefined {
  const value = readSmallJson(path);
  return isRunFile(value) ? value : undefined;
}

function isRunFile(value: unknown): value is RunFile {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, origin, token, startedAt } = value as Readonly<Record<string, unknown>>;
  return (
    typeof pid === 'number' && typeof origin === 'string' && typeof token === 'string' && typeof startedAt === 'number'
  );
}

/** A later process may have the same pid, and its file is not ours. */
function removeFile(path: string, startedAt: number): void {
  if (readOne(path)?.startedAt === startedAt) rmSync(path, { force: true });
}
