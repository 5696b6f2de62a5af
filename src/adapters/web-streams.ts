/**
 * A peer behind a pair of Web Streams of bytes. Reads, writes, waits for a peer that reads slowly, and gives the streams back
 * at the end. Needs no Node: it runs where Web Streams do. Does not know how messages stand in the streams.
 */

import { LocalError } from '../local-error.ts';
import type { Clock, UpstreamLink } from '../ports.ts';
import { probeOversize } from '../protocol/oversize.ts';
import { systemClock } from '../runtime/system-clock.ts';
import type { PeerReports } from './peer-adapter.ts';
import {
  type StreamAdapter,
  type StreamOptions,
  Teller,
  checkStreamOptions,
  lastWordsMs,
  streamDefaults,
} from './stream-adapter.ts';
import { ChunkFraming, type Framing, LineFraming } from './stream-framing.ts';
import { asError } from './thrown.ts';

/** As much of a ReadableStream as is needed, so that these declarations fit browsers, workers and Node. */
export interface WebReadable {
  readonly locked: boolean;
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
    releaseLock(): void;
  };
}

/** As much of a WritableStream as is needed. */
export interface WebWritable {
  readonly locked: boolean;
  getWriter(): {
    readonly closed: Promise<unknown>;
    write(chunk: Uint8Array): Promise<void>;
    close(): Promise<void>;
    abort(reason?: unknown): Promise<void>;
    releaseLock(): void;
  };
}

/** The two directions of one peer. They are locked by the adapter from now on. */
export interface WebStreamPair {
  /** What the peer says. Its chunks must not change afterwards. */
  readonly readable: WebReadable;
  /** What the peer is told. */
  readonly writable: WebWritable;
}

/** How a pair of Web Streams is read and written. */
export interface WebStreamOptions extends StreamOptions {
  /**
   * `lines` (the default): newline-delimited JSON, as on stdio (2025-11-25, basic/transports). `messages`: each chunk is one
   * whole message, in both directions.
   */
  readonly framing?: 'lines' | 'messages';
}

/**
 * A peer that speaks JSON-RPC over a pair of Web Streams. Both are locked until the peer is gone or the session has ended.
 *
 * ```ts
 * const client = webStreams({ readable, writable }, { framing: 'messages' });
 * ```
 *
 * The end of `readable` is reported as `ended`, since the peer may still read; an error there as `closed`, and so is a peer that
 * cancels what we write, once it has said its last words or 100 ms later. Closing the link writes out what was written, closes
 * `writable` and cancels `readable`.
 * @throws LocalError STREAM_UNUSABLE: a stream is locked to somebody else; INVALID_OPTION.
 */
export function webStreams({ readable, writable }: WebStreamPair, options: WebStreamOptions = {}): StreamAdapter {
  checkStreamOptions(options);
  if (readable.locked) throw new LocalError('STREAM_UNUSABLE', 'The readable stream is locked to another reader.');
  if (writable.locked) throw new LocalError('STREAM_UNUSABLE', 'The writable stream is locked to another writer.');
  return new WebStreams({ readable, writable }, options);
}

class WebStreams implements StreamAdapter {
  readonly link: UpstreamLink;
  readonly closed: Promise<void>;
  readonly #reader: ReturnType<WebReadable['getReader']>;
  readonly #writer: ReturnType<WebWritable['getWriter']>;
  readonly #options: WebStreamOptions;
  readonly #clock: Clock;
  readonly #framing: Framing;
  readonly #highWaterBytesMax: number;
  readonly #teller = new Teller();
  #turnIsScheduled = false;
  /** Bytes that the stream was given and has not taken yet. */
  #untakenBytes = 0;
  #isBlocked = false;
  #outputEnd: Promise<void> | undefined;
  #isPaused = false;
  #isInputEnded = false;
  #isOutputGone = false;
  #isEnding = false;
  #goOn: () => void = () => {};
  #tellClosed: () => void = () => {};

  constructor({ readable, writable }: WebStreamPair, options: WebStreamOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock();
    this.#highWaterBytesMax = options.highWaterBytesMax ?? streamDefaults.highWaterBytesMax;
    const messageBytesMax = options.messageBytesMax ?? streamDefaults.messageBytesMax;
    this.#framing = new (options.framing === 'messages' ? ChunkFraming : LineFraming)(messageBytesMax);
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    this.#writer.closed.catch((error: unknown) => this.#outputGone(error));
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    this.link = {
      write: (message) => this.#write(message),
      pause: (paused) => this.#pause(paused),
      closeInput: () => void this.#endOutput(),
      close: (reason) => {
        this.#teller.silence();
        void this.#end(reason);
      },
    };
  }

