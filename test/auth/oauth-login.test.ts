import { describe, expect, test } from 'vitest';
import { AuthError } from '../../src/auth/auth-error.ts';
import { type LoginOptions, loginOver } from '../../src/auth/oauth-login.ts';
import { refresh } from '../../src/auth/oauth-calls.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { browse } from '../fixtures/headless-browser.mjs';
import { plainFetch } from './issuer.ts';
import { World } from './oauth-world.ts';

const clock = systemClock();

function login(world: World, more: Partial<LoginOptions> = {}) {
  const pages: URL[] = [];
  const show: LoginOptions['show'] = (page) => {
    pages.push(page);
    void browse(page.href);
  };
  const usual = { client: undefined, scope: undefined, port: undefined, timeoutMs: 20_000 };
  const options: LoginOptions = { url: world.url, fetch: plainFetch, clock, show, ...usual, ...more };
  return { run: loginOver(options), pages };
}

describe('a login', () => {
  test('registers us, asks by PKCE for this server alone, and brings tokens', async () => {
    const world = await World.open();
    const { run, pages } = login(world);
    const stored = await run(undefined, undefined);
    expect(stored).toMatchObject({ url: world.url.href, resource: world.url.href, issuer: world.issuer });
    expect(stored.tokens?.refresh).toBeDefined();
    const asked = Object.fromEntries(pages[0]?.searchParams ?? []);
    expect(asked).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      resource: world.url.href,
      scope: expect.stringContaining('mcp') as string,
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/) as string,
    });
    const token = await world.provider?.AccessToken.find(stored.tokens?.access ?? '');
    expect(token?.aud).toBe(world.url.href);
    expect([world.registrations, world.grants]).toEqual([1, ['authorization_code']]);
  });

  test('again comes as who it was registered as, and asks for what a challenge wants besides', async () => {
    const world = await World.open();
    const { run, pages } = login(world);
    const before = await run(undefined, undefined);
    const after = await run(before, { error: 'insufficient_scope', scope: 'admin' });
    expect(world.registrations).toBe(1);
    expect(after.client).toEqual(before.client);
    expect(pages[1]?.searchParams.get('scope')?.split(' ')).toEqual(expect.arrayContaining(['mcp', 'admin']));
  });

  test('comes as whom the user says, with a secret where there is one', async () => {
    const port = 31_987;
    for (const secret of [undefined, 'a secret of at least some length']) {
      const client = { id: 'chosen', ...(secret === undefined ? {} : { secret }) };
      const world = await World.open({
        registers: false,
        client: { ...client, redirectUri: `http://127.0.0.1:${port}/callback` },
      });
      const { tokens } = await login(world, { client, scope: 'mcp' }).run(undefined, undefined);
      expect(tokens?.access).toBeDefined();
    }
  });

  test('of nobody in particular is refused where nobody is registered', async () => {
    const world = await World.open({ registers: false });
    await expect(login(world).run(undefined, undefined)).rejects.toThrow(
      new AuthError(`${world.issuer} registers nobody: register a client there and say its id with --oauth-client-id`),
    );
  });

  test('with the URL of a description is refused where such are not taken', async () => {
    const world = await World.open();
    const client = { id: 'https://example.com/client.json' };
    await expect(login(world, { client }).run(undefined, undefined)).rejects.toThrow(
      /takes no client whose id is a URL/,
    );
  });

  test('that the user refuses says so', async () => {
    const world = await World.open();
    const show: LoginOptions['show'] = (page, callback) => {
      const answer = new URL(page.searchParams.get('redirect_uri') ?? '');
      answer.searchParams.set('state', page.searchParams.get('state') ?? '');
      answer.searchParams.set('error', 'access_denied');
      answer.searchParams.set('iss', world.issuer);
      callback.submit(answer);
    };
    await expect(login(world, { show }).run(undefined, undefined)).rejects.toThrow(
      `${world.issuer} does not let us in: access_denied`,
    );
    expect(world.grants).toEqual([]);
  });

  test.each([
    ['in the name of another issuer', { iss: 'https://evil.example.com', code: 'x' }, /does not let us in/],
    ['with a code that is none', { code: 'x' }, /does not let us in/],
  ])('that is answered %s brings nothing', async (_how, parts, problem) => {
    const world = await World.open();
    const show: LoginOptions['show'] = (page, callback) => {
      const answer = new URL(page.searchParams.get('redirect_uri') ?? '');
      const said = { iss: world.issuer, state: page.searchParams.get('state') ?? '', ...parts };
      for (const [name, value] of Object.entries(said)) answer.searchParams.set(name, value);
      callback.submit(answer);
    };
    await expect(login(world, { show }).run(undefined, undefined)).rejects.toThrow(problem);
  });

  test('that nobody finishes is over at last', async () => {
    const world = await World.open();
    await expect(login(world, { show: () => {}, timeoutMs: 1 }).run(undefined, undefined)).rejects.toThrow(
      /^Nobody logged in within/,
    );
  });
});

describe('a refresh token', () => {
  test('brings another pair of tokens, and once only', async () => {
    const world = await World.open();
    const { tokens, client, issuer, tokenEndpoint, resource } = await login(world).run(undefined, undefined);
    const calling = {
      server: { issuer, token_endpoint: tokenEndpoint },
      fetch: plainFetch,
      wallTime: () => Date.now(),
    };
    const renewed = await refresh(calling, client, resource, tokens!);
    expect([renewed.access === tokens?.access, renewed.refresh === tokens?.refresh]).toEqual([false, false]);
    await expect(refresh(calling, client, resource, tokens!)).rejects.toMatchObject({
      message: `${issuer} gives no new token: invalid_grant`,
      wantsLogin: true,
    });
  });

  test('is not worthless because its server cannot be reached', async () => {
    const server = { issuer: 'http://127.0.0.1:9', token_endpoint: 'http://127.0.0.1:9/token' };
    const calling = { server, fetch: async () => Promise.reject(new Error('Nobody listens')), wallTime: () => 0 };
    await expect(refresh(calling, { id: 'x' }, 'y', { access: 'a', refresh: 'b' })).rejects.toMatchObject({
      message: 'http://127.0.0.1:9 gives no new token: Nobody listens',
      wantsLogin: false,
    });
  });
});
