/** The secret that whoever manages this process shows. Knows how it is made and compared, not where it is kept. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const tokenBytes = 32;

/** A token that nobody can guess, of characters that can stand in a URL. */
export function newToken(): string {
  return randomBytes(tokenBytes).toString('base64url');
}

/** Compares by digests: how long it takes says nothing about how much of the token was right, or how long it is. */
export class TokenCheck {
  readonly #digest: Buffer;

  constructor(token: string) {
    this.#digest = digestOf(token);
  }

  /** @param shown the bare token; undefined where none is shown. */
  is(shown: string | undefined): boolean {
    return shown !== undefined && timingSafeEqual(digestOf(shown), this.#digest);
  }
}

/** @param header the value of `Authorization`. Undefined where it shows no token. */
export function bearerIn(header = ''): string | undefined {
  return /^Bearer +([\w-]+)$/i.exec(header)?.[1];
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
