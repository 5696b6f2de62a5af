/**
 * One HTTP request on its way and the response to it, read as it comes: the events of an event stream each as they end, any
 * other body in one piece. Tells whether the server may have seen the request. Decides nothing about what is in a message.
 */

import { probeOversize } from '../protocol/oversize.ts';
import { MessagePieces } from '../protocol/message-pieces.ts';
import type { ReadFault } from '../protocol/faults.ts';
import { type SseEvent, SseReader } from '../protocol/sse-read.ts';
import type { HttpResponseHandler } from './http-agent.ts';

/** What came before the body. */
export interface ResponseHead {
  readonly status: number;
  readonly isEventStream: boolean;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
}

/** Told in this order: `started`, `head`, then what the body brings, then one of the last two. */
export interface ResponseListener {
  /** It is being written to a connection; the server may have seen it from here on. */
  started?(): void;
  head(head: ResponseHead): void;
  /** An event of an event stream. */
  event?(event: SseEvent): void;
  /** Data of an event that was too large to keep. */
  oversize?(fault: ReadFault, bytes: number, event: SseEvent): void;
  /** The end of the response, with its body where it was no event stream; `too-large` where it was longer than the limit. */
  ended(head: ResponseHead, body: Uint8Array | 'too-large' | undefined): void;
  /** The end without the end of the response. `wasStarted` false: the server has certainly not seen the request. */
  failed(error: Error, wasStarted: boolean): void;
}

export interface ResponseLimits {
  /** Longest message: data of one event, or the whole body of a success. */
  readonly messageBytesMax: number;
}

/** As much is read of a body that is no message. */
const refusalBytesMax = 64 * 1024;

const eventStream = 'text/event-stream';
const noBytes = new Uint8Array(0);

/** Thrown into the agent to take back a request that has not left: it leaves the connection as it is. */
const withdrawn = new Error('The request was taken back');

export class HttpResponse implements HttpResponseHandler {
  readonly #limits: ResponseLimits;
  readonly #listener: ResponseListener;
  /** Where it is listed as long as it is open. */
  readonly #list: Set<HttpResponse>;
  #abort: ((reason?: Error) => void) | undefined;
  #isOver = false;
  #isGivenUp = false;
  #isPaused: boolean;
  /** The agent holds the response back and goes on when this is called. */
  #resume: (() => void) | undefined;
  #head: ResponseHead | undefined;
  #events: SseReader | undefined;
  #first: Uint8Array | undefined;
  #pieces: MessagePieces | undefined;
  #bytes = 0;

  /** @param isPaused it is not read until `pause(false)`. */
  constructor(limits: ResponseLimits, listener: ResponseListener, isPaused: boolean, list: Set<HttpResponse>) {
    this.#limits = limits;
    this.#listener = listener;
    this.#isPaused = isPaused;
    this.#list = list;
    list.add(this);
  }

  /** Neither ended nor given up. */
  get isOpen(): boolean {
    return !this.#isOver;
  }

  /** Takes the request back, or closes its connection. Nothing is told from here on. */
  abort(): void {
    this.#isGivenUp = true;
    if (this.#isOver) return;
    this.#end();
    this.#abort?.();
  }

  /** Stops (true) or goes on (false) reading the response. What was read already still comes. */
  pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    // Not at once: whoever asks for it may be in the middle of another response, and the agent reads one at a time.
    if (!isPaused) queueMicrotask(() => this.#goOn());
  }

  onConnect(abort: (reason?: Error) => void): void {
    if (this.#isOver) throw withdrawn;
    this.#abort = abort;
    this.#listener.started?.();
  }

  onHeaders(status: number, headers: readonly Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    const header = (name: string): string | undefined => headerOf(headers, name);
    const isEventStream = status < 300 && header('content-type')?.toLowerCase().startsWith(eventStream) === true;
    this.#head = { status, isEventStream, header };
    if (isEventStream) this.#events = this.#reader();
    this.#resume = resume;
    this.#listener.head(this.#head);
    return this.#isRead();
  }

  onData(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    if (this.#events !== undefined) this.#events.push(chunk);
    else this.#collect(chunk);
    return this.#isRead();
  }

  onComplete(): void {
    if (this.#isOver || this.#head === undefined) return;
    this.#end();
    this.#listener.ended(this.#head, this.#events === undefined ? this.#body() : undefined);
  }

  onError(error: Error): void {
    if (this.#isOver) return;
    this.#end();
    const wasStarted = this.#abort !== undefined;
    // A request that cannot even be written fails inside the call that sends it.
    queueMicrotask(() => {
      if (!this.#isGivenUp) this.#listener.failed(error, wasStarted);
    });
  }

  #end(): void {
    this.#isOver = true;
    this.#list.delete(this);
  }

  #reader(): SseReader {
    return new SseReader(
      { eventBytesMax: this.#limits.messageBytesMax },
      {
        onEvent: (event) => {
          if (!this.#isOver) this.#listener.event?.(event);
        },
        onOversize: (data, event) => {
          if (!this.#isOver) this.#listener.oversize?.(probeOversize(data), data.totalBytes, event);
        },
      },
      (bytes) => Buffer.allocUnsafeSlow(bytes),
    );
  }

  #isRead(): boolean {
    return !this.#isPaused || this.#isOver;
  }

  #goOn(): void {
    if (!this.#isPaused && !this.#isOver) this.#resume?.();
  }

  #collect(chunk: Uint8Array): void {
    const isSuccess = this.#head!.status < 300;
    const bytesMax = isSuccess ? this.#limits.messageBytesMax : Math.min(refusalBytesMax, this.#limits.messageBytesMax);
    this.#bytes += chunk.length;
    if (this.#bytes > bytesMax) {
      // Whose message it was is known, so that the rest of it need not be read.
      this.abort();
      this.#listener.ended(this.#head!, isSuccess ? 'too-large' : this.#body());
    } else if (this.#first === undefined) this.#first = chunk;
    else {
      if (this.#pieces === undefined) {
        this.#pieces = new MessagePieces(bytesMax, (bytes) => Buffer.allocUnsafeSlow(bytes));
        this.#pieces.append(this.#first);
      }
      this.#pieces.append(chunk);
    }
  }

  #body(): Uint8Array {
    return this.#pieces?.whole() ?? this.#first ?? noBytes;
  }
}

/** @param name in lower case. */
function headerOf(headers: readonly Buffer[], name: string): string | undefined {
  for (let at = 0; at < headers.length; at += 2) {
    const key = headers[at];
    if (key?.length === name.length && key.toString('latin1').toLowerCase() === name) {
      return headers[at + 1]?.toString('latin1');
    }
  }
  return undefined;
}
