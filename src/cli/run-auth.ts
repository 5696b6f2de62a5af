/** Runs the commands of `ninelives auth`. Does not know how the command line was written. */

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { AuthError } from '../auth/auth-error.ts';
import { openBrowser } from '../auth/browser.ts';
import type { Callback } from '../auth/callback.ts';
import { readBearerChallenge } from '../auth/challenge.ts';
import { digestOf, newToken } from '../auth/static-tokens.ts';
import { tokenLine } from '../auth/token-file.ts';
import { type StoredAuth, keyOf } from '../auth/token-store.ts';
import { type OAuthRequest, openStore, remoteLogin } from '../proxy/remote-credentials.ts';
import { systemClock } from '../runtime/system-clock.ts';
import type { HttpAgent } from '../transports/http-agent.ts';
import { exitCodes } from './exit-codes.ts';
import { printable } from './terminal.ts';
import { messageOf } from '../reasons.ts';

export interface TokenRequest {
  readonly kind: 'token';
  readonly name: string;
  /** Undefined: good for everything. */
  readonly scopes: readonly string[] | undefined;
}

export interface LoginRequest {
  readonly kind: 'login';
  readonly url: URL;
  readonly client: Omit<OAuthRequest, 'mode'>;
  /** Certificates (PEM) that the server is trusted by, in place of the usual ones. */
  readonly ca: string | undefined;
}

export interface LogoutRequest {
  readonly kind: 'logout';
  readonly url: URL;
  readonly clientId: string | undefined;
}

export type AuthRequest = TokenRequest | LoginRequest | LogoutRequest | { readonly kind: 'status' };

/** Where people and programs read what a command says, and where people answer. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly stdin: Readable;
}

const clock = systemClock();
/** A login takes a few minutes, and others wait for it. */
const loginHoldMs = 6 * 60_000;

/** @returns the exit code. */
export async function runAuth(request: AuthRequest, streams: Streams = process): Promise<number> {
  const { stdout, stderr } = streams;
  switch (request.kind) {
    case 'token': {
      const token = newToken();
      const { name, scopes } = request;
      stderr.write(`The token of ${name}, which is not shown again: ${token}\n`);
      stdout.write(`${tokenLine({ name, digest: digestOf(token), scopes })}\n`);
      return exitCodes.ok;
    }
    case 'login':
      return logIn(request, streams);
    case 'logout': {
      const { url, clientId } = request;
      const wasThere = await openStore(clock).remove(url, clientId);
      stdout.write(wasThere ? `Logged out of ${keyOf(url)}\n` : `You were not logged in to ${keyOf(url)}\n`);
      return exitCodes.ok;
    }
    case 'status':
      for (const stored of await openStore(clock).all()) stdout.write(`${printable(statusOf(stored))}\n`);
      return exitCodes.ok;
  }
}

async function logIn({ url, client, ca }: LoginRequest, streams: Streams): Promise<number> {
  const { openHttpAgent } = await import('../transports/http-agent.ts');
  const agent = await openHttpAgent(ca === undefined ? {} : { ca });
  const lines = createInterface({ input: streams.stdin });
  const show = (page: URL, callback: Callback): void => lead(page, callback, lines, streams);
  try {
    const store = openStore(clock);
    const login = remoteLogin(agent, client, { url, clock, show });
    await store.alone(url, client.clientId, loginHoldMs, async () => {
      const before = await store.read(url, client.clientId);
      await store.write(url, client.clientId, await login(before, await challengeOf(url, agent)));
    });
    streams.stdout.write(`Logged in to ${keyOf(url)}\n`);
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    streams.stderr.write(`error: ${printable(error.message)}\n`);
    return exitCodes.sessionFailed;
  } finally {
    lines.close();
    await agent.close();
  }
}

/** What the server says to somebody who brings nothing. */
async function challengeOf(url: URL, agent: HttpAgent): Promise<ReturnType<typeof readBearerChallenge>> {
  const { inquirer } = await import('../transports/http-inquiry.ts');
  const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  try {
    // Begins no session, which nobody would end.
    const body = '{"jsonrpc":"2.0","id":0,"method":"ping"}';
    const response = await inquirer(agent, clock)(url, { method: 'POST', headers, body });
    return readBearerChallenge(response.headers.get('www-authenticate') ?? undefined);
  } catch (error) {
    throw new AuthError(messageOf(error), { cause: error });
  }
}

function lead(page: URL, callback: Callback, lines: ReturnType<typeof createInterface>, { stderr }: Streams): void {
  const hasBrowser = openBrowser(page);
  const how = hasBrowser ? 'Log in in the browser that opens. If none does, open' : 'Open this page and log in';
  stderr.write(`${how}:\n\n  ${page.href}\n\n`);
  stderr.write(
    'On another machine: paste here the address to which the browser is sent in the end, and press Enter.\n',
  );
  lines.on('line', (line) => {
    const text = line.trim();
    if (text === '') return;
    const isAnswer = URL.canParse(text) && callback.submit(new URL(text));
    if (!isAnswer)
      stderr.write('This is not the address of the answer: it begins with http://127.0.0.1 and has a code in it.\n');
  });
}

function statusOf({ url, issuer, tokens }: StoredAuth): string {
  if (tokens === undefined) return `${url}: logged out by ${issuer}`;
  const { expiresAt, refresh, scope } = tokens;
  const left = expiresAt === undefined ? undefined : Math.round((expiresAt - clock.wallTime()) / 1000);
  const time = left === undefined ? 'no expiry is known' : left > 0 ? `good for ${left} s` : 'expired';
  const renewal = refresh === undefined ? 'not renewed' : 'renewed when it is used';
  return [`${url}: ${issuer}`, time, renewal, ...(scope === undefined ? [] : [`scope ${scope}`])].join(', ');
}
