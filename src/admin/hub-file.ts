/**
 * Who has the address where people look for the page: a file for each such port, beside the run files. It tells a process of ours from a
 * stranger on the port without asking there, which would show the stranger the token.
 */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { type RunFileProblem, folderProblem, isAlive, leaveWord, readSmallJson, runFolder } from './run-folder.ts';

export interface HubFile {
  readonly pid: number;
  /** `http://HOST:PORT`. */
  readonly origin: string;
  /** What it was started as: `forward stdio`, `inspect`. */
  readonly command: string;
}

const nameOfFile = /^hub-\d{1,5}\.json$/;

/** Writes that this process has the address. Returns how to take that back, which may be called when the process ends. */
export function writeHubFile(file: HubFile, folder = runFolder()): { readonly remove: () => void } | RunFileProblem {
  const name = nameFor(file.origin);
  const problem = leaveWord(folder, name, file);
  if (problem !== undefined) return problem;
  const path = join(folder, name);
  return {
    remove: () => {
      if (readOne(path)?.pid === file.pid) rmSync(path, { force: true });
    },
  };
}

/** The process that has this address; undefined where none of ours has. */
export function holderOf(origin: string, folder = runFolder()): HubFile | undefined {
  return readHubFiles(folder).find((file) => file.origin === origin);
}

/** Of the processes that are there, whatever their port. */
export function readHubFiles(folder = runFolder()): readonly HubFile[] {
  try {
    if (folderProblem(folder) !== undefined) return [];
    return readdirSync(folder)
      .filter((name) => nameOfFile.test(name))
      .flatMap((name) => readOne(join(folder, name)) ?? [])
      .filter(({ pid }) => isAlive(pid));
  } catch {
    return [];
  }
}

function nameFor(origin: string): string {
  const { port } = new URL(origin);
  return `hub-${port === '' ? '80' : port}.json`;
}

function readOne(path: string): HubFile | undefined {
  const value = readSmallJson(path) as Partial<HubFile> | null | undefined;
  const isOne = typeof value?.pid === 'number' && typeof value.origin === 'string' && typeof value.command === 'string';
  return isOne ? (value as HubFile) : undefined;
}