  start(reports: PeerReports): void {
    this.#teller.start(reports);
    void this.#read();
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        // What was asked for before the pause waits for its end.
        while (this.#isPaused && !this.#isEnding && !this.#isOutputGone) await this.#resumed();
        if (done) break;
        this.#framing.push(bytesOf(value), ...this.#heard);
      }
      this.#framing.end(...this.#heard);
      this.#isInputEnded = true;
      if (this.#isOutputGone) this.#gone();
      else this.#teller.reports?.ended();
    } catch (error) {
      this.#framing.end(...this.#heard);
      this.#fails(error);
    }
  }

  readonly #heard: Parameters<Framing['end']> = [
    (message) => this.#teller.reports?.message(message),
    (message) => this.#teller.reports?.unreadable(probeOversize(message), message.totalBytes),
  ];

  #pause(paused: boolean): void {
    this.#isPaused = paused;
    if (!paused) this.#goOn();
  }

  async #resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve;
    });
  }

  /** Messages of one turn leave together. What comes after the end of the output is dropped. */
  #write(message: readonly Uint8Array[]): boolean {
    if (this.#outputEnd !== undefined) return true;
    this.#framing.add(message);
    if (!this.#turnIsScheduled) {
      this.#turnIsScheduled = true;
      queueMicrotask(() => this.#handOver());
    }
    const isFull = this.#waitingBytes > this.#highWaterBytesMax;
    this.#isBlocked ||= isFull;
    return !isFull;
  }

  get #waitingBytes(): number {
    return this.#framing.bytes + this.#untakenBytes;
  }

  #handOver(): void {
    this.#turnIsScheduled = false;
    for (const chunk of this.#framing.take()) {
      this.#untakenBytes += chunk.length;
      const taken = (): void => this.#taken(chunk.length);
      // Why a chunk is not taken is told once for all of them, by `closed` of the writer.
      this.#writer.write(chunk).then(taken, () => {});
    }
  }

  #taken(bytes: number): void {
    this.#untakenBytes -= bytes;
    if (!this.#isBlocked || this.#waitingBytes > this.#highWaterBytesMax / 2) return;
    this.#isBlocked = false;
    this.#teller.reports?.drained();
  }

  async #endOutput(): Promise<void> {
    if (this.#outputEnd === undefined) {
      this.#handOver();
      this.#outputEnd = this.#writer.close().catch(() => {});
    }
    return this.#outputEnd;
  }

  /** Who takes nothing more may have said something before, which is still to be read. */
  #outputGone(thrown: unknown): void {
    if (this.#isEnding) return;
    if (this.#isInputEnded) {
      this.#fails(thrown);
      return;
    }
    this.#isOutputGone = true;
    this.#goOn();
    const late = this.#clock.setTimeout(() => this.#gone(), lastWordsMs);
    void this.closed.then(() => this.#clock.clearTimeout(late));
    this.#options.onError?.(asError(thrown));
  }

  #fails(thrown: unknown): void {
    if (this.#isEnding) return;
    try {
      this.#options.onError?.(asError(thrown));
    } finally {
      this.#gone();
    }
  }

  #gone(): void {
    this.#teller.gone();
    void this.#end('the peer is gone');
  }

  async #end(reason: unknown): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#goOn();
    const clock = this.#clock;
    const { closeTimeoutMs = streamDefaults.closeTimeoutMs } = this.#options;
    const [reader, writer] = [this.#reader, this.#writer];
    let cut = (): void => {};
    const isCut = new Promise<void>((resolve) => {
      cut = resolve;
    });
    const patience = clock.setTimeout(() => {
      writer.abort(reason).catch(() => {});
      cut();
    }, closeTimeoutMs);
    await Promise.race([Promise.allSettled([this.#endOutput(), reader.cancel(reason)]), isCut]);
    clock.clearTimeout(patience);
    reader.releaseLock();
    writer.releaseLock();
    this.#tellClosed();
  }
}

/** By its name, since a test runner or a frame may have a Uint8Array of its own. */
function bytesOf(chunk: unknown): Uint8Array {
  if (isBytes(chunk)) return chunk;
  throw new LocalError('STREAM_UNUSABLE', `The readable stream gave a ${typeof chunk} and no Uint8Array.`);
}

function isBytes(chunk: unknown): chunk is Uint8Array {
  return Object.prototype.toString.call(chunk) === '[object Uint8Array]';
}
