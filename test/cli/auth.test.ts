import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('auth', ...words);

describe('ninelives auth', () => {
  test('makes a token for a name, good for everything or for what is said', async () => {
    expect(await asked('token', 'alice')).toEqual({ kind: 'token', name: 'alice', scopes: undefined });
    expect(await asked('token', 'bob@example.com', '--scope', 'read', '--scope', 'write')).toEqual({
      kind: 'token',
      name: 'bob@example.com',
      scopes: ['read', 'write'],
    });
  });

  test('logs in to a server, out of it, and says where somebody is logged in', async () => {
    expect(await asked('login', 'https://a/mcp', '--oauth-client-id', 'me', '--oauth-port', '7777')).toEqual({
      kind: 'login',
      url: new URL('https://a/mcp'),
      client: { clientId: 'me', port: 7777 },
      ca: undefined,
    });
    expect(await asked('logout', 'https://a/mcp')).toEqual({ kind: 'logout', url: new URL('https://a/mcp') });
    expect(await asked('status')).toEqual({ kind: 'status' });
  });

  test.each([
    [[], /^error: say what to do: 'ninelives auth login URL' or 'ninelives auth token NAME'/],
    [['login'], /^error: missing required argument 'url'/],
    [
      ['login', 'mcp.example.com'],
      /^error: mcp\.example\.com: this is no http:\/\/, https:\/\/, ws:\/\/ or wss:\/\/ URL/,
    ],
    [['login', 'https://a', '--oauth-client-secret-env', 'X'], /^error: --oauth-client-secret-env goes with/],
    [['login', 'https://a', '--ca', '/none'], /^error: --ca \/none cannot be read/],
    [['login', 'https://a', '--oauth-port', '65536'], /argument '65536' is invalid. It must be a port/],
    [['logout', 'x'], /^error: x: this is no http/],
    [['tokens'], /^error: unknown command 'tokens', say: /],
    [['token'], /^error: missing required argument 'name'/],
    [['token', 'al ice'], /^error: al ice: a name has letters, digits/],
  ])('says what is wrong with %j', async (words, error) => {
    expect(await asked(...words)).toMatch(error);
  });
});
