import { expect, test } from 'vitest';
import { findings } from '../testing/report/example.ts';
import { page } from './page.ts';

const row = { name: 'HTTP to stdio', what: 'a-proxy', target: { kind: 'proxy' }, era: 'session' } as const;

test('the page has a row for each thing, and a conversation for each law that it breaks', () => {
  const text = page([{ row, findings }], ['other, stdio']);
  expect(text).toContain('| a-proxy | HTTP to stdio | 20 | 1 | `one-outcome` | – | 1 |');
  expect(text).toContain('Left out, because it was not there or did not come up: other, stdio.');
  expect(text).toContain('### a-proxy, HTTP to stdio: one-outcome');
  expect(text).toContain('--replay 7:3:0');
});

test('where nothing is broken it says so', () => {
  const { laws, ...others } = findings;
  const kept = { ...others, laws: laws.filter(({ counterexample }) => counterexample === undefined) };
  expect(page([{ row, findings: kept }], [])).toContain('Nothing.');
});
