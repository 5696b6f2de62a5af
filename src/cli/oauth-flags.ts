/** Flags about how we prove who we are to a server at a URL. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { variableIn } from '../config/references.ts';
import type { OAuthRequest } from '../proxy/remote-credentials.ts';

export interface OAuthClientFlags {
  readonly oauthClientId?: string;
  readonly oauthClientSecretEnv?: string;
  readonly oauthScope?: string;
  readonly oauthPort?: number;
}

export interface OAuthFlags extends OAuthClientFlags {
  readonly oauth?: 'off' | 'stored' | 'login';
}

export type OAuthMode = NonNullable<OAuthFlags['oauth']>;

export function addOAuthFlags(command: Command): Command {
  const how = new Option(
    '--oauth <how>',
    'a server that wants a login: leave it to the client, use what an earlier login left, or also log in by browser (default: login on stdio, else off)',
  ).choices(['off', 'stored', 'login']);
  return addOAuthClientFlags(command.optionsGroup('Logging in to the server:').addOption(how));
}

export function addOAuthClientFlags(command: Command): Command {
  return command
    .option('--oauth-client-id <id>', 'the client that is registered there for you, or the URL of its description')
    .option('--oauth-client-secret-env <name>', 'a variable of the environment that holds its secret')
    .option('--oauth-scope <scopes>', 'what to ask for, in place of what the server wants')
    .option('--oauth-port <n>', 'the port of this machine to which the browser comes back', portIn);
}

function portIn(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('It must be a port, 1 to 65535.');
  return port;
}

type Problem = { readonly problem: string };

/**
 * Undefined: what clients say is passed on, and nothing else is said.
 * @param usual what holds when nothing is said.
 */
export function oauthRequestOf(
  flags: OAuthFlags,
  { url, headers }: { readonly url: URL; readonly headers: Readonly<Record<string, string>> },
  usual: OAuthMode,
  environment: NodeJS.ProcessEnv,
): { readonly oauth: OAuthRequest | undefined } | Problem {
  const hasOther = url.username !== '' || Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  if (flags.oauth !== undefined && flags.oauth !== 'off' && hasOther) {
    return { problem: '--oauth does not go with an Authorization that is given' };
  }
  const mode = flags.oauth ?? (hasOther ? 'off' : usual);
  const client = oauthClientOf(flags, environment);
  if ('problem' in client) return client;
  if (mode !== 'off') return { oauth: { mode, ...client } };
  if (Object.keys(client).length === 0) return { oauth: undefined };
  return { problem: '--oauth-client-id, --oauth-scope and --oauth-port go with --oauth login or --oauth stored' };
}

export function oauthClientOf(
  flags: OAuthClientFlags,
  environment: NodeJS.ProcessEnv,
): Omit<OAuthRequest, 'mode'> | Problem {
  const { oauthClientId: clientId, oauthClientSecretEnv: name, oauthScope: scope, oauthPort: port } = flags;
  if (name !== undefined && clientId === undefined) {
    return { problem: '--oauth-client-secret-env goes with --oauth-client-id' };
  }
  const clientSecret = name === undefined ? undefined : variableIn(environment, name);
  if (name !== undefined && (clientSecret === undefined || clientSecret === '')) {
    return { problem: `--oauth-client-secret-env ${name}: there is no such variable` };
  }
  return {
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(scope === undefined ? {} : { scope }),
    ...(port === undefined ? {} : { port }),
  };
}
