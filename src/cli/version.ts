/** The version of this package, from its own package.json. */

import { readFileSync } from 'node:fs';

export function packageVersion(): string {
  // dist/src/cli/version.js stands three folders below the package's root.
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
