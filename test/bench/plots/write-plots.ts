/** Draws the plots of docs/benchmarks.md anew from its numbers, without measuring anything: `npm run bench:plots`. */

import { readFileSync } from 'node:fs';
import { writePlots } from './plot-files.ts';

for (const file of writePlots(readFileSync('docs/benchmarks.md', 'utf8'))) console.log(file);
