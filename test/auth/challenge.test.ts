import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBearerChallenge, writeChallenge } from '../../src/auth/challenge.ts';

describe('a challenge that is written', () => {
  test('names what there is to say, and only that', () => {
    expect(writeChallenge({})).toBe('Bearer');
    expect(
      writeChallenge({
        error: 'invalid_token',
        scope: 'a b',
        resourceMetadata: 'https://mcp.example.com/.well-known/x',
      }),
    ).toBe('Bearer error="invalid_token", scope="a b", resource_metadata="https://mcp.example.com/.well-known/x"');
  });

  test('cannot be broken out of by what it says', () => {
    expect(writeChallenge({ errorDescription: 'a "quoted" \\ text\r\nSet-Cookie: x=ä' })).toBe(
      String.raw`Bearer error_description="a \"quoted\" \\ textSet-Cookie: x="`,
    );
  });

  test('is read back as it was meant', () => {
    const value = fc.option(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({ error: value, errorDescription: value, scope: value, resourceMetadata: value }),
        (challenge) => {
          expect(readBearerChallenge(writeChallenge(challenge))).toEqual(challenge);
        },
      ),
    );
  });
});

describe('a challenge of another server', () => {
  test.each([
    ['Bearer', {}],
    ['bearer scope=mcp, error=invalid_token', { scope: 'mcp', error: 'invalid_token' }],
    ['Bearer realm="a, b=c", resource_metadata="https://a/b"', { resourceMetadata: 'https://a/b' }],
    ['Basic realm="x", Bearer scope="a b"', { scope: 'a b' }],
    ['Negotiate YWJj==, Bearer scope="a"', { scope: 'a' }],
    ['Bearer scope="a", DPoP scope="b", error="x"', { scope: 'a' }],
    ['Bearer Scope = "a" , Error = "x"', { scope: 'a', error: 'x' }],
    ['Bearer scope="a", scope="b"', { scope: 'a' }],
  ])('is found in %j', (header, found) => {
    expect(readBearerChallenge(header)).toEqual(found);
  });

  test.each([undefined, '', 'Basic realm="Bearer"', 'scope="a"', '"Bearer"'])('is not found in %j', (header) => {
    expect(readBearerChallenge(header)).toBeUndefined();
  });

  test('that is anything at all is read in a time that grows with its length', () => {
    const hostile = `Bearer ${'a="\\'.repeat(4000)}`;
    const before = performance.now();
    readBearerChallenge(hostile);
    readBearerChallenge(`Bearer ${' ,'.repeat(8000)}`);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
