/** Writes the pages of docs/ that mirror code: `npm run docs`, or `npm run charts` for the charts alone. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { chartPages, pagesWithParts, printed, referencePages, withParts } from './pages.ts';

const isChartsAlone = process.argv[2] === 'charts';

for (const page of isChartsAlone ? chartPages : [...chartPages, ...referencePages])
  write(page.path, await printed(page));
for (const path of isChartsAlone ? [] : pagesWithParts) write(path, await withParts(readFileSync(path, 'utf8')));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(path);
}
