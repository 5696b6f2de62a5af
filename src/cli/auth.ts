/** `ninelives auth`: logins to servers, and tokens that clients come in with. What it may be told, and what that means. */

import type { Command } from 'commander';
import { addCommandGroup } from './command-group.ts';
import { webUrlOf } from '../auth/fetching.ts';
import type { AuthRequest } from './run-auth.ts';
import { nameProblem } from '../auth/token-file.ts';
import { type OAuthClientFlags, addOAuthClientFlags, oauthClientOf } from './oauth-flags.ts';
import { gathered, textOf } from './server-flags.ts';

/** Adds `auth` to the program, whose way to fail and to show help its commands take over. */
export function addAuth(program: Command, run: (request: AuthRequest) => Promise<void>): void {
  const auth = addCommandGroup(program, {
    name: 'auth',
    description: 'logins to servers, and tokens that clients come in with',
    examples: ['ninelives auth login https://mcp.example.com/mcp', 'ninelives auth token alice >> tokens'],
    usage: "'ninelives auth login URL' or 'ninelives auth token NAME'",
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
  addLogins(auth, run);
}

interface LoginFlags extends OAuthClientFlags {
  readonly ca?: string;
}

function addLogins(auth: Command, run: (request: AuthRequest) => Promise<void>): void {
  const login = auth
    .command('login')
    .description('log in to a server, for every forward to it from then on')
    .argument('<url>', 'the server: http://, https://, ws:// or wss://')
    .option('--ca <file>', 'certificates (PEM) that it is trusted by, in place of the usual ones');
  addOAuthClientFlags(login)
    .addHelpText(
      'after',
      `
Examples:
  ninelives auth login https://mcp.example.com/mcp
  BROWSER=none ninelives auth login https://mcp.example.com/mcp

Opens a browser, or says which page to open. On a machine without one, open the page anywhere, log in, and paste the address to
which the browser was sent in the end, though nothing is to be seen there. Exit code: 0 when you are logged in, else 1.`,
    )
    .action(async (text: string, flags: LoginFlags, command: Command) => {
      const url = serverIn(text, command);
      const client = oauthClientOf(flags, process.env);
      if ('problem' in client) command.error(`error: ${client.problem}`);
      const read = flags.ca === undefined ? { text: undefined } : textOf(flags.ca);
      if ('problem' in read) command.error(`error: --ca ${read.problem}`);
      await run({ kind: 'login', url, client, ca: read.text });
    });
  auth
    .command('logout')
    .description('forget the login to a server')
    .argument('<url>', 'the server')
    .option('--oauth-client-id <id>', 'the client that it was made with')
    .addHelpText('after', '\nExample:\n  ninelives auth logout https://mcp.example.com/mcp')
    .action(async (text: string, { oauthClientId }: OAuthClientFlags, command: Command) => {
      await run({ kind: 'logout', url: serverIn(text, command), clientId: oauthClientId });
    });
  auth
    .command('status')
    .description('the servers that you are logged in to')
    .addHelpText('after', '\nExample:\n  ninelives auth status')
    .action(async () => run({ kind: 'status' }));
}

function serverIn(text: string, command: Command): URL {
  const url = URL.canParse(text) ? webUrlOf(new URL(text)) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    command.error(`error: ${text}: this is no http://, https://, ws:// or wss:// URL`);
  }
  return url;
}
