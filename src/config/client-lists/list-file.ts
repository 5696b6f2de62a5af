/**
 * A client's configuration as a file: read whole, and written so that a reader finds the old text or the new one. Links are followed,
 * mode and byte order mark stay, and who wrote the file meanwhile is not written over.
 */

import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { systemReason } from '../../reasons.ts';

export interface ListFile {
  /** As it was named. */
  readonly path: string;
  /** Without the byte order mark. */
  readonly text: string;
}

export interface FileProblem {
  readonly problem: string;
}

/** Larger files are no lists that people keep. */
const fileBytesMax = 64 * 1024 * 1024;
const mark = '\uFEFF';

/** Undefined where there is none. */
export function readListFile(path: string): ListFile | FileProblem | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { size } = statSync(path);
    if (size > fileBytesMax) return { problem: `${path} is too large for a list of servers: ${size} bytes` };
    const bytes = readFileSync(path);
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return {
      problem:
        error instanceof TypeError ? `${path} is no UTF-8 text` : `${path} cannot be read: ${systemReason(error)}`,
    };
  }
}

/** The file beside a list that says what it would be without us. */
export function backupPath(path: string): string {
  return `${realPath(path)}.ninelives-backup`;
}

/** Writes the text in the place of the one that was read. */
export function writeListFile({ path, text: before }: ListFile, text: string): FileProblem | undefined {
  const target = realPath(path);
  try {
    const bytes = readFileSync(target);
    const now = new TextDecoder('utf-8').decode(bytes);
    if (now !== before) return { problem: `${path} was changed meanwhile by somebody else: try again` };
    const hasMark = bytes.toString('utf8').startsWith(mark);
    put(target, hasMark ? mark + text : text, target);
    return undefined;
  } catch (error) {
    return { problem: `${path} cannot be written: ${systemReason(error)}` };
  }
}

/** Keeps what the file would be without us, readable for the same people. */
export function writeBackup({ path }: ListFile, text: string): FileProblem | undefined {
  const target = realPath(path);
  try {
    const hasMark = readFileSync(target, 'utf8').startsWith(mark);
    put(backupPath(path), hasMark ? mark + text : text, target);
    return undefined;
  } catch (error) {
    return { problem: `${backupPath(path)} cannot be written: ${systemReason(error)}` };
  }
}

export function removeBackup({ path }: ListFile): void {
  rmSync(backupPath(path), { force: true });
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** All of it or nothing, with mode and owner of the other file. */
function put(target: string, text: string, like: string): void {
  const { mode, uid, gid } = statSync(like);
  const unfinished = `${target}.${process.pid}.tmp`;
  try {
    const file = openSync(unfinished, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(unfinished, mode & 0o7777);
    // Root may edit the file of somebody else, who has to be able to read it afterwards.
    if (process.getuid?.() === 0) chownSync(unfinished, uid, gid);
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
