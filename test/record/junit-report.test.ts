import { expect, test } from 'vitest';
import { junitReport } from '../../src/record/junit-report.ts';
import { junitProblems } from './junit-schema.ts';

const report = { header: undefined, lines: 3, sessions: 1, requests: 1, more: 0 };

test('each law is a case: what breaks it fails it, a note does not, and no text breaks the XML', () => {
  const findings = [
    { law: 'wanted', line: 4, text: 'a <response> & "more"\u0000' },
    { law: 'wanted', line: 5, text: 'another' },
    { law: 'whole', line: 9, text: 'not closed' },
  ] as const;
  const checked = { file: 'a&b.jsonl', report: { ...report, findings }, beganAt: 0, elapsedMs: 20 };
  const text = junitReport([checked], 'host');
  expect(junitProblems(text)).toEqual([]);
  const lines = text.split('\n');
  expect(lines.slice(0, 3)).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites tests="10" failures="1" errors="0" time="0.020">',
    '  <testsuite name="a&amp;b.jsonl" tests="10" failures="1" errors="0" skipped="0" time="0.020" timestamp="1970-01-01T00:00:00" hostname="host">',
  ]);
  expect(lines.filter((line) => !line.endsWith('/>')).slice(3)).toEqual([
    '    <testcase classname="a&amp;b.jsonl" name="whole: the tape was closed, and no line is missing"><system-out>9: not closed</system-out></testcase>',
    '    <testcase classname="a&amp;b.jsonl" name="wanted: every response answers a request that waits"><failure type="wanted" message="4: a &lt;response&gt; &amp; &quot;more&quot;\uFFFD">4: a &lt;response&gt; &amp; &quot;more&quot;\uFFFD',
    '5: another</failure></testcase>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ]);
});
