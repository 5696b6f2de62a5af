import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JwtTokens, type JwtTokensOptions } from '../../src/auth/jwt-tokens.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Issuer, audience, issuerName, plainFetch } from './issuer.ts';

let issuer: Issuer;
let clock: VirtualClock;

beforeEach(async () => {
  issuer = await Issuer.open();
  clock = new VirtualClock({ epochMs: Date.now() });
});
afterEach(async () => issuer.close());

function tokens(more: Partial<JwtTokensOptions> = {}): JwtTokens {
  const { jwksUrl } = issuer;
  return new JwtTokens({ jwksUrl, issuer: issuerName, audience, clock, fetch: plainFetch, coolDownMs: 0, ...more });
}

describe('a token that the issuer signed', () => {
  test('says who brings it, in the name of its issuer', async () => {
    expect(await tokens().verify(await issuer.sign({ claims: { scope: 'read write' } }))).toEqual({
      identity: {
        principal: `${issuerName}#alice`,
        scopes: new Set(['read', 'write']),
        expiresAt: expect.any(Number) as number,
        claims: expect.objectContaining({ sub: 'alice', iss: issuerName, scope: 'read write' }) as object,
      },
    });
    expect(
      await tokens().verify(await issuer.sign({ audience: ['other', audience], claims: { scp: ['read'] } })),
    ).toEqual({
      identity: {
        principal: `${issuerName}#alice`,
        scopes: new Set(['read']),
        expiresAt: expect.any(Number) as number,
        claims: expect.objectContaining({ aud: ['other', audience], scp: ['read'] }) as object,
      },
    });
  });

  test('is believed again at once, until it expires', async () => {
    const verifier = tokens({ skewMs: 0 });
    const token = await issuer.sign({ expiresIn: 30 });
    await verifier.verify(token);
    expect(verifier.verify(token)).toHaveProperty('identity');
    clock.advance(31_000);
    expect(await verifier.verify(token)).toEqual({ failure: 'invalid', reason: 'The token has expired' });
  });

  test('may be a little too old, or too young, for our clock', async () => {
    expect(await tokens().verify(await issuer.sign({ expiresIn: -20 }))).toHaveProperty('identity');
    expect(await tokens().verify(await issuer.sign({ notBeforeIn: 20 }))).toHaveProperty('identity');
  });
});

describe('a token is refused', () => {
  test.each([
    ['that has expired', { expiresIn: -60 }, 'The token has expired'],
    ['that is not valid yet', { notBeforeIn: 60 }, 'The token is not valid yet'],
    ['for another audience', { audience: 'https://other.example.com/mcp' }, 'The token is for somebody else'],
    ['of another issuer', { issuer: 'https://evil.example.com' }, 'The token is from somebody else'],
    ['of nobody', { subject: undefined }, 'The token does not say all that is to be said'],
    ['of nobody in particular', { subject: '' }, 'The token says not whose it is'],
  ])('%s', async (_what, parts, reason) => {
    expect(await tokens().verify(await issuer.sign(parts))).toEqual({ failure: 'invalid', reason });
  });

  test('that nobody signed', async () => {
    expect(await tokens().verify(await issuer.unsigned())).toMatchObject({ failure: 'invalid' });
    expect(issuer.asked).toBe(0);
  });

  test('that is signed with the public key as a secret, also where somebody asks for that', async () => {
    const forged = await issuer.signWithThePublicKey();
    for (const algorithms of [undefined, ['HS256'], ['RS256', 'HS256', 'none']]) {
      const verifier = tokens(algorithms === undefined ? {} : { algorithms });
      expect(await verifier.verify(forged)).toMatchObject({ failure: 'invalid' });
    }
  });

  test('that somebody else signed under the name of a key', async () => {
    const other = await Issuer.open();
    expect(await tokens().verify(await other.sign())).toMatchObject({ failure: 'invalid' });
    await other.close();
  });

  test.each(['garbage', 'a.b.c', '..', 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA'])('that is %j', async (token) => {
    expect(await tokens().verify(token)).toMatchObject({ failure: 'invalid' });
  });

  test('whose middle was changed', async () => {
    const [header, , signature] = (await issuer.sign()).split('.');
    const payload = (await issuer.sign({ subject: 'root' })).split('.')[1];
    expect(await tokens().verify(`${header}.${payload}.${signature}`)).toMatchObject({ failure: 'invalid' });
  });

  test('in words that do not repeat it', async () => {
    const token = await issuer.sign({ expiresIn: -60 });
    const said = JSON.stringify(await tokens().verify(token));
    for (const part of token.split('.')) expect(said).not.toContain(part);
  });
});

describe('the keys', () => {
  test('are asked for once for many tokens', async () => {
    const verifier = tokens();
    for (let at = 0; at < 5; at++) await verifier.verify(await issuer.sign({ subject: `s${at}` }));
    expect(issuer.asked).toBe(1);
  });

  test('are asked for again when the issuer signs with a new one', async () => {
    const verifier = tokens();
    const before = await issuer.sign();
    expect(await verifier.verify(before)).toHaveProperty('identity');
    await issuer.rotate();
    expect(await verifier.verify(await issuer.sign())).toHaveProperty('identity');
    expect(await tokens().verify(before)).toMatchObject({ failure: 'invalid' });
  });

  test('are not asked for at every token that names a key of its own', async () => {
    const verifier = tokens({ coolDownMs: 60_000 });
    await verifier.verify(await issuer.sign());
    const other = await Issuer.open();
    await other.rotate();
    for (let at = 0; at < 5; at++) await verifier.verify(await other.sign());
    expect(issuer.asked).toBe(1);
    await other.close();
  });

  test('that cannot be read make no token wrong', async () => {
    issuer.status = 500;
    expect(await tokens().verify(await issuer.sign())).toEqual({
      failure: 'unavailable',
      reason: 'The keys of the issuer cannot be read now',
    });
    const gone = await Issuer.open();
    const { jwksUrl } = gone;
    await gone.close();
    expect(await tokens({ jwksUrl }).verify(await issuer.sign())).toMatchObject({ failure: 'unavailable' });
  });
});
