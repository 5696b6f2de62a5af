/** What a check of tapes found, as test cases that every build server can show: a suite for each tape, a case for each law. */

import { type TapeReport, tapeLaws } from './tape-check.ts';

export function junitReport(reports: readonly (readonly [file: string, report: TapeReport])[]): string {
  const suites = reports.map(([file, { findings }]) => {
    const cases = tapeLaws.map(({ law, isNote, text }) => {
      const found = findings.filter((finding) => finding.law === law).map(({ line, text: what }) => `${line}: ${what}`);
      const name = `    <testcase classname="${escaped(file)}" name="${law}: ${escaped(text)}"`;
      if (found.length === 0) return `${name}/>`;
      const [first = ''] = found;
      const lines = escaped(found.join('\n'));
      const inside = isNote
        ? `<system-out>${lines}</system-out>`
        : `<failure message="${escaped(first)}">${lines}</failure>`;
      return `${name}>${inside}</testcase>`;
    });
    const broken = tapeLaws.filter(({ law, isNote }) => !isNote && findings.some((finding) => finding.law === law));
    const counts = `tests="${tapeLaws.length}" failures="${broken.length}"`;
    return [`  <testsuite name="${escaped(file)}" ${counts}>`, ...cases, '  </testsuite>'].join('\n');
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join('\n');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  // Control characters are not allowed in XML, however they are written.
  return text.replaceAll(/[&<>"]/g, (mark) => entities[mark]!).replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD');
}
