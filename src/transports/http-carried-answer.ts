/**
 * The answer of another node on its way to the client of this one: no faster than the client takes it, and given up there when the
 * client goes. What cannot be answered any more is said in the answer's own form, so that nobody waits for it (R9).
 */

import type { Refusal } from '../errors.ts';
import type { AbortSignalLike } from '../ports.ts';
import { encodeSseEvent } from '../protocol/sse-write.ts';
import { encodeRefusal } from '../session/tell.ts';
import { refuse } from './http-answers.ts';
import type { FrontResponse, ResponseOwner } from './http-messages.ts';
import { Outflow } from './http-outflow.ts';
import { decodePiece } from './http-routed-frame.ts';
import { joinBytes } from './join-bytes.ts';

export interface CarriedAnswerOptions {
  readonly response: FrontResponse;
  /** Of the one request that waits for an answer, as JSON text; undefined where there is none, or several. */
  readonly idToken: string | undefined;
  readonly patienceMs: number;
  /** What the client has not taken is counted. */
  readonly waiting: (bytes: number) => void;
}

export class CarriedAnswer implements ResponseOwner {
  readonly #options: CarriedAnswerOptions;
  readonly #outflow: Outflow;
  readonly #gone = new Gone();
  #isEvents = false;
  #hasRoom = (): void => {};

  constructor(options: CarriedAnswerOptions) {
    const { response, patienceMs, waiting } = options;
    this.#options = options;
    const meter = {
      waiting: (bytes: number): void => {
        waiting(bytes);
        if (this.#outflow.waiting === 0) this.#hasRoom();
      },
    };
    this.#outflow = new Outflow(response, meter, patienceMs);
    response.owner = this;
  }

  /** The client is gone: the other node need not go on. */
  get signal(): AbortSignalLike {
    return this.#gone;
  }

  /** Resolves when the client has taken what was said. */
  take(bytes: Uint8Array): void | Promise<void> {
    const { response } = this.#options;
    const { head, isCutOff, bytes: said } = decodePiece(bytes);
    if (response.destroyed) return;
    if (head !== undefined) {
      this.#isEvents = isEvents(head.headers);
      response.begin(head.status, head.headers);
    }
    if (isCutOff) {
      response.destroy();
      return;
    }
    if (said.length === 0) response.flushHeaders();
    else response.write(said);
    this.#outflow.wrote();
    if (this.#outflow.waiting === 0) return;
    return new Promise((resolve) => {
      this.#hasRoom = resolve;
    });
  }

  end(last: Uint8Array): void {
    const { response } = this.#options;
    const { head, isCutOff, bytes } = decodePiece(last);
    if (response.destroyed) return;
    if (head !== undefined) response.begin(head.status, head.headers);
    if (isCutOff) {
      response.destroy();
      return;
    }
    if (bytes.length === 0) response.end();
    else if (head === undefined) response.end(bytes);
    else response.endShort([bytes]);
    response.owner = this.#outflow;
    this.#outflow.wrote();
  }

  /** There is no answer, or not the rest of it. A stream that belongs to no request is cut off: its client comes back. */
  fail(refusal: Refusal, status: number): void {
    const { response, idToken } = this.#options;
    if (response.destroyed) return;
    if (!response.headersSent) {
      response.owner = undefined;
      refuse(response, refusal, { status, idToken });
    } else if (this.#isEvents && idToken !== undefined) {
      response.end(joinBytes(encodeSseEvent([encodeRefusal(idToken, refusal)], undefined)));
      response.owner = this.#outflow;
      this.#outflow.wrote();
    } else response.destroy();
  }

  responseClosed(): void {
    this.#outflow.responseClosed();
    this.#hasRoom();
    this.#gone.abort();
  }
}

/** What is used of an `AbortSignal`. One of those for each request is seen in a profile of the node. */
class Gone implements AbortSignalLike {
  aborted = false;
  readonly #listeners: (() => void)[] = [];

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const tell of this.#listeners.splice(0)) tell();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }
}

function isEvents(headers: readonly string[]): boolean {
  return headers.some(
    (text, at) => at % 2 === 0 && text.toLowerCase() === 'content-type' && headers[at + 1] === 'text/event-stream',
  );
}
