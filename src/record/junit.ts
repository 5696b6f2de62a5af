/** JUnit's report of tests, as build servers read it. Knows nothing of what was tested. */

import { escapedMarkup } from './markup.ts';

export interface JunitSuite {
  readonly name: string;
  /** Wall time at which it began, in milliseconds. */
  readonly beganAt: number;
  /** All cases together: how long each of them took is not known. */
  readonly elapsedMs: number;
  readonly cases: readonly JunitCase[];
}

/** At most one of `failure`, `skipped` and `note`; a case without any has passed. */
export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly failure?: JunitFailure;
  /** Why it was not tried. */
  readonly skipped?: string;
  /** Said of a case that has passed. */
  readonly note?: string;
}

export interface JunitFailure {
  /** What kind of failure it is: the same for all that fail alike. */
  readonly type: string;
  readonly message: string;
  readonly lines: string;
}

/** @param hostname of the machine that has tested. */
export function junitDocument(suites: readonly JunitSuite[], hostname: string): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const elapsedMs = suites.reduce((sum, suite) => sum + suite.elapsedMs, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ ...countsOf(cases), time: seconds(elapsedMs) })}>`,
    ...suites.flatMap((suite) => suiteLines(suite, hostname)),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines({ name, beganAt, elapsedMs, cases }: JunitSuite, hostname: string): string[] {
  const said = attributes({
    name,
    ...countsOf(cases),
    skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
    time: seconds(elapsedMs),
    timestamp: timestamp(beganAt),
    hostname,
  });
  return [`  <testsuite ${said}>`, ...cases.map(caseLine), '  </testsuite>'];
}

function caseLine({ classname, name, failure, skipped, note }: JunitCase): string {
  const beginning = `    <testcase ${attributes({ classname, name })}`;
  if (failure !== undefined) {
    const { type, message, lines } = failure;
    return `${beginning}><failure ${attributes({ type, message })}>${escapedMarkup(lines)}</failure></testcase>`;
  }
  if (skipped !== undefined) return `${beginning}><skipped ${attributes({ message: skipped })}/></testcase>`;
  return note === undefined
    ? `${beginning}/>`
    : `${beginning}><system-out>${escapedMarkup(note)}</system-out></testcase>`;
}

/** An error is a test that could not be carried out. Of such there is no report. */
function countsOf(cases: readonly JunitCase[]): Readonly<Record<'tests' | 'failures' | 'errors', number>> {
  return { tests: cases.length, failures: cases.filter(({ failure }) => failure !== undefined).length, errors: 0 };
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapedMarkup(String(value))}"`)
    .join(' ');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** In UTC. Ant's schema allows no zone, and no part of a second. */
function timestamp(wallTime: number): string {
  return new Date(wallTime).toISOString().slice(0, -'.000Z'.length);
}
