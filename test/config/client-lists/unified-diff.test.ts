import { expect, test } from 'vitest';
import { unifiedDiff } from '../../../src/config/client-lists/unified-diff.ts';

const text = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join('');
const at = (line: number): number => text.indexOf(`line ${line}\n`);

test('shows the lines that change, with three around them', () => {
  const edits = [{ offset: at(10), length: 4, text: 'LINE\nmore' }];
  expect(unifiedDiff('a.json', text, edits)).toBe(`--- a.json
+++ a.json
@@ -7,7 +7,8 @@
 line 7
 line 8
 line 9
-line 10
+LINE
+more 10
 line 11
 line 12
 line 13
`);
});

test('changes that are far apart stand apart, each with its place before and after', () => {
  const edits = [
    { offset: at(18), length: 0, text: 'x' },
    { offset: at(2), length: at(3) - at(2), text: '' },
  ];
  const heads = unifiedDiff('a', text, edits)
    .split('\n')
    .filter((line) => line.startsWith('@@'));
  expect(heads).toEqual(['@@ -1,6 +1,5 @@', '@@ -15,6 +14,6 @@']);
});

test('lines between changes stay, whatever changes above and below them', () => {
  const edits = [at(4), at(6)].map((offset) => ({ offset, length: 1, text: 'L' }));
  expect(unifiedDiff('a', text, edits)).toContain('-line 4\n+Line 4\n line 5\n-line 6\n+Line 6\n line 7\n');
});

test('changes next to each other are shown together; nothing is shown of none', () => {
  const edits = [at(4), at(6)].map((offset) => ({ offset, length: 1, text: 'L' }));
  expect(unifiedDiff('a', text, edits).match(/@@ /g)).toHaveLength(1);
  expect(unifiedDiff('a', text, [])).toBe('');
});
