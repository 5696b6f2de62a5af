/** Flags about the server behind a front: a command to start, or the URL of one that runs. */

import { readFileSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';

import type { Command } from 'commander';
import type { OAuthRequest } from '../proxy/remote-credentials.ts';
import { type OAuthFlags, type OAuthMode, oauthRequestOf } from './oauth-flags.ts';
import { messageOf } from '../reasons.ts';

/** The server that was asked for. */
export type ServerRequest = CommandRequest | UrlRequest;

export interface CommandRequest {
  readonly command: string;
  readonly args: readonly string[];
}

export interface UrlRequest {
  readonly url: URL;
  /** Sent with every request to the server; they win over the client's. */
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates (PEM) of the authorities that are trusted in place of the usual ones. */
  readonly ca: string | undefined;
  /** How we prove who we are to a server that asks; what clients say is passed on where it is not said. */
  readonly oauth?: OAuthRequest;
}

export interface ServerFlags extends OAuthFlags {
  readonly upstream?: string;
  readonly header?: readonly string[];
  readonly ca?: string;
}

export function addServerFlags(command: Command): Command {
  return command
    .optionsGroup('The server:')
    .option('--upstream <url>', 'a server that runs already: http://, https://, ws:// or wss://')
    .option('--header <name: value>', 'sent to --upstream with every request; may be repeated', gathered)
    .option('--ca <file>', 'certificates (PEM) that --upstream is trusted by, in place of the usual ones');
}

export function gathered(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/**
 * @param usage what to type, in quotes, for who typed nothing.
 * @param oauth how we prove who we are, where nothing is said about it.
 */
export function serverRequestOf(
  [program, ...args]: readonly string[],
  flags: ServerFlags,
  usage: string,
  oauth: OAuthMode = 'off',
): ServerRequest | { readonly problem: string } {
  if (flags.upstream !== undefined) {
    if (program !== undefined) return { problem: `say a command or --upstream, not both: ${usage}` };
    return urlRequestOf(flags.upstream, flags, oauth);
  }
  if (flags.header !== undefined) return { problem: '--header is for --upstream: a command has no headers' };
  if (flags.ca !== undefined) return { problem: '--ca is for --upstream: a command has no certificates' };
  if (flags.oauth !== undefined) return { problem: '--oauth is for --upstream: nobody logs in to a command' };
  if (program === undefined || program === '') return { problem: `the server's command is missing: ${usage}` };
  return { command: program, args };
}

const schemes: readonly string[] = ['http:', 'https:', 'ws:', 'wss:'];

function urlRequestOf(text: string, flags: ServerFlags, usual: OAuthMode): UrlRequest | { readonly problem: string } {
  const { header = [], ca } = flags;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !schemes.includes(url.protocol)) {
    return { problem: `--upstream ${text}: this is no http://, https://, ws:// or wss:// URL` };
  }
  if (url.hash !== '') return { problem: `--upstream ${text}: no server is told what follows the #` };
  const named = headersIn(header);
  if ('problem' in named) return named;
  const { headers } = named;
  const read = ca === undefined ? { text: undefined } : textOf(ca);
  if ('problem' in read) return { problem: `--ca ${read.problem}` };
  const asked = oauthRequestOf(flags, { url, headers }, usual, process.env);
  if ('problem' in asked) return asked;
  return { url, headers, ca: read.text, ...(asked.oauth === undefined ? {} : { oauth: asked.oauth }) };
}

/** What is said with `--header`, by name. */
export function headersIn(
  lines: readonly string[],
): { readonly headers: Readonly<Record<string, string>> } | { readonly problem: string } {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [name, value] = headerIn(line);
    if (value === undefined) return { problem: `--header ${shown(name)}: write it as 'Name: value'` };
    headers[name] = value;
  }
  return { headers };
}

/** Undefined for a value that cannot be sent. */
function headerIn(line: string): readonly [name: string, value: string | undefined] {
  const colon = line.indexOf(':');
  const name = colon === -1 ? line : line.slice(0, colon).trim();
  const value = line.slice(colon + 1).trim();
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    return [name, undefined];
  }
  return [name, colon === -1 ? undefined : value];
}

/** A header that cannot be sent is not shown beyond its name: its value may be a secret. */
function shown(name: string): string {
  return /^[\w-]{1,64}$/.test(name) ? name : '(a name with other characters)';
}

/** The text of a file that a flag names. */
export function textOf(file: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    return { problem: `${file} cannot be read: ${messageOf(error)}` };
  }
}
