import { describe, expect, test } from 'vitest';
import { TokenCheck, bearerIn, newToken } from '../../src/admin/token.ts';

describe('a token', () => {
  test('is new each time, long, and can stand in a URL', () => {
    const tokens = Array.from({ length: 100 }, newToken);
    expect(new Set(tokens).size).toBe(100);
    expect(tokens.filter((token) => !/^[\w-]{43}$/.test(token))).toEqual([]);
  });

  test.each([
    ['Bearer right-token', true],
    ['bearer  right-token', true],
    ['Bearer right-tokem', false],
    ['Bearer right-token2', false],
    ['Bearer right-toke', false],
    ['Bearer ', false],
    ['Basic right-token', false],
    ['right-token', false],
    ['Bearer right-token, Bearer x', false],
    ['', false],
    [undefined, false],
  ])('is shown by %j: %s', (header, isRight) => {
    expect(new TokenCheck('right-token').is(bearerIn(header))).toBe(isRight);
  });
});
