/** The sizes that the documentation gives are those of the build. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { measuredSizes, pageSizes, sizePath } from '../scripts/docs/size-page.ts';

/** What a change may add or take before the page has to be written again. */
const toleranceRatio = 0.02;

test('the sizes are true within 2 %', async () => {
  const page = readFileSync(sizePath, 'utf8');
  const rows = [...page.matchAll(/^\| (.+?) +\| (\d+) +\| (\d+) +\|$/gm)];
  const sizes = [...(await measuredSizes()), ...pageSizes()];
  expect(rows.map(([, title]) => title)).toEqual(sizes.map(({ title }) => title));
  const off = sizes.filter(({ bytes, gzippedBytes }, index) => {
    const [, , saidBytes, saidGzipped] = rows[index]!;
    return [bytes / Number(saidBytes), gzippedBytes / Number(saidGzipped)].some(
      (ratio) => !(Math.abs(ratio - 1) <= toleranceRatio),
    );
  });
  expect(off, 'run npm run size').toEqual([]);
});

test('who reads messages alone carries no session and no XState', async () => {
  const [reading, sessions] = await measuredSizes();
  expect(reading!.bytes * 5).toBeLessThan(sessions!.bytes);
});

test("the inspector's page is under 150 KB, gzipped", () => {
  const [opened, , all] = pageSizes();
  expect(opened!.gzippedBytes).toBeGreaterThan(10_000);
  expect(all!.gzippedBytes).toBeLessThan(150_000);
});
