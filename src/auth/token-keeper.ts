/**
 * The token with which we come to one server: has it from the store, renews it, and asks its user for another when it is worth
 * nothing any more. One renewal is under way at a time, in this process and in all others of the user: the rest wait for what
 * it brings (P15).
 */

import type { Clock, Log } from '../ports.ts';
import { AuthError } from './auth-error.ts';
import { type BearerChallenge, readBearerChallenge } from './challenge.ts';
import type { Fetch } from './fetching.ts';
import type { Tokens } from './oauth-calls.ts';
import type { Login } from './oauth-login.ts';
import { type StoredAuth, type TokenStore, keyOf } from './token-store.ts';

export interface TokenKeeperOptions {
  readonly url: URL;
  /** Its id, where the user chose it. */
  readonly clientId: string | undefined;
  readonly store: TokenStore;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** How a user is asked; undefined where nobody may be. */
  readonly login: Login | undefined;
}

/** A token that has so little left is renewed before it is used. */
const leftMsMin = 30_000;
const refreshHoldMs = 60_000;
/** A user takes longer than a server. */
const loginHoldMs = 6 * 60_000;
/** After a failure that may pass, as of the network, for so long nothing is asked before a token is refused. */
const pauseMs = 10_000;
/** What a login brought, and is refused so soon after it though its issuer holds to it, is not helped by another one. */
const freshMs = 60_000;

export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  #stored: StoredAuth | undefined;
  #hasRead = false;
  #reading: Promise<void> | undefined;
  #renewing: Promise<boolean> | undefined;
  #pausedUntil = 0;
  #loggedInAt = -Infinity;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
  }

  /** What to say in `Authorization`: at once, unless it has to be read or renewed before. */
  authorization(): string | undefined | Promise<string | undefined> {
    if (this.#hasRead && !this.#isNearItsEnd()) return authorizationOf(this.#stored?.tokens);
    return this.#readied();
  }

  /**
   * The server has refused this.
   * @param challenge what it wants instead.
   * @param mayAsk whether there is somebody to ask.
   * @returns true when there is something else to say now. Never rejects.
   */
  async refused(said: string | undefined, challenge: string | undefined, mayAsk: boolean): Promise<boolean> {
    const now = authorizationOf(this.#stored?.tokens);
    if (now !== undefined && now !== said) return true;
    return this.#renewOnce(said, readBearerChallenge(challenge), mayAsk);
  }

  async #readied(): Promise<string | undefined> {
    // All who wait for the same go on in the order in which they came.
    await (this.#reading ??= this.#read());
    const said = authorizationOf(this.#stored?.tokens);
    if (this.#isNearItsEnd()) await this.#renewOnce(said, undefined, false);
    return authorizationOf(this.#stored?.tokens);
  }

  async #read(): Promise<void> {
    const { store, url, clientId } = this.#options;
    this.#stored = await store.read(url, clientId);
    this.#hasRead = true;
  }

  #isNearItsEnd(): boolean {
    const { clock } = this.#options;
    const { refresh, expiresAt } = this.#stored?.tokens ?? {};
    if (refresh === undefined || expiresAt === undefined || clock.now() < this.#pausedUntil) return false;
    return expiresAt - clock.wallTime() < leftMsMin;
  }

  async #renewOnce(
    said: string | undefined,
    challenge: BearerChallenge | undefined,
    mayAsk: boolean,
  ): Promise<boolean> {
    this.#renewing ??= this.#renewed(said, challenge, mayAsk).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewed(said: string | undefined, challenge: BearerChallenge | undefined, mayAsk: boolean): Promise<boolean> {
    const { store, url, clientId, log, login, clock } = this.#options;
    const asks = mayAsk && login !== undefined;
    try {
      return await store.alone(url, clientId, asks ? loginHoldMs : refreshHoldMs, async () => {
        await this.#read();
        // Another process was first.
        const { tokens } = this.#stored ?? {};
        if (tokens !== undefined && authorizationOf(tokens) !== said) return true;
        if (await this.#isRefreshed(challenge)) return true;
        if (login === undefined) log.warn({ server: keyOf(url) }, `log in with: ninelives auth login ${keyOf(url)}`);
        if (!mayAsk || login === undefined) return false;
        if (this.#stored?.tokens !== undefined && clock.now() - this.#loggedInAt < freshMs) {
          log.warn({ server: keyOf(url) }, 'the server refuses what a login has just brought');
          return false;
        }
        await this.#keep(await login(this.#stored, challenge));
        this.#loggedInAt = clock.now();
        return true;
      });
    } catch (error) {
      if (!(error instanceof AuthError)) log.error({ error }, 'the token of a server could not be renewed');
      else log.warn({ server: keyOf(url), reason: error.message }, 'the token of a server could not be renewed');
      this.#pausedUntil = clock.now() + pauseMs;
      return false;
    }
  }

  /** False: a login is wanted. @throws AuthError for what may pass. */
  async #isRefreshed(challenge: BearerChallenge | undefined): Promise<boolean> {
    const stored = this.#stored;
    const { fetch, clock, log, url } = this.#options;
    // What is missing is a scope, which the same grant does not bring.
    if (stored?.tokens?.refresh === undefined || challenge?.error === 'insufficient_scope') return false;
    const { refresh } = await import('./oauth-calls.ts');
    const { issuer, tokenEndpoint, tokenEndpointMethods: methods, client, resource, tokens } = stored;
    const server = {
      issuer,
      token_endpoint: tokenEndpoint,
      ...(methods === undefined ? {} : { token_endpoint_auth_methods_supported: [...methods] }),
    };
    try {
      const renewed = await refresh({ server, fetch, wallTime: () => clock.wallTime() }, client, resource, tokens);
      await this.#keep({ ...stored, tokens: renewed });
      return true;
    } catch (error) {
      if (!(error instanceof AuthError) || !error.wantsLogin) throw error;
      log.warn({ server: keyOf(url), reason: error.message }, 'the login to a server has expired');
      const { tokens: _worthless, ...rest } = stored;
      await this.#keep(rest);
      return false;
    }
  }

  async #keep(stored: StoredAuth): Promise<void> {
    const { store, url, clientId } = this.#options;
    await store.write(url, clientId, stored);
    this.#stored = stored;
  }
}

function authorizationOf(tokens: Tokens | undefined): string | undefined {
  return tokens === undefined ? undefined : `Bearer ${tokens.access}`;
}
