import { describe, expect, test } from 'vitest';
import { AuthError } from '../../src/auth/auth-error.ts';
import type { BearerChallenge } from '../../src/auth/challenge.ts';
import type { Fetch } from '../../src/auth/fetching.ts';
import { type Discovery, discover } from '../../src/auth/oauth-discovery.ts';

const url = new URL('https://mcp.example.com/team/mcp');
const issuer = 'https://issuer.example.com';
const described = { resource: url.href, authorization_servers: [issuer] };
const issuing = (name: string) => ({
  issuer: name,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  code_challenge_methods_supported: ['S256'],
});

/** What is found out where these URLs have these answers, and which were asked. */
async function found(
  pages: Readonly<Record<string, object | number>>,
  challenge?: BearerChallenge,
): Promise<Discovery & { readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const fetch: Fetch = async ({ href }) => {
    asked.push(href);
    const page = pages[href] ?? 404;
    return Promise.resolve(typeof page === 'number' ? new Response('', { status: page }) : Response.json(page));
  };
  return { ...(await discover(url, challenge, fetch)), asked };
}

const description = 'https://mcp.example.com/.well-known/oauth-protected-resource/team/mcp';
const metadata = `${issuer}/.well-known/oauth-authorization-server`;

describe('who issues tokens for a server', () => {
  test('is said where its challenge points to', async () => {
    const place = 'https://mcp.example.com/described';
    const { server, resource, scope, asked } = await found(
      { [place]: { ...described, scopes_supported: ['a', 'b'] }, [metadata]: issuing(issuer) },
      { resourceMetadata: place },
    );
    expect([server.issuer, resource, scope, asked]).toEqual([issuer, url.href, 'a b', [place, metadata]]);
  });

  test('is looked for at its path, and at its root', async () => {
    const root = 'https://mcp.example.com/.well-known/oauth-protected-resource';
    const first = await found({ [description]: described, [metadata]: issuing(issuer) });
    expect(first.asked).toEqual([description, metadata]);
    const whole = { ...described, resource: 'https://mcp.example.com' };
    const second = await found({ [root]: whole, [metadata]: issuing(issuer) }, { scope: 'wanted' });
    expect([second.asked, second.resource, second.scope]).toEqual([
      [description, root, metadata],
      'https://mcp.example.com',
      'wanted',
    ]);
  });

  test.each([
    `${issuer}/.well-known/oauth-authorization-server/tenant`,
    `${issuer}/.well-known/openid-configuration/tenant`,
    `${issuer}/tenant/.well-known/openid-configuration`,
  ])('describes itself at %s', async (place) => {
    const tenant = `${issuer}/tenant`;
    const { server } = await found({
      [description]: { ...described, authorization_servers: [tenant] },
      [place]: issuing(tenant),
    });
    expect(server.issuer).toBe(tenant);
  });

  test('is the server itself where it describes nothing, as in 2025-03-26', async () => {
    const origin = 'https://mcp.example.com';
    const { server, resource } = await found({ [`${origin}/.well-known/oauth-authorization-server`]: issuing(origin) });
    expect([server.issuer, resource]).toEqual([origin, url.href]);
  });

  test('is the next one that can be used', async () => {
    const { server } = await found({
      [description]: { ...described, authorization_servers: ['https://down.example.com', issuer] },
      [metadata]: issuing(issuer),
    });
    expect(server.issuer).toBe(issuer);
  });
});

describe('nobody is asked', () => {
  const bad = (parts: object) => ({ [description]: { ...described, ...parts } });
  test.each<[string, Readonly<Record<string, object | number>>, BearerChallenge | undefined, RegExp]>([
    ['for a description elsewhere on this machine', {}, { resourceMetadata: 'http://127.0.0.1:8080/x' }, /not asked/],
    ['for one without encryption', {}, { resourceMetadata: 'http://mcp.example.com/x' }, /not reached by https/],
    ['for what is no URL', {}, { resourceMetadata: 'nonsense' }, /is named as a URL, and is none/],
    ['where nothing is', {}, { resourceMetadata: 'https://mcp.example.com/x' }, /nothing is there/],
    ['when it fails', { [description]: 500 }, undefined, /answered HTTP 500/],
    ['about another server', bad({ resource: 'https://other.example.com/mcp' }), undefined, /is about another server/],
    ['about another part of it', bad({ resource: 'https://mcp.example.com/te' }), undefined, /is about another server/],
    ['when nobody is named', bad({ authorization_servers: [] }), undefined, /names nobody/],
    [
      'in our network',
      bad({ authorization_servers: ['https://169.254.169.254'] }),
      undefined,
      /of this machine or its/,
    ],
    ['who describes nothing', { [description]: described }, undefined, /does not say how it issues tokens/],
    [
      'who describes somebody else',
      { [description]: described, [metadata]: issuing('https://evil.example') },
      undefined,
      /is not about it/,
    ],
    [
      'who has tokens in our network',
      { [description]: described, [metadata]: { ...issuing(issuer), token_endpoint: 'http://127.0.0.1/token' } },
      undefined,
      /cannot be used/,
    ],
    [
      'who does not know PKCE',
      { [description]: described, [metadata]: { ...issuing(issuer), code_challenge_methods_supported: ['plain'] } },
      undefined,
      /PKCE/,
    ],
    [
      'who issues none to people',
      { [description]: described, [metadata]: { ...issuing(issuer), authorization_endpoint: undefined } },
      undefined,
      /issues no tokens to people/,
    ],
  ])('%s', async (_what, pages, challenge, problem) => {
    const asking = found(pages, challenge);
    await expect(asking).rejects.toThrow(AuthError);
    await expect(asking).rejects.toThrow(problem);
  });
});
