/** JUnit's report of tests, as build servers read it. Knows nothing of what was tested. */

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/** At most one of `failure`, `skipped` and `note`; a case without any has passed. */
export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly failure?: { readonly message: string; readonly lines: string };
  /** Why it was not tried. */
  readonly skipped?: string;
  /** Said of a case that has passed. */
  readonly note?: string;
}

export function junitDocument(suites: readonly JunitSuite[]): string {
  const texts = suites.map(({ name, cases }) => {
    const count = (has: 'failure' | 'skipped'): number => cases.filter((one) => one[has] !== undefined).length;
    const skipped = count('skipped') === 0 ? '' : ` skipped="${count('skipped')}"`;
    const counts = `tests="${cases.length}" failures="${count('failure')}"${skipped}`;
    return [`  <testsuite name="${escaped(name)}" ${counts}>`, ...cases.map(caseText), '  </testsuite>'].join('\n');
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...texts, '</testsuites>', ''].join('\n');
}

function caseText({ classname, name, failure, skipped, note }: JunitCase): string {
  const beginning = `    <testcase classname="${escaped(classname)}" name="${escaped(name)}"`;
  if (failure !== undefined) {
    return `${beginning}><failure message="${escaped(failure.message)}">${escaped(failure.lines)}</failure></testcase>`;
  }
  if (skipped !== undefined) return `${beginning}><skipped message="${escaped(skipped)}"/></testcase>`;
  return note === undefined ? `${beginning}/>` : `${beginning}><system-out>${escaped(note)}</system-out></testcase>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  // Control characters are not allowed in XML, however they are written.
  return text.replaceAll(/[&<>"]/g, (mark) => entities[mark]!).replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD');
}
