/** What a check of tapes found, as test cases that every build server can show: a suite for each tape, a case for each law. */

import { junitDocument } from './junit.ts';
import { type TapeReport, tapeLaws } from './tape-check.ts';

export function junitReport(reports: readonly (readonly [file: string, report: TapeReport])[]): string {
  return junitDocument(
    reports.map(([file, { findings }]) => ({
      name: file,
      cases: tapeLaws.map(({ law, isNote, text }) => {
        const found = findings
          .filter((finding) => finding.law === law)
          .map(({ line, text: what }) => `${line}: ${what}`);
        const named = { classname: file, name: `${law}: ${text}` };
        const [first] = found;
        if (first === undefined) return named;
        const lines = found.join('\n');
        return isNote ? { ...named, note: lines } : { ...named, failure: { message: first, lines } };
      }),
    })),
  );
}
