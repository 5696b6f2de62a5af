import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bearerToken } from '../../src/auth/bearer.ts';

const anyByte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));

describe('the token of a request', () => {
  test.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   a.b-c_d~e+f/g==  ', 'a.b-c_d~e+f/g=='],
  ])('is read from %j', (header, token) => {
    expect(bearerToken(header)).toEqual({ kind: 'token', token });
  });

  test.each([undefined, '', 'Basic YTpi', 'Bearerabc', 'DPoP abc'])('is not there in %j', (header) => {
    expect(bearerToken(header)).toEqual({ kind: 'none' });
  });

  test.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer a,b',
    'Bearer =',
    'Bearer ä',
    'Bearer a\tb',
  ])('cannot be read from %j, which is not repeated to anybody', (header) => {
    expect(bearerToken(header)).toEqual({
      kind: 'malformed',
      reason: 'A request carries one token, as Authorization: Bearer TOKEN',
    });
  });

  test('is not longer than any token is', () => {
    expect(bearerToken(`Bearer ${'a'.repeat(8192)}`).kind).toBe('token');
    expect(bearerToken(`Bearer ${'a'.repeat(8193)}`).kind).toBe('malformed');
  });

  test('has no character that could end a header or a line of a log', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyByte, maxLength: 60 }), (text) => {
        const presented = bearerToken(`Bearer ${text}`);
        return presented.kind !== 'token' || /^[!-~]+$/.test(presented.token);
      }),
    );
  });
});
