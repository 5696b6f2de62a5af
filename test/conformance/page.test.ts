/** The page says what was run, what it came to, and each difference in one line. */

import { expect, test } from 'vitest';
import type { Difference, Tally } from './compare.ts';
import { type Row, differenceLines, resultsSection, resultsTable } from './page.ts';

const tally = (passed: number, failed: number): Tally => ({ passed, failed, warnings: 2, scenarios: 30, failing: [] });
const difference: Difference = {
  scenario: 'ping',
  id: 'wire',
  nth: 2,
  baseline: 'SUCCESS',
  candidate: 'FAILURE',
  message: 'over\n  two lines',
};
const row = (mode: string, differences: readonly Difference[]): Row => ({
  mode,
  suite: 'first',
  baseline: tally(40, 0),
  candidate: tally(39, 1),
  runs: 3,
  differences,
});

test('a row of the table has the numbers of both', () => {
  expect(
    resultsTable([row('direct', [difference])])
      .split('\n')
      .at(-1),
  ).toBe('| direct | first | 39 | 1 | 2 | 40 / 0 / 2 | 3 | 1 |');
});

test('a difference is one line, however long its message is', () => {
  const { message: _, ...silent } = difference;
  expect(differenceLines([difference, { ...silent, nth: 1 }])).toEqual([
    'ping wire (2): SUCCESS -> FAILURE: over two lines',
    'ping wire: SUCCESS -> FAILURE',
  ]);
  expect(differenceLines([{ ...difference, message: 'x'.repeat(10_000) }])[0]?.length).toBeLessThan(400);
});

test('the section names the day and the versions, and lists differences only where there are any', () => {
  const section = resultsSection([row('direct', []), row('proxied', [difference])], '2026-07-28', 'suite 1.0');
  expect(section).toMatch(/^Run on 2026-07-28, with suite 1\.0\.\n/);
  expect(section).toContain('Differences of proxied, first:\n\n- ping wire (2)');
  expect(section).not.toContain('Differences of direct');
});
