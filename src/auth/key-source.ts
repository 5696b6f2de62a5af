/**
 * The public keys of an issuer, as they come from its URL. An issuer that cannot be reached is not asked at every request, and what
 * it said last holds for a while: its tokens do not become worthless with it.
 */

import type { Clock } from '../ports.ts';
import { messageOf } from '../reasons.ts';
import type { Fetch } from './fetching.ts';

export interface KeySourceOptions {
  readonly url: URL;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** How long the keys that were read last hold when there are no others. */
  readonly staleMs?: number;
  /** How long an issuer that could not be reached is not asked again. */
  readonly pauseMs?: number;
}

export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

const staleDefaultMs = 60 * 60 * 1000;
const pauseDefaultMs = 5000;

export class KeySource {
  readonly #options: KeySourceOptions;
  #last: { readonly text: string; readonly at: number } | undefined;
  #failure: { readonly error: KeysUnavailable; readonly at: number } | undefined;

  constructor(options: KeySourceOptions) {
    this.#options = options;
  }

  /** A JSON Web Key Set as text. @throws KeysUnavailable when there is none. */
  async read(): Promise<string> {
    const { clock, pauseMs = pauseDefaultMs } = this.#options;
    const now = clock.now();
    if (this.#failure !== undefined && now - this.#failure.at < pauseMs) return this.#stale(this.#failure.error);
    try {
      const text = await this.#fetched();
      this.#failure = undefined;
      this.#last = { text, at: clock.now() };
      return text;
    } catch (error) {
      const why = messageOf(error);
      const failure = new KeysUnavailable(`The keys of the issuer cannot be read: ${why}`);
      this.#failure = { error: failure, at: clock.now() };
      return this.#stale(failure);
    }
  }

  async #fetched(): Promise<string> {
    const { url, fetch } = this.#options;
    const response = await fetch(url, { method: 'GET', headers: { accept: 'application/json' } });
    if (response.status !== 200) throw new Error(`${url.origin} answered HTTP ${response.status}`);
    const text = await response.text();
    const value: unknown = JSON.parse(text);
    const isKeySet = typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
    if (!isKeySet) throw new Error(`${url.origin} answered with no key set`);
    return text;
  }

  #stale(error: KeysUnavailable): string {
    const { clock, staleMs = staleDefaultMs } = this.#options;
    if (this.#last === undefined || clock.now() - this.#last.at > staleMs) throw error;
    return this.#last.text;
  }
}
