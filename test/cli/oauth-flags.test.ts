import { describe, expect, test } from 'vitest';
import { oauthClientOf, oauthRequestOf } from '../../src/cli/oauth-flags.ts';

const server = { url: new URL('https://mcp.example.com/mcp'), headers: {} };

describe('how we prove who we are', () => {
  test('is as the front has it, unless it is said', () => {
    expect(oauthRequestOf({}, server, 'login', {})).toEqual({ oauth: { mode: 'login' } });
    expect(oauthRequestOf({}, server, 'off', {})).toEqual({ oauth: undefined });
    expect(oauthRequestOf({ oauth: 'off' }, server, 'login', {})).toEqual({ oauth: undefined });
    expect(oauthRequestOf({ oauth: 'stored' }, server, 'off', {})).toEqual({ oauth: { mode: 'stored' } });
  });

  test('is said otherwise already by a header or by the URL, and asked for over WebSocket as well', () => {
    const others = [
      { ...server, headers: { AUTHORIZATION: 'Bearer x' } },
      { ...server, url: new URL('https://user:password@mcp.example.com/mcp') },
    ];
    for (const other of others) {
      expect(oauthRequestOf({}, other, 'login', {})).toEqual({ oauth: undefined });
      expect(oauthRequestOf({ oauth: 'login' }, other, 'off', {})).toEqual({
        problem: '--oauth does not go with an Authorization that is given',
      });
    }
    const socket = { ...server, url: new URL('wss://mcp.example.com/mcp') };
    expect(oauthRequestOf({}, socket, 'login', {})).toEqual({ oauth: { mode: 'login' } });
    expect(oauthRequestOf({ oauth: 'stored' }, socket, 'off', {})).toEqual({ oauth: { mode: 'stored' } });
  });

  test('is as a client that is registered already', () => {
    const flags = { oauthClientId: 'me', oauthClientSecretEnv: 'SECRET', oauthScope: 'a b', oauthPort: 7777 };
    const client = { clientId: 'me', clientSecret: 'hush', scope: 'a b', port: 7777 };
    expect(oauthRequestOf(flags, server, 'login', { SECRET: 'hush' })).toEqual({ oauth: { mode: 'login', ...client } });
    expect(oauthClientOf(flags, { SECRET: 'hush' })).toEqual(client);
  });

  test.each([
    [{ oauthClientSecretEnv: 'SECRET' }, /^--oauth-client-secret-env goes with --oauth-client-id$/],
    [{ oauthClientId: 'me', oauthClientSecretEnv: 'SECRET' }, /^--oauth-client-secret-env SECRET: there is no such/],
    [{ oauthClientId: 'me', oauthClientSecretEnv: 'toString' }, /toString: there is no such/],
    [{ oauth: 'off', oauthClientId: 'me' }, /go with --oauth login or --oauth stored$/],
  ] as const)('cannot be %j', (flags, problem) => {
    expect(oauthRequestOf(flags, server, 'login', {})).toEqual({ problem: expect.stringMatching(problem) as string });
  });
});
