/** JUnit's report of tests, as build servers read it. Knows nothing of what was tested. */

import { escapedMarkup } from './markup.ts';

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
    return [`  <testsuite name="${escapedMarkup(name)}" ${counts}>`, ...cases.map(caseText), '  </testsuite>'].join(
      '\n',
    );
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...texts, '</testsuites>', ''].join('\n');
}

function caseText({ classname, name, failure, skipped, note }: JunitCase): string {
  const beginning = `    <testcase classname="${escapedMarkup(classname)}" name="${escapedMarkup(name)}"`;
  if (failure !== undefined) {
    return `${beginning}><failure message="${escapedMarkup(failure.message)}">${escapedMarkup(failure.lines)}</failure></testcase>`;
  }
  if (skipped !== undefined) return `${beginning}><skipped message="${escapedMarkup(skipped)}"/></testcase>`;
  return note === undefined
    ? `${beginning}/>`
    : `${beginning}><system-out>${escapedMarkup(note)}</system-out></testcase>`;
}
