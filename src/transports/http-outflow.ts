/**
 * How much of one response its client has not taken yet. A little is always under way and counts for nothing; what is more is
 * told to the session that the response belongs to, until it is taken or the response is over. Who takes nothing at all for a
 * while is cut off, so that one client that has stopped reading does not hold up a server that others use too.
 */

import type { FrontResponse, ResponseOwner } from './http-messages.ts';

/** Where a session adds up what its clients have not taken. */
export interface OutflowMeter {
  /** So many bytes more are waiting; less where it is negative. */
  waiting(bytes: number): void;
}

export class Outflow implements ResponseOwner {
  readonly #response: FrontResponse;
  readonly #meter: OutflowMeter;
  readonly #patienceMs: number;
  #waiting = 0;
  #isListening = false;

  constructor(response: FrontResponse, meter: OutflowMeter, patienceMs: number) {
    this.#response = response;
    this.#meter = meter;
    this.#patienceMs = patienceMs;
  }

  /** Bytes that are waiting to be taken; 0 while its client keeps up. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Something was written. */
  wrote(): void {
    const response = this.#response;
    const behind = response.untakenBytes;
    if (behind === 0) return;
    if (!this.#isListening) {
      this.#isListening = true;
      response.onTaken(() => this.#set(0));
    }
    if (this.#waiting === 0) response.cutOffAfter(this.#patienceMs);
    this.#set(behind);
  }

  /** Nobody takes anything any more. */
  responseClosed(): void {
    this.#set(0);
  }

  #set(bytes: number): void {
    const more = bytes - this.#waiting;
    this.#waiting = bytes;
    if (more !== 0) this.#meter.waiting(more);
  }
}
