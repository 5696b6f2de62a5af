/**
 * Tokens that an issuer signed (RFC 7519, RFC 9068). Decides whether one is ours to believe: by whom, for whom, and when. Reading
 * and checking signatures is jose's; the keys come from the issuer.
 */

import { createHash } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';

import type { Clock } from '../ports.ts';
import { boundedClaims } from './bounded-claims.ts';
import type { Fetch } from './fetching.ts';
import type { Identity, TokenVerifier, Verdict } from './gate.ts';
import { KeySource, KeysUnavailable } from './key-source.ts';

export interface JwtTokensOptions {
  /** Where the issuer publishes its keys. */
  readonly jwksUrl: URL;
  readonly issuer: string;
  /** Whom tokens are for: us. Others are for somebody else, who might be brought ours (RFC 8707). */
  readonly audience: string;
  /** Signatures that are accepted; none without a public key. */
  readonly algorithms?: readonly string[];
  /** How far the issuer's clock may be from ours. */
  readonly skewMs?: number;
  /** How long keys are kept, and for how long none are asked for again because a token names one that is not known. */
  readonly keysMaxAgeMs?: number;
  readonly coolDownMs?: number;
  readonly clock: Clock;
  readonly fetch: Fetch;
}

export const publicKeyAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** What was found good is not checked again for so long. */
const rememberedMs = 60_000;
const rememberedMax = 1000;

interface Remembered {
  readonly identity: Identity;
  /** Wall time. */
  readonly until: number;
}

export class JwtTokens implements TokenVerifier {
  readonly #options: JwtTokensOptions;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  /** By the SHA-256 of the token. */
  readonly #good = new Map<string, Remembered>();

  constructor(options: JwtTokensOptions) {
    const { jwksUrl: url, keysMaxAgeMs, coolDownMs, fetch, clock } = options;
    const source = new KeySource({ url, fetch, clock });
    this.#options = options;
    this.#keys = createRemoteJWKSet(url, {
      ...(keysMaxAgeMs === undefined ? {} : { cacheMaxAge: keysMaxAgeMs }),
      ...(coolDownMs === undefined ? {} : { cooldownDuration: coolDownMs }),
      [customFetch]: async () => new Response(await source.read()),
    });
  }

  verify(token: string): Verdict | Promise<Verdict> {
    const digest = createHash('sha256').update(token).digest('base64');
    const remembered = this.#good.get(digest);
    if (remembered === undefined) return this.#check(token, digest);
    if (remembered.until > this.#options.clock.wallTime()) return { identity: remembered.identity };
    this.#good.delete(digest);
    return this.#check(token, digest);
  }

  async #check(token: string, digest: string): Promise<Verdict> {
    const { issuer, audience, algorithms = publicKeyAlgorithms, skewMs = 30_000, clock } = this.#options;
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer,
        audience,
        algorithms: algorithms.filter((name) => isPublicKey(name)),
        clockTolerance: skewMs / 1000,
        currentDate: new Date(clock.wallTime()),
        requiredClaims: ['exp', 'sub'],
      });
      const { sub, exp = 0 } = payload;
      if (typeof sub !== 'string' || sub === '')
        return { failure: 'invalid', reason: 'The token says not whose it is' };
      const expiresAt = exp * 1000 + skewMs;
      const claims = boundedClaims(payload);
      const identity: Identity = { principal: `${issuer}#${sub}`, scopes: scopesOf(payload), expiresAt, claims };
      this.#remember(digest, { identity, until: Math.min(clock.wallTime() + rememberedMs, exp * 1000) });
      return { identity };
    } catch (error) {
      return verdictOn(error);
    }
  }

  #remember(digest: string, remembered: Remembered): void {
    const [oldest] = this.#good.keys();
    if (this.#good.size >= rememberedMax && oldest !== undefined) this.#good.delete(oldest);
    this.#good.set(digest, remembered);
  }
}

/** Whoever has the public key could sign with a secret one that is the same. */
function isPublicKey(algorithm: string): boolean {
  return (publicKeyAlgorithms as readonly string[]).includes(algorithm);
}

/** As one text (RFC 8693, section 4.2), or as the list that some issuers make of it. */
function scopesOf(payload: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const said = payload['scope'] ?? payload['scp'];
  const list: readonly unknown[] = typeof said === 'string' ? said.split(' ') : Array.isArray(said) ? said : [];
  return new Set(list.filter((scope) => typeof scope === 'string' && scope !== '') as readonly string[]);
}

/** In words of ours: what the library says may quote the token. */
function verdictOn(error: unknown): Verdict {
  if (error instanceof KeysUnavailable || error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) {
    return { failure: 'unavailable', reason: 'The keys of the issuer cannot be read now' };
  }
  if (error instanceof errors.JWTExpired) return { failure: 'invalid', reason: 'The token has expired' };
  if (error instanceof errors.JWTClaimValidationFailed) return { failure: 'invalid', reason: reasonOf(error.claim) };
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return { failure: 'invalid', reason: 'The token is signed in a way that is not accepted' };
  }
  return { failure: 'invalid', reason: 'The token is no token of the issuer' };
}

function reasonOf(claim: string): string {
  switch (claim) {
    case 'aud':
      return 'The token is for somebody else';
    case 'iss':
      return 'The token is from somebody else';
    case 'nbf':
      return 'The token is not valid yet';
    default:
      return 'The token does not say all that is to be said';
  }
}
