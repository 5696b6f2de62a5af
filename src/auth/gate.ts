/**
 * Who may come in: asks those who can tell what a token is worth, and says to everybody else what they are to bring (2025-11-25 and
 * 2026-07-28, basic/authorization). Does not know which transport a request came on. Says no token to anybody.
 */

import type { Claims } from '../session/interception.ts';
import { bearerToken } from './bearer.ts';
import { writeChallenge } from './challenge.ts';

/** Who somebody proved to be. */
export interface Identity {
  /** Of one issuer of proofs, and never that of another. */
  readonly principal: string;
  /** What the token is good for; undefined when it is good for everything here. */
  readonly scopes: ReadonlySet<string> | undefined;
  /** Wall time in milliseconds from which the token holds no longer, where there is one. */
  readonly expiresAt?: number;
  /** What the token says, as far as there is room for it. */
  readonly claims?: Claims;
}

/** `unavailable`: nothing can be said about the token now, which is not the fault of who brought it. */
export type Verdict =
  { readonly identity: Identity } | { readonly failure: 'invalid' | 'unavailable'; readonly reason: string };

export interface TokenVerifier {
  /** At once where it can. Never rejects, and never repeats the token. */
  verify(token: string): Verdict | Promise<Verdict>;
}

export interface GateRefusal {
  readonly status: 400 | 401 | 403 | 503;
  /** For `WWW-Authenticate`. */
  readonly challenge: string | undefined;
  /** A sentence for the client's developer. */
  readonly reason: string;
}

export type Admission = { readonly identity: Identity } | { readonly refusal: GateRefusal };

export interface GateOptions {
  /** Asked in turn until one knows the token. */
  readonly verifiers: readonly TokenVerifier[];
  /** A token has to be good for all of these. */
  readonly scopes?: readonly string[];
}

export class Gate {
  readonly #verifiers: readonly TokenVerifier[];
  readonly #scopes: readonly string[];

  constructor({ verifiers, scopes = [] }: GateOptions) {
    this.#verifiers = verifiers;
    this.#scopes = scopes;
  }

  /**
   * @param authorization the header of the request.
   * @param metadataUrl where this server describes itself, for challenges; none where there is nothing to say.
   */
  admit(authorization: string | undefined, metadataUrl?: string): Admission | Promise<Admission> {
    const presented = bearerToken(authorization);
    switch (presented.kind) {
      case 'none':
        return this.#refusal(401, 'This server wants to know who you are: Authorization: Bearer TOKEN', metadataUrl);
      case 'malformed':
        return this.#refusal(400, presented.reason, metadataUrl, 'invalid_request');
      case 'token':
        return this.#ask(presented.token, 0, metadataUrl);
    }
  }

  #ask(token: string, at: number, metadataUrl: string | undefined): Admission | Promise<Admission> {
    const verdict = this.#verifiers[at]?.verify(token) ?? unknown;
    if (verdict instanceof Promise) return verdict.then((later) => this.#judge(later, token, at, metadataUrl));
    return this.#judge(verdict, token, at, metadataUrl);
  }

  #judge(verdict: Verdict, token: string, at: number, metadataUrl: string | undefined): Admission | Promise<Admission> {
    if ('identity' in verdict) return this.#checkScopes(verdict.identity, metadataUrl);
    if (at + 1 < this.#verifiers.length) return this.#ask(token, at + 1, metadataUrl);
    if (verdict.failure === 'unavailable') {
      return { refusal: { status: 503, challenge: undefined, reason: verdict.reason } };
    }
    return this.#refusal(401, verdict.reason, metadataUrl, 'invalid_token');
  }

  #checkScopes(identity: Identity, metadataUrl: string | undefined): Admission {
    const { scopes } = identity;
    if (scopes === undefined || this.#scopes.every((scope) => scopes.has(scope))) return { identity };
    return this.#refusal(403, 'The token is not good for this', metadataUrl, 'insufficient_scope');
  }

  #refusal(
    status: GateRefusal['status'],
    reason: string,
    resourceMetadata: string | undefined,
    error?: string,
  ): Admission {
    const scope = this.#scopes.length === 0 ? undefined : this.#scopes.join(' ');
    const errorDescription = error === undefined ? undefined : reason;
    return {
      refusal: { status, reason, challenge: writeChallenge({ error, errorDescription, scope, resourceMetadata }) },
    };
  }
}

const unknown: Verdict = { failure: 'invalid', reason: 'Nobody here knows this token' };
