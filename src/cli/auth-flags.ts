/** Flags about who may come in at a front that listens. Reads what they name, and keeps no token. */

import type { Command } from 'commander';
import { isLoopback } from '../auth/fetching.ts';
import { type StaticToken, digestOf } from '../auth/static-tokens.ts';
import { readTokens } from '../auth/token-file.ts';
import { variableIn } from '../config/references.ts';
import type { GuardRequest, JwtRequest } from '../proxy/guard.ts';
import { gathered, textOf } from './server-flags.ts';

export interface AuthFlags {
  readonly authTokenFile?: string;
  readonly authTokenEnv?: string;
  readonly authJwks?: string;
  readonly authIssuer?: string;
  readonly authAudience?: string;
  readonly authScope?: readonly string[];
  readonly authResource?: string;
}

export function addAuthFlags(command: Command): Command {
  return command
    .optionsGroup('Who may come in:')
    .option('--auth-token-file <file>', "who may come in: lines that 'ninelives auth token NAME' makes")
    .option('--auth-token-env <name>', 'a variable of the environment that holds a token to come in with')
    .option('--auth-jwks <url>', 'let in tokens (JWT) that are signed with one of these keys')
    .option('--auth-issuer <issuer>', 'these tokens have to come from this issuer')
    .option('--auth-audience <audience>', 'and to be meant for this audience')
    .option('--auth-scope <scope>', 'what a token has to be good for; may be repeated', gathered)
    .option('--auth-resource <url>', 'the URL by which clients know this proxy, where it is not the one that they use');
}

/** Shorter ones are words that somebody thought of. */
const tokenCharactersMin = 20;

type Problem = { readonly problem: string };

/** Undefined when everybody may come in whom the door lets in. A token is taken out of the environment that is read. */
export function guardRequestOf(
  flags: AuthFlags,
  environment: NodeJS.ProcessEnv,
): { readonly guard: GuardRequest | undefined } | Problem {
  const tokens = tokensOf(flags, environment);
  if ('problem' in tokens) return tokens;
  const jwt = jwtOf(flags);
  if (jwt !== undefined && 'problem' in jwt) return jwt;
  const { authScope: scopes = [], authResource } = flags;
  if (tokens.length === 0 && jwt === undefined) {
    if (scopes.length === 0 && authResource === undefined) return { guard: undefined };
    return { problem: '--auth-scope and --auth-resource go with --auth-token-file, --auth-token-env or --auth-jwks' };
  }
  const badScope = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (badScope !== undefined)
    return { problem: `--auth-scope ${badScope}: a scope has no spaces, quotes and backslashes` };
  const resource = authResource === undefined ? undefined : webUrl(authResource);
  if (authResource !== undefined && resource === undefined) {
    return { problem: `--auth-resource ${authResource}: this is no http:// or https:// URL` };
  }
  return {
    guard: {
      tokens,
      scopes,
      ...(jwt === undefined ? {} : { jwt }),
      ...(resource === undefined ? {} : { resource }),
    },
  };
}

function tokensOf(
  { authTokenFile: file, authTokenEnv: name }: AuthFlags,
  environment: NodeJS.ProcessEnv,
): readonly StaticToken[] | Problem {
  const tokens: StaticToken[] = [];
  if (file !== undefined) {
    const text = textOf(file);
    if ('problem' in text) return { problem: `--auth-token-file ${text.problem}` };
    const read = readTokens(text.text, file);
    if ('problem' in read) return { problem: `--auth-token-file: ${read.problem}` };
    tokens.push(...read.tokens);
  }
  if (name !== undefined) {
    const token = variableIn(environment, name)?.trim();
    if (token === undefined || token === '') return { problem: `--auth-token-env ${name}: there is no such variable` };
    if (token.length < tokenCharactersMin) {
      return { problem: `--auth-token-env ${name}: a token has at least ${tokenCharactersMin} characters` };
    }
    // Whatever is started from here on, servers above all, inherits the environment.
    delete environment[name];
    tokens.push({ name, digest: digestOf(token), scopes: undefined });
  }
  return tokens;
}

function jwtOf({ authJwks, authIssuer, authAudience }: AuthFlags): JwtRequest | Problem | undefined {
  if (authJwks === undefined && authIssuer === undefined && authAudience === undefined) return undefined;
  if (authJwks === undefined || authIssuer === undefined || authAudience === undefined) {
    return { problem: '--auth-jwks, --auth-issuer and --auth-audience go together' };
  }
  const jwksUrl = webUrl(authJwks);
  if (jwksUrl === undefined || (jwksUrl.protocol === 'http:' && !isLoopback(jwksUrl))) {
    return { problem: `--auth-jwks ${authJwks}: keys come from an https:// URL, or from this machine` };
  }
  return { jwksUrl, issuer: authIssuer, audience: authAudience };
}

function webUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}
