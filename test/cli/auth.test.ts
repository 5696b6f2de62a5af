import { describe, expect, test } from 'vitest';
import { commandLine } from '../../src/cli/program.ts';
import type { AuthRequest } from '../../src/cli/run-auth.ts';

/** What a command line asks for, or the error that it is answered with. */
async function asked(...words: readonly string[]): Promise<AuthRequest | string> {
  let request: AuthRequest | undefined;
  let error = '';
  const program = commandLine({
    stdio: async () => {},
    listening: async () => {},
    rules: async () => {},
    sessions: async () => {},
    auth: async (read) => {
      request = read;
      return Promise.resolve();
    },
  });
  const auth = program.commands.find((command) => command.name() === 'auth')!;
  for (const command of [program, auth, ...auth.commands]) {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: (text) => (error += text) });
  }
  await program.parseAsync(['auth', ...words], { from: 'user' }).catch(() => {});
  return request ?? error.split('\n', 1)[0] ?? '';
}

describe('ninelives auth', () => {
  test('makes a token for a name, good for everything or for what is said', async () => {
    expect(await asked('token', 'alice')).toEqual({ kind: 'token', name: 'alice', scopes: undefined });
    expect(await asked('token', 'bob@example.com', '--scope', 'read', '--scope', 'write')).toEqual({
      kind: 'token',
      name: 'bob@example.com',
      scopes: ['read', 'write'],
    });
  });

  test.each([
    [[], /^error: say what to do: 'ninelives auth token NAME'/],
    [['tokens'], /^error: unknown command 'tokens', say: /],
    [['token'], /^error: missing required argument 'name'/],
    [['token', 'al ice'], /^error: al ice: a name has letters, digits/],
  ])('says what is wrong with %j', async (words, error) => {
    expect(await asked(...words)).toMatch(error);
  });
});
