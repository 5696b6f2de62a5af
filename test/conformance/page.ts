/** The results as a table, for the terminal's reader and for docs/conformance.md. */

import type { Difference, Tally } from './compare.ts';

export interface Row {
  readonly mode: string;
  readonly suite: string;
  readonly baseline: Tally;
  readonly candidate: Tally;
  readonly runs: number;
  /** Of all runs. */
  readonly differences: readonly Difference[];
}

export function resultsTable(rows: readonly Row[]): string {
  return [
    '| mode | suite | passed | failed | warnings | without ninelives | runs | differences |',
    '| :-- | :-- | --: | --: | --: | --: | --: | --: |',
    ...rows.map(({ mode, suite, baseline, candidate: { passed, failed, warnings }, runs, differences }) => {
      const without = `${String(baseline.passed)} / ${String(baseline.failed)} / ${String(baseline.warnings)}`;
      const cells = [mode, suite, passed, failed, warnings, without, runs, differences.length];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}

/** One line for each difference, with what the suite says of it. */
export function differenceLines(differences: readonly Difference[]): readonly string[] {
  return differences.map(({ scenario, id, nth, baseline, candidate, message }) => {
    const place = nth === 1 ? id : `${id} (${String(nth)})`;
    const said = message === undefined ? '' : `: ${message.replaceAll(/\s+/g, ' ').slice(0, 300)}`;
    return `${scenario} ${place}: ${baseline} -> ${candidate}${said}`;
  });
}

/** The section of docs/conformance.md that is written by `--write`. */
export function resultsSection(rows: readonly Row[], when: string, versions: string): string {
  const differing = rows.filter(({ differences }) => differences.length > 0);
  return [
    `Run on ${when}, with ${versions}.`,
    resultsTable(rows),
    ...differing.flatMap(({ mode, suite, differences }) => [
      `Differences of ${mode}, ${suite}:`,
      differenceLines(differences)
        .map((line) => `- ${line}`)
        .join('\n'),
    ]),
  ].join('\n\n');
}
