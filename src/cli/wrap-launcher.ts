/**
 * How a client is to start this very installation, in words that hold when its own PATH is another one, and when Node is updated.
 */

import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Installation {
  /** The program that runs this script. */
  readonly execPath: string;
  /** The script: `process.argv[1]`. */
  readonly script: string;
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

/**
 * Whole paths, since a client that was started from a desktop has hardly anything on its PATH. What `npx` has fetched stands in a
 * cache that may be emptied, so there `npx` is what is said, with this version.
 */
export function launcherOf({ execPath, script, version, environment, platform }: Installation): readonly string[] {
  const path = resolved(script);
  const node = lastingName(execPath, environment, platform);
  if (!/[/\\]_npx[/\\]/.test(path)) return [node, path];
  const npx = ['-y', `ninelives@${version}`];
  // Windows starts no script without its shell.
  return platform === 'win32' ? ['cmd', '/c', 'npx', ...npx] : [besideNode(node), ...npx];
}

/** The path of npx next to this Node, where it is there. */
function besideNode(node: string): string {
  const npx = join(node, '..', 'npx');
  return isThere(npx) ? npx : 'npx';
}

/** A package manager keeps each version of Node in a folder of its own, and the one in use under a name on the PATH. */
function lastingName(execPath: string, { PATH = '' }: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const name = platform === 'win32' ? 'node.exe' : 'node';
  const itself = resolved(execPath);
  const found = PATH.split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => isThere(path));
  return found !== undefined && resolved(found) === itself ? found : execPath;
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
