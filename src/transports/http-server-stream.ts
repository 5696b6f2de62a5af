/**
 * The stream on which a server on HTTP says what belongs to no request (2025-11-25, basic/transports, listening for messages):
 * opened once the session stands, and opened again for as long as it does. A server need not have one.
 */

import type { Clock, TimerHandle } from '../ports.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { SseEvent } from '../protocol/sse-read.ts';
import type { HttpMessageHeaders } from './http-message-headers.ts';
import { type Refusal, readRefusal } from './http-refusal.ts';
import type { HttpRequests } from './http-requests.ts';
import type { HttpResponse, ResponseHead, ResponseListener } from './http-response.ts';
import type { RefusedMessage } from './http-session-loss.ts';

export interface ServerStreamOptions {
  readonly clock: Clock;
  readonly requests: HttpRequests;
  readonly headers: HttpMessageHeaders;
  readonly isSessionLost: (refused: RefusedMessage) => boolean;
  readonly onReached: () => void;
  /** The server has said for the first time whether it has one, or cannot be asked. */
  readonly onSettled: () => void;
  readonly onMessage: (bytes: Uint8Array) => void;
  readonly onOversize: (fault: ReadFault, bytes: number) => void;
  readonly onSessionLost: (refusal: Refusal) => void;
  /** The server has none, and is not asked again. */
  readonly onAbsent: (reason: string) => void;
}

const retryMinMs = 1000;
const retryMaxMs = 30_000;

/** Statuses that may be gone the next time: too early, too often, still open, or something between us and the server. */
function isPassing(status: number): boolean {
  return status === 408 || status === 409 || status === 425 || status === 429 || (status >= 500 && status !== 501);
}

export class ServerStream implements ResponseListener {
  readonly #options: ServerStreamOptions;
  #response: HttpResponse | undefined;
  #reopening: TimerHandle;
  #isOver = false;
  #isSettled = false;
  /** Who we were when the server did not let us listen. */
  #refusedAs: string | undefined;
  #isRefused = false;
  #lastEventId: string | undefined;
  /** What the server asked for. */
  #askedMs: number | undefined;
  #retryMs = retryMinMs;

  constructor(options: ServerStreamOptions) {
    this.#options = options;
    this.#open();
  }

  /** A client that has been refused may have got itself other credentials since. */
  mayTryAgain(): void {
    if (!this.#isRefused || this.#isOver || this.#options.headers.authorization === this.#refusedAs) return;
    this.#isRefused = false;
    this.#open();
  }

  close(): void {
    this.#isOver = true;
    this.#options.clock.clearTimeout(this.#reopening);
    this.#response?.abort();
  }

  head(): void {
    this.#options.onReached();
    this.#settle();
  }

  event({ data, id, retryMs }: SseEvent): void {
    if (id !== undefined) this.#lastEventId = id === '' ? undefined : id;
    if (retryMs !== undefined) this.#askedMs = Math.min(retryMs, retryMaxMs);
    this.#retryMs = retryMinMs;
    if (data !== undefined && data.length > 0) this.#options.onMessage(data);
  }

  oversize(fault: ReadFault, bytes: number, { id }: SseEvent): void {
    if (id !== undefined) this.#lastEventId = id;
    this.#options.onOversize(fault, bytes);
  }

  ended(head: ResponseHead, body: Uint8Array | 'too-large' | undefined): void {
    if (this.#isOver) return;
    if (body === undefined) {
      this.#openAgain();
      return;
    }
    const refusal = readRefusal(head, body === 'too-large' ? new Uint8Array(0) : body);
    if (this.#options.headers.sessionId !== undefined && this.#options.isSessionLost(refusal)) {
      this.#isOver = true;
      this.#options.onSessionLost(refusal);
    } else if (isPassing(head.status)) this.#openAgain();
    else if (head.status === 401 || head.status === 403) {
      this.#isRefused = true;
      this.#refusedAs = this.#options.headers.authorization;
    } else {
      this.#isOver = true;
      this.#options.onAbsent(refusal.reason);
    }
  }

  failed(): void {
    this.#settle();
    if (!this.#isOver) this.#openAgain();
  }

  #settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#options.onSettled();
  }

  #open(): void {
    const { requests, headers } = this.#options;
    const request = { method: 'GET', headers: headers.ofStream(this.#lastEventId), body: null } as const;
    this.#response = requests.send('streams', request, this);
  }

  /** A server that is down finds us again; one that ends each stream at once is not asked without pause. */
  #openAgain(): void {
    const pauseMs = this.#askedMs ?? this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, retryMaxMs);
    this.#reopening = this.#options.clock.setTimeout(() => this.#open(), pauseMs);
  }
}
