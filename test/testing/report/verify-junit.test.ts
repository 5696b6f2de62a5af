import { expect, test } from 'vitest';
import { verifyJunit } from '../../../src/testing/report/verify-junit.ts';
import { junitProblems } from '../../record/junit-schema.ts';
import { findings } from './example.ts';

test('each law is a case: what is broken fails, what was never tried is skipped, what is known is a note', () => {
  const text = verifyJunit([findings], 'host');
  expect(junitProblems(text)).toEqual([]);
  expect(text).toContain(
    '<testsuite name="proxy a-proxy {server} (session)" tests="4" failures="1" errors="0" skipped="1" time="1.234" timestamp="2026-01-02T03:04:05" hostname="host">',
  );
  expect(text).toMatch(
    /one-outcome[^>]*><failure type="one-outcome" message="tools\/call 1 was answered twice">[^<]*--replay 7:3:0/,
  );
  expect(text).toMatch(/own-frames[^>]*\/>/);
  expect(text).toMatch(/no-late-frame[^>]*><skipped/);
  expect(text).toMatch(/progress-first[^>]*><system-out>/);
});
