/** What importing a file loads, followed through the files themselves: types are erased, a later `import()` is not now. */

import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

export interface Loaded {
  /** Files of ours, by their path from the root. */
  readonly files: ReadonlySet<string>;
  /** Packages and built-in modules, as they are named. */
  readonly packages: ReadonlySet<string>;
}

export function loadedBy(entry: string): Loaded {
  const files = new Set([entry]);
  const packages = new Set<string>();
  for (const path of files) {
    const code = readFileSync(path, 'utf8').replaceAll(/^\s*\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
    const statement = /^(?:import|export)\b(?! type\b)(?:[^'";]*\bfrom)?\s*['"]([^'"]+)['"]/gm;
    for (const [, specifier = ''] of code.matchAll(statement)) {
      if (specifier.startsWith('.')) files.add(posix.join(posix.dirname(path), specifier));
      else packages.add(specifier);
    }
  }
  return { files, packages };
}
