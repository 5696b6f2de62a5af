import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { StaticTokens } from '../../src/auth/static-tokens.ts';
import { readTokens } from '../../src/auth/token-file.ts';
import { runAuth } from '../../src/cli/run-auth.ts';

test('a token that is made is shown to people once, and its line lets it in', async () => {
  let [out, err] = ['', ''];
  await runAuth(
    { kind: 'token', name: 'alice', scopes: ['read'] },
    {
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      stdin: Readable.from([]),
    },
  );
  const [, token = ''] = /^The token of alice, which is not shown again: (\S{43})\n$/.exec(err) ?? [];
  expect(out).not.toContain(token);
  const read = readTokens(out, 'tokens');
  expect('tokens' in read && new StaticTokens(read.tokens).verify(token)).toEqual({
    identity: { principal: 'alice', scopes: new Set(['read']) },
  });
});
