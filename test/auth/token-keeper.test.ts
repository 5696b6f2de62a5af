import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { AuthError } from '../../src/auth/auth-error.ts';
import type { Fetch } from '../../src/auth/fetching.ts';
import type { Tokens } from '../../src/auth/oauth-calls.ts';
import type { Login } from '../../src/auth/oauth-login.ts';
import { TokenKeeper } from '../../src/auth/token-keeper.ts';
import { type StoredAuth, TokenStore } from '../../src/auth/token-store.ts';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { Script } from '../../src/testing/script.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const root = mkdtempSync(join(tmpdir(), 'token-keeper-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

const url = new URL('https://mcp.example.com/mcp');
const kept = (tokens?: Tokens): StoredAuth => ({
  url: url.href,
  resource: url.href,
  issuer: 'https://issuer.example.com',
  tokenEndpoint: 'https://issuer.example.com/token',
  client: { id: 'me' },
  ...(tokens === undefined ? {} : { tokens }),
});

interface World {
  readonly tokens?: Tokens;
  readonly login?: Login;
  /** What the issuer answers to the refresh of this number. */
  readonly answer?: (number: number) => object | Error;
}

async function open({
  tokens,
  login,
  answer = (at) => ({ access_token: `a${at}`, refresh_token: `r${at}` }),
}: World = {}) {
  const clock = new VirtualClock({ epochMs: 1_000_000 });
  const store = new TokenStore(join(root, `${(folders += 1)}`), clock);
  if (tokens !== undefined) await store.write(url, undefined, kept(tokens));
  const asked: string[] = [];
  const fetch: Fetch = async (_url, { body = '' }) => {
    const refresh = new URLSearchParams(body).get('refresh_token') ?? '';
    asked.push(refresh);
    const said = answer(asked.length);
    if (said instanceof Error) throw said;
    return Promise.resolve(Response.json({ token_type: 'bearer', ...said }, { status: 'error' in said ? 400 : 200 }));
  };
  const log = new CollectingLog(new Script(), false);
  const keeper = (asks = login): TokenKeeper =>
    new TokenKeeper({ url, clientId: undefined, store, fetch, clock, log, login: asks });
  return { clock, store, asked, log, keeper };
}

