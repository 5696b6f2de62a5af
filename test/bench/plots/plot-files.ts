/** Puts the plots where docs/benchmarks.md shows them. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plotFolder, plotsOf } from './plots.ts';

/** @param page with the numbers. @returns the files that were written. */
export function writePlots(page: string): readonly string[] {
  mkdirSync(plotFolder, { recursive: true });
  return [...plotsOf(page)].map(([name, svg]) => {
    const file = join(plotFolder, name);
    writeFileSync(file, svg);
    return file;
  });
}
