import { expect, test } from 'vitest';
import { breakpointSchema } from '../../src/rules/breakpoint-schema.ts';

test('what is not said is said for whoever asks', () => {
  expect(breakpointSchema.parse({})).toEqual({ timeoutMs: 60_000, byDefault: 'resume', scope: 'direction' });
});

test.each([
  { when: '' },
  { when: 'x'.repeat(2049) },
  { kind: 'error' },
  { kind: 'response', method: 'ping' },
  { direction: 'up' },
  { transition: { to: 'asleep' } },
  { timeoutMs: 0 },
  { timeoutMs: 3_600_001 },
  { byDefault: 'drop' },
  { colour: 'red' },
])('%j is refused', (said) => {
  expect(breakpointSchema.safeParse(said).success).toBe(false);
});
