import { expect, test } from 'vitest';
import { junitReport } from '../../src/record/junit-report.ts';

const report = { header: undefined, lines: 3, sessions: 1, requests: 1, more: 0 };

test('each law is a case: what breaks it fails it, a note does not, and no text breaks the XML', () => {
  const findings = [
    { law: 'wanted', line: 4, text: 'a <response> & "more"\u0000' },
    { law: 'wanted', line: 5, text: 'another' },
    { law: 'whole', line: 9, text: 'not closed' },
  ] as const;
  const lines = junitReport([['a&b.jsonl', { ...report, findings }]]).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    '  <testsuite name="a&amp;b.jsonl" tests="10" failures="1">',
  ]);
  expect(lines.filter((line) => !line.endsWith('/>')).slice(3)).toEqual([
    '    <testcase classname="a&amp;b.jsonl" name="whole: the tape was closed, and no line is missing"><system-out>9: not closed</system-out></testcase>',
    '    <testcase classname="a&amp;b.jsonl" name="wanted: every response answers a request that waits"><failure message="4: a &lt;response&gt; &amp; &quot;more&quot;\uFFFD">4: a &lt;response&gt; &amp; &quot;more&quot;\uFFFD',
    '5: another</failure></testcase>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ]);
});
