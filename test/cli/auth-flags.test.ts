import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/auth/static-tokens.ts';
import { tokenLine } from '../../src/auth/token-file.ts';
import { guardRequestOf } from '../../src/cli/auth-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'auth-flags-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'tokens');
const alice = { name: 'alice', digest: digestOf('one'), scopes: undefined };
writeFileSync(file, tokenLine(alice));

const issued = {
  authJwks: 'https://issuer.example.com/jwks',
  authIssuer: 'https://issuer.example.com',
  authAudience: 'https://mcp.example.com/mcp',
};

describe('who may come in', () => {
  test('is everybody whom the door lets in, when nothing is said', () => {
    expect(guardRequestOf({}, {})).toEqual({ guard: undefined });
  });

  test('is who brings a token of the file', () => {
    expect(guardRequestOf({ authTokenFile: file, authScope: ['read'] }, {})).toEqual({
      guard: { tokens: [alice], scopes: ['read'] },
    });
  });

  test('is who brings the token in the environment, where nothing finds it from then on', () => {
    const environment = { A_TOKEN: ' 0123456789abcdefghij\n', OTHER: 'x' };
    const digest = digestOf('0123456789abcdefghij');
    expect(guardRequestOf({ authTokenEnv: 'A_TOKEN' }, environment)).toEqual({
      guard: { tokens: [{ name: 'A_TOKEN', digest, scopes: undefined }], scopes: [] },
    });
    expect(environment).toEqual({ OTHER: 'x' });
  });

  test('is who brings a token of the issuer', () => {
    expect(guardRequestOf({ ...issued, authResource: 'https://mcp.example.com/mcp' }, {})).toEqual({
      guard: {
        tokens: [],
        scopes: [],
        jwt: { jwksUrl: new URL(issued.authJwks), issuer: issued.authIssuer, audience: issued.authAudience },
        resource: new URL('https://mcp.example.com/mcp'),
      },
    });
    expect(guardRequestOf({ ...issued, authJwks: 'http://127.0.0.1:1/jwks' }, {})).toHaveProperty('guard.jwt');
  });

  test.each([
    [{ authTokenFile: join(folder, 'none') }, /^--auth-token-file .*none cannot be read/],
    [{ authTokenEnv: 'NO_SUCH' }, /^--auth-token-env NO_SUCH: there is no such variable$/],
    [{ authTokenEnv: 'toString' }, /^--auth-token-env toString: there is no such variable$/],
    [{ authTokenEnv: 'SHORT' }, /^--auth-token-env SHORT: a token has at least 20 characters$/],
    [{ authIssuer: 'x' }, /^--auth-jwks, --auth-issuer and --auth-audience go together$/],
    [{ ...issued, authJwks: 'http://issuer.example.com/jwks' }, /^--auth-jwks http:.* keys come from an https/],
    [{ ...issued, authJwks: 'jwks' }, /^--auth-jwks jwks: /],
    [{ authScope: ['read'] }, /^--auth-scope and --auth-resource go with/],
    [{ ...issued, authScope: ['a b'] }, /^--auth-scope a b: a scope has no spaces/],
    [{ ...issued, authResource: 'mcp.example.com' }, /^--auth-resource mcp\.example\.com: /],
  ])('cannot be %j', (flags, problem) => {
    expect(guardRequestOf(flags, { SHORT: 'secret' })).toEqual({ problem: expect.stringMatching(problem) as string });
  });
});
