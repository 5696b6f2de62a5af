/**
 * What is asked of an authorization server: a client's registration (RFC 7591), and tokens for a code or for a refresh token
 * (OAuth 2.1), always for one resource (RFC 8707). The protocol is oauth4webapi's; what its errors mean to us is decided here.
 */

import * as oauth from 'oauth4webapi';

import { AuthError } from './auth-error.ts';
import type { Fetch } from './fetching.ts';
import { messageOf } from '../reasons.ts';

/** As whom we come to one authorization server. */
export interface OAuthClient {
  readonly id: string;
  readonly secret?: string;
  /** The port of the callback that it was registered with. */
  readonly port?: number;
}

export interface Tokens {
  readonly access: string;
  readonly refresh?: string;
  /** Wall time in milliseconds. */
  readonly expiresAt?: number;
  readonly scope?: string;
}

/** What a call needs besides its own arguments. */
export interface Calling {
  readonly server: oauth.AuthorizationServer;
  readonly fetch: Fetch;
  readonly wallTime: () => number;
}

/** @throws AuthError */
export async function register({ server, fetch }: Calling, redirectUri: string): Promise<OAuthClient> {
  const metadata = {
    client_name: 'Ninelives',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  };
  return told(server, 'does not register us', async () => {
    const response = await oauth.dynamicClientRegistrationRequest(server, metadata, through(fetch));
    const { client_id: id, client_secret: secret } = await oauth.processDynamicClientRegistrationResponse(response);
    const port = Number(new URL(redirectUri).port);
    return typeof secret === 'string' ? { id, secret, port } : { id, port };
  });
}

export interface AuthorizationRequest {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly resource: string;
  readonly scope: string | undefined;
}

/** A login that has begun: where its user goes, and what is needed to end it. */
export interface PendingLogin {
  readonly url: URL;
  readonly state: string;
  readonly verifier: string;
}

export async function beginLogin(
  { server }: Calling,
  { client, redirectUri, resource, scope }: AuthorizationRequest,
): Promise<PendingLogin> {
  const [state, verifier] = [oauth.generateRandomState(), oauth.generateRandomCodeVerifier()];
  const url = new URL(server.authorization_endpoint ?? '');
  const said: Readonly<Record<string, string>> = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    resource,
    ...(scope === undefined ? {} : { scope }),
    // Without this some issue no refresh token (OpenID Connect Core, section 11).
    ...(scope?.split(' ').includes('offline_access') === true ? { prompt: 'consent' } : {}),
  };
  for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value);
  return { url, state, verifier };
}

/** @param answer the URL to which the user was sent back. @throws AuthError */
export async function endLogin(
  calling: Calling,
  { client, redirectUri, resource }: AuthorizationRequest,
  { state, verifier }: PendingLogin,
  answer: URL,
): Promise<Tokens> {
  const { server, fetch } = calling;
  return told(server, 'does not let us in', async () => {
    const known = { client_id: client.id };
    const parameters = oauth.validateAuthResponse(server, known, answer, state);
    const options = { ...through(fetch), additionalParameters: { resource } };
    const proof = proofOf(server, client);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      known,
      proof,
      parameters,
      redirectUri,
      verifier,
      options,
    );
    return tokensIn(await oauth.processAuthorizationCodeResponse(server, known, response), calling);
  });
}

/** @throws AuthError, which wants a login when the refresh token is worth nothing any more. */
export async function refresh(
  calling: Calling,
  client: OAuthClient,
  resource: string,
  tokens: Tokens,
): Promise<Tokens> {
  const { server, fetch } = calling;
  return told(server, 'gives no new token', async () => {
    const known = { client_id: client.id };
    const options = { ...through(fetch), additionalParameters: { resource } };
    const proof = proofOf(server, client);
    const response = await oauth.refreshTokenGrantRequest(server, known, proof, tokens.refresh ?? '', options);
    const renewed = tokensIn(await oauth.processRefreshTokenResponse(server, known, response), calling);
    // What is not renewed stays as it is.
    return { ...(tokens.refresh === undefined ? {} : { refresh: tokens.refresh }), ...renewed };
  });
}

function tokensIn(answer: oauth.TokenEndpointResponse, { wallTime }: Calling): Tokens {
  const { access_token: access, refresh_token: again, expires_in: seconds, scope } = answer;
  return {
    access,
    ...(again === undefined ? {} : { refresh: again }),
    ...(seconds === undefined ? {} : { expiresAt: wallTime() + seconds * 1000 }),
    ...(scope === undefined ? {} : { scope }),
  };
}

function proofOf(server: oauth.AuthorizationServer, { secret }: OAuthClient): oauth.ClientAuth {
  if (secret === undefined) return oauth.None();
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret);
}

/** Whose URLs these are was looked at when they were found. */
function through(fetch: Fetch) {
  return {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: async (
      url: string,
      { method, headers, body }: { method: string; headers: Record<string, string>; body?: unknown },
    ) =>
      fetch(new URL(url), {
        method: method === 'POST' ? 'POST' : 'GET',
        headers,
        ...(body === undefined || body === null ? {} : { body: textOf(body) }),
      }),
  };
}

function textOf(body: unknown): string {
  return body instanceof URLSearchParams || typeof body === 'string' ? body.toString() : '';
}

/** Worth nothing any more: the grant, or the client that it was given to (RFC 6749, section 5.2). */
const finalErrors: ReadonlySet<string> = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client']);

/** In words of ours: of what the server says, its error code alone. */
async function told<T>(server: oauth.AuthorizationServer, what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { origin } = new URL(server.issuer);
    if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
      const code = /^[\w.-]{1,64}$/.test(error.error) ? error.error : 'an error without a name';
      throw new AuthError(`${origin} ${what}: ${code}`, { wantsLogin: finalErrors.has(code), cause: error });
    }
    const why = messageOf(error);
    throw new AuthError(`${origin} ${what}: ${why}`, { cause: error });
  }
}
