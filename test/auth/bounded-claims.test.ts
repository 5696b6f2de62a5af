import { expect, test } from 'vitest';
import { boundedClaims, claimsCharactersMax } from '../../src/auth/bounded-claims.ts';

test('claims are kept as they are, while there is room for them', () => {
  const claims = { sub: 'ann', roles: ['admin'], org: { id: 7 } };
  expect(boundedClaims(claims)).toEqual(claims);
});

test('what there is no room for is left out, and not the rest', () => {
  const long = 'x'.repeat(claimsCharactersMax);
  expect(boundedClaims({ first: 1, long, last: 2 })).toEqual({ first: 1, last: 2 });
});

test('a copy is not changed by what becomes of the original', () => {
  const claims: Record<string, unknown> = { role: 'guest' };
  const kept = boundedClaims(claims);
  claims['role'] = 'admin';
  expect(kept).toEqual({ role: 'guest' });
  expect(Object.isFrozen(kept)).toBe(true);
});
