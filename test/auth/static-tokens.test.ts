import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StaticTokens, digestOf, newToken } from '../../src/auth/static-tokens.ts';

const given = newToken();
const tokens = new StaticTokens([
  { name: 'alice', digest: digestOf(given), scopes: ['read'] },
  { name: 'bob', digest: digestOf('second'), scopes: undefined },
]);

describe('a token that was given out', () => {
  test('says who brings it, and what it is good for', () => {
    expect(tokens.verify(given)).toEqual({ identity: { principal: 'alice', scopes: new Set(['read']) } });
    expect(tokens.verify('second')).toEqual({ identity: { principal: 'bob', scopes: undefined } });
  });

  test('is not known by its beginning, its digest, or anything near it', () => {
    const near = [given.slice(0, -1), `${given}A`, given.toUpperCase(), digestOf(given).toString('hex'), ''];
    for (const guess of near)
      expect(tokens.verify(guess)).toEqual({ failure: 'invalid', reason: 'The token is not known' });
    fc.assert(fc.property(fc.string(), (guess) => guess === 'second' || 'failure' in tokens.verify(guess)));
  });

  test('has 256 random bits, and is never given out twice', () => {
    expect(Buffer.from(given, 'base64url')).toHaveLength(32);
    expect(new Set(Array.from({ length: 100 }, newToken)).size).toBe(100);
  });

  test('is kept nowhere: neither it nor what a guess could be compared with in steps', () => {
    const kept = JSON.stringify(Object.values(tokens));
    expect(kept).not.toContain(given);
  });
});
