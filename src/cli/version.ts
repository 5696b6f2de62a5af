/** The version of this package, from its own package.json. */

import { existsSync, readFileSync } from 'node:fs';

/** Looks upwards from this file: it is run from more than one place, compiled alone and as a part of the command. */
export function packageVersion(from = new URL(import.meta.url)): string {
  const file = new URL('package.json', from);
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  const above = new URL('..', from);
  if (above.href === from.href) throw new Error('The command has lost its package.json');
  return packageVersion(above);
}
