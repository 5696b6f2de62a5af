import { describe, expect, test } from 'vitest';
import { Gate, type TokenVerifier, type Verdict } from '../../src/auth/gate.ts';

const metadataUrl = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';

function knowing(tokens: Readonly<Record<string, Verdict>>): TokenVerifier {
  return { verify: (token) => tokens[token] ?? { failure: 'invalid', reason: 'The token is not known' } };
}

const alice: Verdict = { identity: { principal: 'alice', scopes: new Set(['read']) } };
const bob: Verdict = { identity: { principal: 'bob', scopes: undefined } };
const later = (verifier: TokenVerifier): TokenVerifier => ({ verify: async (token) => verifier.verify(token) });

describe('the gate', () => {
  const gate = new Gate({ verifiers: [knowing({ a: alice }), later(knowing({ b: bob }))] });

  test('lets in whom one of those knows that it asks, at once where that one knows at once', async () => {
    expect(gate.admit('Bearer a')).toEqual(alice);
    const asked = gate.admit('Bearer b');
    expect(asked).toBeInstanceOf(Promise);
    expect(await asked).toEqual(bob);
  });

  test('tells who brings nothing what to bring, and names no error', () => {
    expect(gate.admit(undefined, metadataUrl)).toMatchObject({
      refusal: { status: 401, challenge: `Bearer resource_metadata="${metadataUrl}"` },
    });
    expect(gate.admit('Basic YTpi')).toMatchObject({ refusal: { status: 401, challenge: 'Bearer' } });
  });

  test('refuses what nobody knows as a token that is invalid', async () => {
    expect(await gate.admit('Bearer c', metadataUrl)).toMatchObject({
      refusal: {
        status: 401,
        challenge: `Bearer error="invalid_token", error_description="The token is not known", resource_metadata="${metadataUrl}"`,
      },
    });
  });

  test('refuses several headers, and whatever else is no token, as a malformed request', () => {
    expect(gate.admit('Bearer a, Bearer b')).toMatchObject({
      refusal: { status: 400, challenge: expect.stringContaining('error="invalid_request"') as string },
    });
  });

  test('blames nobody for what cannot be checked now', async () => {
    const down = { verify: (): Verdict => ({ failure: 'unavailable', reason: 'The keys cannot be read' }) };
    expect(await new Gate({ verifiers: [down] }).admit('Bearer a')).toEqual({
      refusal: { status: 503, challenge: undefined, reason: 'The keys cannot be read' },
    });
  });

  test('asks for scopes, and for more than a token is good for', async () => {
    const narrow = new Gate({ verifiers: [knowing({ a: alice, b: bob })], scopes: ['read', 'write'] });
    expect(narrow.admit(undefined)).toMatchObject({ refusal: { challenge: 'Bearer scope="read write"' } });
    expect(narrow.admit('Bearer a', metadataUrl)).toMatchObject({
      refusal: {
        status: 403,
        challenge: `Bearer error="insufficient_scope", error_description="The token is not good for this", scope="read write", resource_metadata="${metadataUrl}"`,
      },
    });
    expect(narrow.admit('Bearer b')).toEqual(bob);
    expect(await new Gate({ verifiers: [knowing({ a: alice })], scopes: ['read'] }).admit('Bearer a')).toEqual(alice);
  });

  test('that asks nobody lets nobody in', () => {
    expect(new Gate({ verifiers: [] }).admit('Bearer a')).toMatchObject({ refusal: { status: 401 } });
  });
});
