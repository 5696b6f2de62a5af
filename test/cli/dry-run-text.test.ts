import { expect, test } from 'vitest';
import { dryRunLines, would } from '../../src/cli/dry-run-text.ts';

const none = { pass: 0, modify: 0, block: 0, mock: 0, delay: 0, pause: 0, fault: 0 };

test('says by rule, by session and by message what would become of them', () => {
  const report = {
    frames: 8,
    different: 2,
    current: { ...none, pass: 8 },
    next: { ...none, pass: 6, block: 2 },
    byRule: { a: { block: 2 }, b: { pass: 3 } },
    bySession: {
      s1: { frames: 5, different: 2, next: { block: 2, pass: 3 } },
      s2: { frames: 3, different: 0, next: {} },
    },
    examples: [{ sessionId: 's1', frameId: 7, method: 'tools/call', current: 'pass', next: 'block', rule: 'a' }],
  } as const;
  expect(dryRunLines(report)).toEqual([
    '  rule a: would block 2 of 8',
    '  rule b: means 3 of 8, and lets them pass',
    '  session s1: would block 2 of 5',
    '  frame 7 of session s1, tools/call: pass now, block then (a)',
  ]);
  expect(dryRunLines(report, 'line').at(-1)).toMatch(/^ {2}line 7 of/);
  expect(would({ pass: 3 }, 3)).toBe('would change nothing');
  expect(would({ delay: 1, mock: 2 }, 3)).toBe('would mock 2 of 3, delay 1 of 3');
});
