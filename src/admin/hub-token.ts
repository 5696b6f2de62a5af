/**
 * The token of the page of all processes. It is kept in the folder of the run files and taken over by the next hub, so that the address
 * of the page stays good when another process serves it. Whoever removes the file makes it invalid for hubs that start later.
 */

import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { systemReason } from '../reasons.ts';
import { type RunFileProblem, makeRunFolder, readSmallJson, runFolder, writeWhole } from './run-folder.ts';
import { newToken } from './token.ts';

const fileName = 'hub-token.json';
const form = /^[\w-]{43}$/;

/** The token that is there, or a new one. Of several processes that begin at once all get the same. */
export function hubToken(folder = runFolder()): { readonly token: string } | RunFileProblem {
  const path = join(folder, fileName);
  try {
    const problem = makeRunFolder(folder);
    if (problem !== undefined) return { problem };
    const kept = readHubToken(folder) ?? makeOne(folder);
    return kept === undefined ? { problem: `${path} is damaged, and cannot be put right` } : { token: kept };
  } catch (error) {
    return { problem: `${path} cannot be written: ${systemReason(error)}` };
  }
}

/** The token that is there. A file that others could read has none. */
export function readHubToken(folder = runFolder()): string | undefined {
  const path = join(folder, fileName);
  const value = readSmallJson(path) as { readonly token?: unknown } | null | undefined;
  if (typeof value?.token !== 'string' || !form.test(value.token)) return undefined;
  if (process.platform !== 'win32' && (lstatSync(path).mode & 0o077) !== 0) return undefined;
  return value.token;
}

/** What is there and is no token is replaced; what another process was faster with is taken. */
function makeOne(folder: string): string | undefined {
  const text = `${JSON.stringify({ token: newToken() })}\n`;
  if (!writeWhole(folder, fileName, text, 'first') && readHubToken(folder) === undefined) {
    writeWhole(folder, fileName, text, 'replace');
  }
  return readHubToken(folder);
}
