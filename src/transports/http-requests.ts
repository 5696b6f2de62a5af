/**
 * The requests of one session that are open: sent to the same place, paused together, ended together. What leaks nothing is
 * counted here.
 */

import type { HttpAgent, HttpLane, HttpRequest } from './http-agent.ts';
import { HttpResponse, type ResponseLimits, type ResponseListener } from './http-response.ts';
import type { HttpTarget } from './http-target.ts';

export class HttpRequests {
  readonly #agent: HttpAgent;
  readonly #target: HttpTarget;
  readonly #limits: ResponseLimits;
  readonly #open = new Set<HttpResponse>();
  #isPaused = false;

  constructor(agent: HttpAgent, target: HttpTarget, limits: ResponseLimits) {
    this.#agent = agent;
    this.#target = target;
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  get messageBytesMax(): number {
    return this.#limits.messageBytesMax;
  }

  /** @param path where it goes, if not where all go. */
  send(
    lane: HttpLane,
    { method, headers, body, path = this.#target.path }: Omit<HttpRequest, 'origin' | 'path'> & { path?: string },
    listener: ResponseListener,
  ): HttpResponse {
    const response = new HttpResponse(this.#limits, listener, this.#isPaused, this.#open);
    this.#agent.send(lane, { origin: this.#target.origin, path, method, headers, body }, response);
    return response;
  }

  /** Stops (true) or goes on (false) reading what the server says, in all responses that are open and that will be. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    for (const response of this.#open) response.pause(isPaused);
  }

  abortAll(): void {
    for (const response of [...this.#open]) response.abort();
  }
}
