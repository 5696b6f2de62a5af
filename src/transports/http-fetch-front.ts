/**
 * The front of streamable HTTP without a server of its own: a `Request` of the Fetch standard in, a `Response` out. Whoever has
 * the server hands in what it receives. Knows no platform beside the standard.
 */

import { refusal } from '../errors.ts';
import { LocalError } from '../local-error.ts';
import type { Clock } from '../ports.ts';
import { fastUtf8Check } from '../runtime/platform.ts';
import { FixedDelay } from './fixed-delay.ts';
import { refuse } from './http-answers.ts';
import { HttpEntrance } from './http-entrance.ts';
import { FetchRequest } from './http-fetch-request.ts';
import { FetchResponse } from './http-fetch-response.ts';
import { type HttpEntranceOptions, type Identified, defaultHttpTimes } from './http-front-options.ts';

/** Requests under way at once, unless told otherwise. */
export const defaultRequestsMax = 10_000;

/** How long clients have to take the end of what was said to them. */
const farewellMs = 1000;

export interface FetchFrontOptions extends HttpEntranceOptions {
  /** Requests that may be under way at once, streams among them. */
  readonly requestsMax?: number;
}

export class FetchFront {
  readonly #clock: Clock;
  readonly #entrance: HttpEntrance;
  readonly #requestsMax: number;
  readonly #slowBodies: FixedDelay;
  readonly #underWay = new Set<FetchResponse>();
  #noneIsUnderWay = (): void => {};

  constructor(options: FetchFrontOptions) {
    const isUtf8 = fastUtf8Check();
    this.#clock = options.clock;
    this.#entrance = new HttpEntrance(options, isUtf8 === undefined ? {} : { isUtf8 });
    this.#requestsMax = options.requestsMax ?? defaultRequestsMax;
    this.#slowBodies = new FixedDelay(options.clock, options.times?.requestMs ?? defaultHttpTimes.requestMs);
  }

  /**
   * Serves one request, whatever it is. The client is gone when `request.signal` is aborted, or the body of the response is
   * cancelled.
   * @throws LocalError BODY_TAKEN
   */
  async fetch(request: Request, visitor: Identified | Promise<Identified>): Promise<Response> {
    if (request.bodyUsed || request.body?.locked === true) {
      throw new LocalError('BODY_TAKEN', 'The body of the request was read by somebody else.');
    }
    const asked = new FetchRequest(request, this.#slowBodies);
    const leaves = (): void => response.clientGone();
    const response = new FetchResponse(this.#clock, () => {
      request.signal.removeEventListener('abort', leaves);
      asked.giveUp();
      this.#underWay.delete(response);
      if (this.#underWay.size === 0) this.#noneIsUnderWay();
    });
    this.#underWay.add(response);
    if (request.signal.aborted) response.clientGone();
    else request.signal.addEventListener('abort', leaves);
    if (this.#underWay.size > this.#requestsMax) {
      refuse(response, refusal('TOO_MANY_REQUESTS', { scope: 'front', limit: this.#requestsMax }));
    } else if (!response.destroyed) this.#entrance.serve(asked, response, () => visitor);
    return response.answer;
  }

  /** Tells probes that it drains. Whether new sessions are opened is said by whoever opens them. */
  drain(): void {
    this.#entrance.drain();
  }

  /** Ends whatever is being answered. Resolves when its clients have taken that, or soon. */
  async close(): Promise<void> {
    this.#entrance.close();
    if (this.#underWay.size > 0) {
      const farewell = this.#clock.setTimeout(() => {
        for (const response of this.#underWay) response.destroy();
      }, farewellMs);
      await new Promise<void>((resolve) => {
        this.#noneIsUnderWay = resolve;
      });
      this.#clock.clearTimeout(farewell);
    }
    this.#entrance.stop();
    this.#slowBodies.stop();
  }
}
