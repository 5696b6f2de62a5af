/** `ninelives auth`: tokens that clients come in with. What it may be told, and what that means. */

import type { Command } from 'commander';
import type { AuthRequest } from './run-auth.ts';
import { nameProblem } from '../auth/token-file.ts';
import { gathered } from './server-flags.ts';

/** Adds `auth` to the program, whose way to fail and to show help its commands take over. */
export function addAuth(program: Command, run: (request: AuthRequest) => Promise<void>): void {
  const auth = program
    .command('auth')
    .description('tokens that clients come in with')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .allowExcessArguments()
    .addHelpText(
      'after',
      `
Examples:
  ninelives auth token alice >> tokens
  ninelives forward http --auth-token-file tokens -- node server.js`,
    )
    .action((_flags, command: Command) => {
      const [name] = command.args;
      const what = name === undefined ? 'say what to do' : `unknown command '${name}', say`;
      command.error(`error: ${what}: 'ninelives auth token NAME'`);
    });
  auth
    .command('token')
    .description('make a token for somebody who is to come in at a front that listens')
    .argument('<name>', 'who brings it')
    .option('--scope <scope>', 'what it is good for; may be repeated; good for everything unless it is said', gathered)
    .addHelpText(
      'after',
      `
Example:
  ninelives auth token alice --scope read >> tokens

On stdout the line for the file that --auth-token-file names, which holds the SHA-256 of the token and not the token; on stderr
the token, which is shown this once.`,
    )
    .action(async (name: string, { scope }: { readonly scope?: readonly string[] }, command: Command) => {
      const problem = nameProblem(name);
      if (problem !== undefined) command.error(`error: ${name}: ${problem}`);
      await run({ kind: 'token', name, scopes: scope });
    });
}