describe('the token of a server', () => {
  test('is the one that is kept, and nothing where none is', async () => {
    const { keeper } = await open({ tokens: { access: 'a' } });
    const one = keeper();
    expect(await one.authorization()).toBe('Bearer a');
    expect(one.authorization()).toBe('Bearer a');
    const { keeper: other } = await open();
    expect(await other().authorization()).toBeUndefined();
  });

  test('that is refused is renewed once, however many were refused with it', async () => {
    const { keeper, asked, store } = await open({ tokens: { access: 'a', refresh: 'r' } });
    const one = keeper();
    const said = await one.authorization();
    const renewed = await Promise.all(Array.from({ length: 10 }, async () => one.refused(said, undefined, true)));
    expect([new Set(renewed), asked, one.authorization()]).toEqual([new Set([true]), ['r'], 'Bearer a1']);
    expect((await store.read(url))?.tokens).toMatchObject({ access: 'a1', refresh: 'r1' });
    // Who was refused with the old one afterwards need not ask.
    expect(await one.refused(said, undefined, true)).toBe(true);
    expect(asked).toEqual(['r']);
  });

  test('P15 that another has renewed meanwhile is taken from it', async () => {
    const { keeper, asked } = await open({ tokens: { access: 'a', refresh: 'r' } });
    const [one, other] = [keeper(), keeper()];
    await Promise.all([one.authorization(), other.authorization()]);
    expect(await one.refused('Bearer a', undefined, false)).toBe(true);
    expect(await other.refused('Bearer a', undefined, false)).toBe(true);
    expect([asked, other.authorization()]).toEqual([['r'], 'Bearer a1']);
  });

  test('that has little left is renewed before it is used', async () => {
    const { keeper, clock, asked } = await open({ tokens: { access: 'a', refresh: 'r', expiresAt: 1_100_000 } });
    const one = keeper();
    expect(await one.authorization()).toBe('Bearer a');
    clock.advance(69_000);
    expect(one.authorization()).toBe('Bearer a');
    clock.advance(2000);
    expect(await Promise.all([one.authorization(), one.authorization()])).toEqual(['Bearer a1', 'Bearer a1']);
    expect(asked).toEqual(['r']);
  });

  test('holds when its issuer cannot be reached: that passes', async () => {
    const { keeper, log, asked, store } = await open({
      tokens: { access: 'a', refresh: 'r', expiresAt: 0 },
      answer: (at) => (at < 2 ? new Error('Nobody listens') : { access_token: 'b' }),
    });
    const one = keeper();
    expect(await one.authorization()).toBe('Bearer a');
    expect(log.says('warn', 'the token of a server could not be renewed').fields).toMatchObject({
      reason: 'https://issuer.example.com gives no new token: Nobody listens',
    });
    expect(one.authorization()).toBe('Bearer a');
    expect(await one.refused('Bearer a', undefined, false)).toBe(true);
    // What was not renewed is kept.
    expect([asked, (await store.read(url))?.tokens]).toEqual([['r', 'r'], { access: 'b', refresh: 'r' }]);
  });

  test('that cannot be renewed asks its user, once', async () => {
    let logins = 0;
    const login: Login = async (before) => {
      logins += 1;
      expect(before?.tokens).toBeUndefined();
      return Promise.resolve(kept({ access: 'new' }));
    };
    const { keeper, log } = await open({
      tokens: { access: 'a', refresh: 'r' },
      login,
      answer: () => ({ error: 'invalid_grant' }),
    });
    const one = keeper();
    await one.authorization();
    const renewed = await Promise.all([1, 2, 3].map(async () => one.refused('Bearer a', 'Bearer scope="x"', true)));
    expect([renewed, logins, one.authorization()]).toEqual([[true, true, true], 1, 'Bearer new']);
    log.says('warn', 'the login to a server has expired');
  });

  test('is asked for with what the challenge says', async () => {
    const heard: unknown[] = [];
    const login: Login = async (_before, challenge) => {
      heard.push(challenge?.scope);
      return Promise.resolve(kept({ access: 'wide', refresh: 'r' }));
    };
    const { keeper, asked } = await open({ tokens: { access: 'a', refresh: 'r' }, login });
    const one = keeper();
    await one.authorization();
    expect(await one.refused('Bearer a', 'Bearer error="insufficient_scope", scope="more"', true)).toBe(true);
    expect([heard, asked]).toEqual([['more'], []]);
  });

  test('is not asked for where nobody may be: it says what to do', async () => {
    const { keeper, log } = await open();
    const one = keeper();
    expect(await one.refused(await one.authorization(), undefined, true)).toBe(false);
    log.says('warn', 'log in with: ninelives auth login https://mcp.example.com/mcp');
  });

  test('that is refused as soon as a login has brought it is not asked for again and again', async () => {
    let logins = 0;
    const login: Login = async () => Promise.resolve(kept({ access: `l${(logins += 1)}` }));
    const { keeper, log, clock } = await open({ login });
    const one = keeper();
    expect(await one.refused(undefined, undefined, true)).toBe(true);
    expect(await one.refused('Bearer l1', 'Bearer error="insufficient_scope", scope="x"', true)).toBe(false);
    log.says('warn', 'the server refuses what a login has just brought');
    clock.advance(60_000);
    expect(await one.refused('Bearer l1', undefined, true)).toBe(true);
    expect(logins).toBe(2);
  });

  test('is nothing when the login fails, which may be tried again', async () => {
    let logins = 0;
    const login: Login = async () => {
      logins += 1;
      if (logins === 1) throw new AuthError('Nobody logged in within 300 s');
      return Promise.resolve(kept({ access: 'late' }));
    };
    const { keeper, log } = await open({ login });
    const one = keeper();
    expect(await one.refused(undefined, undefined, true)).toBe(false);
    expect(log.says('warn', 'the token of a server could not be renewed').fields).toMatchObject({
      reason: 'Nobody logged in within 300 s',
    });
    expect(await one.refused(undefined, undefined, true)).toBe(true);
  });
});
