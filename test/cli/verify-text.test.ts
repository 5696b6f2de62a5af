import { expect, test } from 'vitest';
import { lawLine, summaryJson, summaryText } from '../../src/cli/verify-text.ts';
import { findings } from '../testing/report/example.ts';

const options = {
  width: 100,
  hasColours: false,
  tapeOf: (law: string) => (law === 'one-outcome' ? 'a.jsonl' : undefined),
};

test('people are told of every law, and of what is broken how it is seen again', () => {
  const text = summaryText(findings, options);
  expect(text.split('\n').slice(0, 5)).toEqual([
    'proxy a-proxy {server}, with sessions: 20 plays in 1.2 s, seed 7',
    '  ✗ one-outcome            broken 5        the law one-outcome holds',
    '  ✓ own-frames             kept 9          the law own-frames holds',
    '  · no-late-frame          not exercised   the law no-late-frame holds',
    '  ~ progress-first         known 2         the law progress-first holds',
  ]);
  expect(text).toContain('again: the same with --replay 7:3:0 (3 steps)\n  tape: ninelives tape step a.jsonl\n');
  expect(text).toContain('+110 ms ✗    │◀─ result 1');
  expect(text.trimEnd().split('\n').at(-1)).toBe('proxy: 1 kept, 1 broken, 1 known to be broken, 1 not exercised');
});

test('programs are told the same', () => {
  const [told] = JSON.parse(summaryJson([findings], options.tapeOf)) as readonly { readonly laws: readonly object[] }[];
  expect(told).toMatchObject({ kind: 'proxy', era: 'session', seed: 7, runs: 20 });
  expect(told?.laws[0]).toMatchObject({
    law: 'one-outcome',
    verdict: 'broken',
    exercised: 5,
    replay: '7:3:0',
    tape: 'a.jsonl',
  });
});

test('colours say what came of a law, where there are any', () => {
  expect(findings.laws.map((finding) => lawLine(finding, true).slice(0, 5))).toEqual([
    '\u001b[31m',
    '\u001b[32m',
    '\u001b[90m',
    '\u001b[33m',
  ]);
});
