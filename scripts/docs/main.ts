/** Writes the pages of docs/ that mirror code: `npm run docs`, `npm run charts` for the charts alone, `npm run size` for the sizes. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Page, chartPages, pagesWithParts, printed, referencePages, withParts } from './pages.ts';
import { measuredSizes, pageSizes, sizePage, sizePath } from './size-page.ts';

const [, , part = 'docs'] = process.argv;

switch (part) {
  case 'charts':
    await writePages(chartPages);
    break;
  case 'size': {
    const sizes = await measuredSizes();
    await writePages([{ path: sizePath, build: () => sizePage(sizes, pageSizes()) }]);
    break;
  }
  default:
    await writePages([...chartPages, ...referencePages]);
    for (const path of pagesWithParts) write(path, await withParts(readFileSync(path, 'utf8')));
}

async function writePages(pages: readonly Page[]): Promise<void> {
  for (const page of pages) write(page.path, await printed(page));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(path);
}
