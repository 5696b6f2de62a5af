import { describe, expect, test } from 'vitest';
import { type JunitSuite, junitDocument } from '../../src/record/junit.ts';
import { junitProblems } from './junit-schema.ts';

const beganAt = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const classname = 'c';
const suite: JunitSuite = {
  name: 's',
  beganAt,
  elapsedMs: 1234.5,
  cases: [
    { classname, name: 'good' },
    { classname, name: 'bad', failure: { type: 't', message: 'm', lines: 'l' } },
    { classname, name: 'untried', skipped: 'why' },
    { classname, name: 'noted', note: 'n' },
  ],
};

test('cases have passed, failed, were not tried, or have passed with a note', () => {
  expect(junitDocument([suite], 'host').split('\n')).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites tests="4" failures="1" errors="0" time="1.234">',
    '  <testsuite name="s" tests="4" failures="1" errors="0" skipped="1" time="1.234" timestamp="2026-01-02T03:04:05" hostname="host">',
    '    <testcase classname="c" name="good"/>',
    '    <testcase classname="c" name="bad"><failure type="t" message="m">l</failure></testcase>',
    '    <testcase classname="c" name="untried"><skipped message="why"/></testcase>',
    '    <testcase classname="c" name="noted"><system-out>n</system-out></testcase>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ]);
});

describe('build servers', () => {
  test('have nothing against it, with one suite, with several, and with none', () => {
    for (const suites of [[], [suite], [suite, { ...suite, name: 'a & "b" <c>', cases: [] }]]) {
      expect(junitProblems(junitDocument(suites, 'host'))).toEqual([]);
    }
  });

  test.each([
    [' errors="0" skipped', ' skipped', '<testsuite> has no errors'],
    ['hostname="host"', 'hostname=""', '<testsuite> has hostname=""'],
    ['T03:04:05"', 'T03:04:05.678Z"', '<testsuite> has timestamp="2026-01-02T03:04:05.678Z"'],
    ['type="t" ', '', '<failure> has no type'],
    ['<skipped message="why"/>', '<skipped/><skipped/>', '<skipped> has no place there in <testcase>'],
    ['<system-out>n', '<system-out>n</system-out><failure type="t"/><system-out>', 'in <testcase>'],
    ['<skipped message="why"/>', '<error type="t"/>', '<testsuite> says another number of errors than 1'],
    [' tests="4" failures="1" errors="0" time', ' tests="5" failures="1" errors="0" time', '<testsuites> says another'],
    ['<testcase classname="c" name="good"/>', '<test/>', 'there is no <test>'],
  ])('would have: %s', (said, wrong, problem) => {
    const report = junitDocument([suite], 'host');
    expect(report).toContain(said);
    expect(junitProblems(report.replace(said, wrong)).join('\n')).toContain(problem);
  });
});
