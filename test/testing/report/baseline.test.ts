import { expect, test } from 'vitest';
import { mended, readBaseline, writeBaseline } from '../../../src/testing/report/baseline.ts';
import { findings } from './example.ts';

test('what is written is read, and reasons that people gave stay', () => {
  const before = new Map([['progress-first', 'their event loop']]);
  expect(readBaseline(writeBaseline([findings], before))).toEqual({
    baseline: new Map([
      ['one-outcome', 'tools/call 1 was answered twice'],
      ['progress-first', 'their event loop'],
    ]),
  });
});

test.each(['{', '[]', '{"broken":[{"why":"x"}]}'])('%s is no baseline, and that is said', (text) => {
  expect(readBaseline(text)).toHaveProperty('problem');
});

test('a law that was put to the test and kept is mended; one that was not tried is not', () => {
  const baseline = new Map(['own-frames', 'no-late-frame', 'one-outcome'].map((law) => [law, ''] as const));
  expect(mended([findings], baseline)).toEqual(['own-frames']);
});
