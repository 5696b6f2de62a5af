import { expect, test } from 'vitest';
import { junitDocument } from '../../src/record/junit.ts';

test('cases have passed, failed, were not tried, or have passed with a note', () => {
  const classname = 'c';
  const text = junitDocument([
    {
      name: 's',
      cases: [
        { classname, name: 'good' },
        { classname, name: 'bad', failure: { message: 'm', lines: 'l' } },
        { classname, name: 'untried', skipped: 'why' },
        { classname, name: 'noted', note: 'n' },
      ],
    },
  ]);
  expect(text.split('\n').slice(2, -3)).toEqual([
    '  <testsuite name="s" tests="4" failures="1" skipped="1">',
    '    <testcase classname="c" name="good"/>',
    '    <testcase classname="c" name="bad"><failure message="m">l</failure></testcase>',
    '    <testcase classname="c" name="untried"><skipped message="why"/></testcase>',
    '    <testcase classname="c" name="noted"><system-out>n</system-out></testcase>',
  ]);
});
