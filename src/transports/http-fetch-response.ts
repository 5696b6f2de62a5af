/**
 * The response to one request, as a `Response` of the Fetch standard: with a body of bytes when all is said at once, and of a
 * stream otherwise, whose reader says by its pace how much of it is taken. Knows no platform beside the standard.
 */

import type { Clock } from '../ports.ts';
import { addPageHeaders } from './http-cors.ts';
import type { FrontResponse, HeaderList, ResponseOwner } from './http-messages.ts';
import { joinBytes } from './join-bytes.ts';
import { Patience } from './patience.ts';

/** What may wait in a stream and counts for nothing. */
const streamBytes = 16 * 1024;

/** What is longer is passed on in pieces, so that a slow reader is seen to take them. */
const pieceBytesMax = 64 * 1024;

/** For a client that is gone: nobody reads it, and whoever waits for an answer is not left to wait. */
const clientClosedRequest = 499;

export class FetchResponse implements FrontResponse {
  pageOrigin: string | undefined = undefined;
  owner: ResponseOwner | undefined = undefined;
  destroyed = false;
  headersSent = false;
  /** Resolves when the headers are known and something is said, and never fails. */
  readonly answer: Promise<Response>;
  readonly #patience: Patience;
  /** Everything was said and taken but a little, or the client is gone. */
  readonly #onOver: () => void;
  #resolve: ((answer: Response) => void) | undefined;
  #status = 200;
  #headers: HeaderList = [];
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined = undefined;
  #hasEnded = false;
  #isOver = false;
  #onTaken: (() => void) | undefined = undefined;
  #writtenBytes = 0;

  constructor(clock: Clock, onOver: () => void) {
    this.#patience = new Patience(clock);
    this.#onOver = onOver;
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get untakenBytes(): number {
    const waiting = this.#waitingBytes;
    return waiting < streamBytes ? 0 : waiting;
  }

  get #waitingBytes(): number {
    const room = this.#stream?.desiredSize;
    return this.#isOver || room === null || room === undefined ? 0 : streamBytes - room;
  }

  /** Whoever carries the request has done so. */
  writeContinue(): void {}

  begin(status: number, headers: HeaderList): void {
    if (this.pageOrigin !== undefined) addPageHeaders(headers, this.pageOrigin);
    this.#status = status;
    this.#headers = headers;
    this.headersSent = true;
  }

  flushHeaders(): void {
    if (!this.#isOver) this.#open();
  }

  write(bytes: Uint8Array): void {
    if (this.#hasEnded || this.#isOver) return;
    const stream = this.#open();
    this.#writtenBytes += bytes.length;
    for (let at = 0; at < bytes.length; at += pieceBytesMax) stream.enqueue(bytes.subarray(at, at + pieceBytesMax));
  }

  end(body?: Uint8Array): void {
    if (this.#hasEnded || this.#isOver) return;
    if (this.#stream === undefined) {
      this.#hasEnded = true;
      this.#say(body ?? null);
      this.#over();
      return;
    }
    if (body !== undefined) this.write(body);
    this.#hasEnded = true;
    // A stream that is closed tells nobody what is taken of it: the end is told when the rest was.
    if (this.untakenBytes === 0) this.#close();
  }

  endShort(parts: readonly Uint8Array[]): void {
    this.end(joinBytes(parts));
  }

  onTaken(taken: () => void): void {
    this.#onTaken = taken;
  }

  cutOffAfter(patienceMs: number): void {
    this.#patience.begin(
      patienceMs,
      () => this.#writtenBytes - this.#waitingBytes,
      () => this.destroy(),
    );
  }

  /** Whoever still reads learns that this is not all. */
  destroy(): void {
    if (this.#isOver) return;
    this.#stream?.error(new Error('The response was cut off'));
    this.clientGone();
  }

  /** Nobody reads any more. That is no error of anybody's: a stream just ends. */
  clientGone(): void {
    if (this.#isOver) return;
    this.destroyed = true;
    this.#isOver = true;
    if (this.#stream === undefined) {
      this.headersSent = true;
      this.#status = clientClosedRequest;
      this.#headers = [];
      this.#say(null);
    } else closeQuietly(this.#stream);
    this.#over();
    this.tellOwner();
  }

  tellOwner(): void {
    const { owner } = this;
    this.owner = undefined;
    owner?.responseClosed();
  }

  #open(): ReadableStreamDefaultController<Uint8Array> {
    if (this.#stream !== undefined) return this.#stream;
    const source = {
      start: (controller: ReadableStreamDefaultController<Uint8Array>) => {
        this.#stream = controller;
      },
      pull: () => this.#taken(),
      cancel: () => this.clientGone(),
    };
    const body = new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: streamBytes }));
    this.#say(body);
    return this.#stream!;
  }

  /** The reader takes what comes: less is waiting than counts. */
  #taken(): void {
    this.#patience.end();
    if (this.#hasEnded) this.#close();
    this.#onTaken?.();
  }

  #close(): void {
    if (this.#isOver) return;
    this.#stream?.close();
    this.#over();
  }

  #say(body: Uint8Array | ReadableStream | null): void {
    const headers = new Headers();
    for (let at = 0; at + 1 < this.#headers.length; at += 2) headers.append(this.#headers[at]!, this.#headers[at + 1]!);
    this.#resolve?.(new Response(body, { status: this.#status, headers }));
    this.#resolve = undefined;
  }

  #over(): void {
    this.#isOver = true;
    this.#patience.end();
    this.#onOver();
  }
}

/** A stream that was cancelled, or has failed, is closed already, and says so by throwing. */
function closeQuietly(stream: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    stream.close();
  } catch {
    return;
  }
}
