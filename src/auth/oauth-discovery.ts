/**
 * Finds out who issues tokens for a server that refused us (2025-11-25 and 2026-07-28, basic/authorization; RFC 9728, RFC 8414,
 * OpenID Connect Discovery). Every URL comes from somebody else, and is looked at before it is asked.
 */

import { type AuthorizationServer, processDiscoveryResponse } from 'oauth4webapi';

import { AuthError } from './auth-error.ts';
import type { BearerChallenge } from './challenge.ts';
import { type Fetch, urlProblem } from './fetching.ts';
import { metadataPaths } from './resource-metadata.ts';
import { messageOf } from '../reasons.ts';

export interface Discovery {
  /** What tokens are asked for (RFC 8707). */
  readonly resource: string;
  readonly server: AuthorizationServer;
  /** What the server wants tokens to be good for. */
  readonly scope: string | undefined;
}

/** Servers that are asked in turn when there are several. */
const serversMax = 5;

/** @throws AuthError */
export async function discover(url: URL, challenge: BearerChallenge | undefined, fetch: Fetch): Promise<Discovery> {
  const description = await findDescription(url, challenge?.resourceMetadata, fetch);
  const scope = challenge?.scope ?? description?.scopes?.join(' ');
  // Servers of 2025-03-26 describe nothing, and issue their tokens themselves.
  const issuers = description?.issuers ?? [url.origin];
  let problem: AuthError | undefined;
  for (const issuer of issuers.slice(0, serversMax)) {
    try {
      const server = await findServer(issuer, url, fetch);
      return { resource: description?.resource ?? resourceOf(url), server, scope };
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      problem ??= error;
    }
  }
  throw problem ?? new AuthError(`${url.origin} names nobody who issues tokens for it`);
}

/** Without what no server is told, and without a query, which may hold a secret. */
function resourceOf({ origin, pathname }: URL): string {
  return pathname === '/' ? origin : `${origin}${pathname}`;
}

interface Description {
  readonly resource: string;
  readonly issuers: readonly string[];
  readonly scopes: readonly string[] | undefined;
}

async function findDescription(url: URL, named: string | undefined, fetch: Fetch): Promise<Description | undefined> {
  const places = named === undefined ? metadataPaths(url.pathname).map((path) => new URL(path, url)) : [urlIn(named)];
  for (const place of places) {
    const json = await readJson(place, url, fetch);
    if (json !== undefined) return descriptionIn(json, url);
    if (named !== undefined)
      throw new AuthError(`${url.origin} says that it describes itself at ${place.href}, and nothing is there`);
  }
  return undefined;
}

function descriptionIn(json: Readonly<Record<string, unknown>>, url: URL): Description {
  const { resource, authorization_servers: servers, scopes_supported: scopes } = json;
  if (typeof resource !== 'string' || !covers(resource, url)) {
    throw new AuthError(
      `What describes ${url.origin} is about another server, so that its tokens are not for this one`,
    );
  }
  if (!isTexts(servers) || servers.length === 0)
    throw new AuthError(`${url.origin} names nobody who issues tokens for it`);
  return { resource, issuers: servers, scopes: isTexts(scopes) && scopes.length > 0 ? scopes : undefined };
}

/** The resource is the server, or what the server is a part of. */
function covers(resource: string, url: URL): boolean {
  if (!URL.canParse(resource)) return false;
  const { origin, pathname } = new URL(resource);
  const folder = pathname.endsWith('/') ? pathname : `${pathname}/`;
  return origin === url.origin && `${url.pathname}/`.startsWith(folder);
}

async function findServer(issuer: string, url: URL, fetch: Fetch): Promise<AuthorizationServer> {
  const identifier = urlIn(issuer);
  for (const place of serverPlaces(identifier)) {
    const json = await readJson(place, url, fetch);
    if (json === undefined) continue;
    const server = await checked(identifier, json);
    for (const endpoint of [server.authorization_endpoint, server.token_endpoint, server.registration_endpoint]) {
      const problem = endpoint === undefined ? undefined : urlProblem(urlIn(endpoint), url);
      if (problem !== undefined) throw new AuthError(`${identifier.origin} cannot be used: ${problem}`);
    }
    if (server.authorization_endpoint === undefined || server.token_endpoint === undefined) {
      throw new AuthError(`${identifier.origin} issues no tokens to people`);
    }
    if (server.code_challenge_methods_supported?.includes('S256') !== true) {
      throw new AuthError(
        `${identifier.origin} does not say that it knows PKCE (S256), without which a login is not safe`,
      );
    }
    return server;
  }
  throw new AuthError(`${identifier.origin} does not say how it issues tokens`);
}

/** The issuer that is described has to be the one that was asked for (RFC 8414, section 3.3). */
async function checked(issuer: URL, json: Readonly<Record<string, unknown>>): Promise<AuthorizationServer> {
  try {
    const headers = { 'content-type': 'application/json' };
    return await processDiscoveryResponse(issuer, new Response(JSON.stringify(json), { headers }));
  } catch (error) {
    throw new AuthError(`What describes ${issuer.origin} is not about it`, { cause: error });
  }
}

/** In the order of the specification. A well-known path stands before that of the issuer, and with OpenID also behind it. */
function serverPlaces({ origin, pathname }: URL): readonly URL[] {
  const path = pathname.replace(/\/$/, '');
  const [oauth, openid] = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
  const places = [`${oauth}${path}`, `${openid}${path}`, `${path}${openid}`];
  return [...new Set(places)].map((place) => new URL(place, origin));
}

/** Undefined when nothing is there. */
async function readJson(place: URL, from: URL, fetch: Fetch): Promise<Readonly<Record<string, unknown>> | undefined> {
  const problem = urlProblem(place, from);
  if (problem !== undefined) throw new AuthError(`${from.origin} sends us to a place that is not asked: ${problem}`);
  let response: Response;
  try {
    response = await fetch(place, { method: 'GET', headers: { accept: 'application/json' } });
  } catch (error) {
    throw new AuthError(messageOf(error), { cause: error });
  }
  if (response.status >= 500) throw new AuthError(`${place.origin} answered HTTP ${response.status}`);
  if (response.status !== 200) return undefined;
  try {
    const json: unknown = await response.json();
    return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function urlIn(text: string): URL {
  if (!URL.canParse(text)) throw new AuthError(`${JSON.stringify(text.slice(0, 100))} is named as a URL, and is none`);
  return new URL(text);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
