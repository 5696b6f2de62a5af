/**
 * A login: from the challenge of a server to tokens, by way of a browser and its user (OAuth 2.1, authorization code with PKCE). As
 * whom we come is what the user said, else what we were registered as before, else a new registration.
 */

import type { AuthorizationServer } from 'oauth4webapi';

import type { Clock } from '../ports.ts';
import { AuthError } from './auth-error.ts';
import { type Callback, openCallback } from './callback.ts';
import type { BearerChallenge } from './challenge.ts';
import type { Fetch } from './fetching.ts';
import { type Calling, type OAuthClient, beginLogin, endLogin, register } from './oauth-calls.ts';
import { discover } from './oauth-discovery.ts';
import { type StoredAuth, keyOf } from './token-store.ts';

export interface LoginOptions {
  readonly url: URL;
  /** A client that the user has registered: its id, which may be the URL of its description. */
  readonly client: OAuthClient | undefined;
  /** What to ask for, in place of what the server wants. */
  readonly scope: string | undefined;
  /** Where the browser comes back to: a port that is registered, or any. */
  readonly port: number | undefined;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** For the user to log in. */
  readonly timeoutMs: number;
  /** Leads the user there. A URL that the user brings back by hand is handed to `callback`. */
  readonly show: (url: URL, callback: Callback) => void;
}

/** @throws AuthError */
export type Login = (before: StoredAuth | undefined, challenge: BearerChallenge | undefined) => Promise<StoredAuth>;

export function loginOver(options: LoginOptions): Login {
  return async (before, challenge) => {
    const { url, fetch, clock, timeoutMs } = options;
    const { resource, server, scope: wanted } = await discover(url, challenge, fetch);
    // What was registered with one issuer says nothing to another.
    const known = before?.issuer === server.issuer ? before.client : undefined;
    const callback = await openCallback(clock, options.port ?? known?.port ?? 0);
    try {
      const calling: Calling = { server, fetch, wallTime: () => clock.wallTime() };
      const { redirectUri } = callback;
      const client = await clientFor(calling, options, known, redirectUri);
      const scope = options.scope ?? widened(before?.tokens?.scope, wanted, server);
      const asked = { client, redirectUri, resource, scope };
      const pending = await beginLogin(calling, asked);
      const answered = callback.answer(pending.state, timeoutMs);
      options.show(pending.url, callback);
      const tokens = await endLogin(calling, asked, pending, await answered);
      const methods = server.token_endpoint_auth_methods_supported;
      return {
        url: keyOf(url),
        resource,
        issuer: server.issuer,
        tokenEndpoint: server.token_endpoint ?? '',
        ...(methods === undefined ? {} : { tokenEndpointMethods: methods }),
        client,
        tokens: scope === undefined || tokens.scope !== undefined ? tokens : { ...tokens, scope },
      };
    } finally {
      await callback.close();
    }
  };
}

async function clientFor(
  calling: Calling,
  { client: chosen }: LoginOptions,
  known: OAuthClient | undefined,
  redirectUri: string,
): Promise<OAuthClient> {
  const { server } = calling;
  const { origin } = new URL(server.issuer);
  if (chosen !== undefined) {
    if (URL.canParse(chosen.id) && server['client_id_metadata_document_supported'] !== true) {
      throw new AuthError(`${origin} takes no client whose id is a URL: register one there and say its id`);
    }
    return chosen;
  }
  // Some take the port as a part of what was registered, though it should not matter (RFC 8252, section 7.3).
  if (known !== undefined && known.port === Number(new URL(redirectUri).port)) return known;
  if (server.registration_endpoint !== undefined) return register(calling, redirectUri);
  throw new AuthError(`${origin} registers nobody: register a client there and say its id with --oauth-client-id`);
}

/** What was granted stays asked for: a server that wants more of somebody is not to get less. */
function widened(
  granted: string | undefined,
  wanted: string | undefined,
  server: AuthorizationServer,
): string | undefined {
  if (wanted === undefined) return granted;
  const scopes = new Set([...(granted?.split(' ') ?? []), ...wanted.split(' ')]);
  // OpenID providers give a refresh token for this.
  if (server.scopes_supported?.includes('offline_access') === true) scopes.add('offline_access');
  return [...scopes].filter((scope) => scope !== '').join(' ');
}
