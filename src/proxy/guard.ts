/**
 * Puts the gate in front of a front: who a request is from, what it is told when it is from nobody, and what the front says of
 * itself (RFC 9728). A proof is for the front alone, and goes no further.
 */

import type { IncomingMessage } from 'node:http';

import { type Admission, Gate, type TokenVerifier } from '../auth/gate.ts';
import { describeResource, metadataPath, metadataPaths } from '../auth/resource-metadata.ts';
import { type StaticToken, StaticTokens } from '../auth/static-tokens.ts';
import type { Clock } from '../ports.ts';
import type { Claims } from '../session/interception.ts';
import type { HttpFrontOptions, Identified, Identify } from '../transports/http-front-options.ts';
import type { UpgradeRefusal } from '../transports/websocket-front.ts';

/** Who may come in. */
export interface GuardRequest {
  readonly tokens: readonly StaticToken[];
  readonly jwt?: JwtRequest;
  /** What a token has to be good for. */
  readonly scopes: readonly string[];
  /** The URL by which clients know the front; by default the one that each of them used. */
  readonly resource?: URL;
}

export interface JwtRequest {
  readonly jwksUrl: URL;
  readonly issuer: string;
  readonly audience: string;
}

export interface Guard {
  readonly identify: Identify;
  readonly documents: NonNullable<HttpFrontOptions['documents']>;
  /** The same for a request for an upgrade: the principal, or why it is refused. */
  readonly admitUpgrade: (request: IncomingMessage) => UpgradeAdmission | Promise<UpgradeAdmission>;
  /** Gives up what it took to ask the issuer. */
  close(): Promise<void>;
}

/** Who came, and until when (wall time in milliseconds) that holds. */
export interface Upgraded {
  readonly principal: string;
  readonly expiresAt?: number | undefined;
  /** What the token says besides. */
  readonly claims?: Claims | undefined;
}

export type UpgradeAdmission = Upgraded | { readonly refusal: UpgradeRefusal };

const ownHeaders: ReadonlySet<string> = new Set(['authorization']);

export async function openGuard(
  { tokens, jwt, scopes, resource }: GuardRequest,
  { path, isTls, clock }: { readonly path: string; readonly isTls: boolean; readonly clock: Clock },
): Promise<Guard> {
  const issued = jwt === undefined ? undefined : await openIssued(jwt, clock);
  const verifiers = [
    ...(tokens.length === 0 ? [] : [new StaticTokens(tokens)]),
    ...(issued === undefined ? [] : [issued.verifier]),
  ];
  const gate = new Gate({ verifiers, scopes });
  // The door has seen to it that the host is one.
  const urlOf = (host = 'localhost'): URL => resource ?? new URL(path, `${isTls ? 'https' : 'http'}://${host}`);
  // Who gives out tokens by hand has nobody to send clients to.
  const metadataUrl = (host: string | undefined): string | undefined =>
    jwt === undefined ? undefined : new URL(metadataPath(urlOf(host).pathname), urlOf(host)).href;
  const document = (host: string | undefined): string =>
    describeResource({ resource: urlOf(host).href, authorizationServers: [jwt?.issuer ?? ''], scopes });
  const places = [...metadataPaths(path), ...metadataPaths(urlOf(undefined).pathname)];
  return {
    identify: (request) => {
      const admission = gate.admit(request.header('authorization'), metadataUrl(request.header('host')));
      return admission instanceof Promise ? admission.then(identified) : identified(admission);
    },
    documents: new Map(
      jwt === undefined ? [] : places.map((place) => [place, (request) => document(request.header('host'))]),
    ),
    admitUpgrade: ({ headersDistinct }) => {
      const admission = gate.admit(headersDistinct.authorization?.join(', '));
      return admission instanceof Promise ? admission.then(admitted) : admitted(admission);
    },
    close: async () => issued?.close(),
  };
}

/** What only those need who ask an issuer is loaded for them. */
async function openIssued(
  jwt: JwtRequest,
  clock: Clock,
): Promise<{ readonly verifier: TokenVerifier; close(): Promise<void> }> {
  const [{ JwtTokens }, { openHttpAgent }, { inquirer }] = await Promise.all([
    import('../auth/jwt-tokens.ts'),
    import('../transports/http-agent.ts'),
    import('../transports/http-inquiry.ts'),
  ]);
  const agent = await openHttpAgent();
  const verifier = new JwtTokens({ ...jwt, clock, fetch: inquirer(agent, clock) });
  return { verifier, close: async () => agent.close() };
}

function identified(admission: Admission): Identified {
  if ('refusal' in admission) return { turnedAway: admission.refusal };
  const { principal, claims } = admission.identity;
  return { principal, route: undefined, key: principal, ownHeaders, claims };
}

function admitted(admission: Admission): UpgradeAdmission {
  if ('identity' in admission) {
    const { principal, expiresAt, claims } = admission.identity;
    return { principal, expiresAt, claims };
  }
  const { status, reason, challenge } = admission.refusal;
  const headers = challenge === undefined ? {} : { 'WWW-Authenticate': challenge };
  return { refusal: { status, body: `${reason}\n`, headers: status === 503 ? { 'Retry-After': '1' } : headers } };
}
