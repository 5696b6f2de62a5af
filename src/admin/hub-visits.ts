/**
 * Addresses of the page that are good once and for a short time. A browser is started with its address on the command line, which every
 * user of the machine can read: what they find there is used up, and the token was never there.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Clock } from '../ports.ts';
import { quietHeaders } from './answers.ts';
import { newToken } from './token.ts';

const goodForMs = 60_000;
/** The oldest goes. */
const visitsMax = 16;
const place = '/inspect/visit/';

export class HubVisits {
  readonly #clock: Clock;
  /** Until when each is good. */
  readonly #visits = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The path of a new one. */
  invite(): string {
    const [oldest] = this.#visits.keys();
    if (oldest !== undefined && this.#visits.size >= visitsMax) this.#visits.delete(oldest);
    const code = newToken();
    this.#visits.set(code, this.#clock.now() + goodForMs);
    return `${place}${code}`;
  }

  /** Leads a visitor to the page with this token. False, and nothing is answered, where it is no visit that is good. */
  receive({ method, url = '' }: IncomingMessage, response: ServerResponse, token: string): boolean {
    if (method !== 'GET' || !url.startsWith(place)) return false;
    const code = url.slice(place.length);
    const until = this.#visits.get(code);
    this.#visits.delete(code);
    if (until === undefined || until < this.#clock.now()) return false;
    response.writeHead(303, { ...quietHeaders, Location: `/inspect/#token=${token}` }).end();
    return true;
  }
}
