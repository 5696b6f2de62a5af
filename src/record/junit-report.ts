/** What a check of tapes found, as test cases that every build server can show: a suite for each tape, a case for each law. */

import { type JunitSuite, junitDocument } from './junit.ts';
import { type TapeReport, tapeLaws } from './tape-check.ts';

export interface CheckedTape extends Pick<JunitSuite, 'beganAt' | 'elapsedMs'> {
  readonly file: string;
  readonly report: TapeReport;
}

export function junitReport(checked: readonly CheckedTape[], hostname: string): string {
  const suites = checked.map(({ file, report: { findings }, beganAt, elapsedMs }) => ({
    name: file,
    beganAt,
    elapsedMs,
    cases: tapeLaws.map(({ law, isNote, text }) => {
      const found = findings.filter((finding) => finding.law === law).map(({ line, text: what }) => `${line}: ${what}`);
      const named = { classname: file, name: `${law}: ${text}` };
      const [first] = found;
      if (first === undefined) return named;
      const lines = found.join('\n');
      return isNote ? { ...named, note: lines } : { ...named, failure: { type: law, message: first, lines } };
    }),
  }));
  return junitDocument(suites, hostname);
}
