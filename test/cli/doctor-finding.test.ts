import { expect, test } from 'vitest';
import { ok, problem, warning } from '../../src/cli/doctor-finding.ts';

test('a finding that is not ok says what to do', () => {
  expect(ok('node', 'a')).toEqual({ check: 'node', verdict: 'ok', says: 'a' });
  expect(warning('node', 'a', 'b')).toEqual({ check: 'node', verdict: 'warning', says: 'a', todo: 'b' });
  expect(problem('node', 'a', 'b')).toEqual({ check: 'node', verdict: 'problem', says: 'a', todo: 'b' });
});
