/** Why a server could not be started at all, told apart as far as the operator can do something about it. */
import { statSync } from 'node:fs';

export type SpawnErrorKind = 'not-found' | 'not-executable' | 'no-such-directory' | 'no-resources' | 'failed';

/** Classifies what `spawn` threw or reported for a child in `cwd`. */
export function spawnErrorKind(error: Error, cwd: string | undefined): SpawnErrorKind {
  switch ('code' in error ? error.code : undefined) {
    case 'ENOENT':
    case 'ENOTDIR':
      // The system reports a missing working directory as if the command were missing.
      return cwd === undefined || isDirectory(cwd) ? 'not-found' : 'no-such-directory';
    case 'EACCES':
    case 'EPERM':
    case 'ENOEXEC':
    case 'EFTYPE':
      return 'not-executable';
    case 'EAGAIN':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return 'no-resources';
    default:
      return 'failed';
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
