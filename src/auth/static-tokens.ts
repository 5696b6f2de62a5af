/**
 * Tokens that an operator gave out by hand. Only their SHA-256 is known here: a token has 256 random bits, so that nothing slower
 * makes guessing any harder.
 */

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import type { Identity, TokenVerifier, Verdict } from './gate.ts';

export interface StaticToken {
  /** Who brings it. */
  readonly name: string;
  /** SHA-256 of the token. */
  readonly digest: Buffer;
  /** Undefined: good for everything. */
  readonly scopes: readonly string[] | undefined;
}

export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** A token that nobody guesses. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

interface Known {
  readonly digest: Buffer;
  readonly identity: Identity;
}

export class StaticTokens implements TokenVerifier {
  /** Digests are looked up under a key of this process: how long that takes tells nobody how much of a guess was right. */
  readonly #key = randomBytes(32);
  readonly #known: ReadonlyMap<string, Known>;

  constructor(tokens: readonly StaticToken[]) {
    this.#known = new Map(
      tokens.map(({ name, digest, scopes }) => {
        const identity = { principal: name, scopes: scopes === undefined ? undefined : new Set(scopes) };
        return [this.#blinded(digest), { digest, identity }];
      }),
    );
  }

  verify(token: string): Verdict {
    const digest = digestOf(token);
    const known = this.#known.get(this.#blinded(digest));
    if (known === undefined || !timingSafeEqual(known.digest, digest)) return strange;
    return { identity: known.identity };
  }

  #blinded(digest: Buffer): string {
    return createHmac('sha256', this.#key).update(digest).digest('base64');
  }
}

const strange: Verdict = { failure: 'invalid', reason: 'The token is not known' };
