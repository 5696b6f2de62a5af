/**
 * A peer behind a pair of Node streams, or one duplex stream such as a socket: one message a line (2025-11-25,
 * basic/transports, stdio). Reads and writes as the stdio transport does; adds how such a pair is given back at the end.
 */

import { LocalError } from '../local-error.ts';
import type { Clock, UpstreamLink } from '../ports.ts';
import { probeOversize } from '../protocol/oversize.ts';
import { systemClock } from '../runtime/system-clock.ts';
import type { NodeReadable, NodeWritable } from '../transports/node-byte-streams.ts';
import { StdioLines } from '../transports/stdio-lines.ts';
import type { PeerReports } from './peer-adapter.ts';
import {
  type StreamAdapter,
  type StreamOptions,
  Teller,
  checkStreamOptions,
  lastWordsMs,
  streamDefaults,
} from './stream-adapter.ts';

/** The two directions of one peer. They belong to the adapter from now on. */
export interface NodeStreamPair {
  /** What the peer says. The same object as `output` where one stream goes both ways. */
  readonly input: NodeReadable;
  /** What the peer is told. */
  readonly output: NodeWritable;
}

/**
 * A peer that speaks newline-delimited JSON over Node streams: a child's pipes, a socket, a terminal.
 *
 * ```ts
 * const server = nodeStreams({ input: child.stdout, output: child.stdin });
 * ```
 *
 * Its input's end is reported as `ended`, since the peer may still read; of a socket without `allowHalfOpen` as `closed`,
 * since Node ends the way back by itself. An error is `closed`, and so is an output that closes, once the input has ended or
 * 100 ms later. Closing the link writes out what was written, then ends both streams.
 * @throws LocalError STREAM_UNUSABLE: a stream is over, somebody else reads it, or it is not one of bytes; INVALID_OPTION.
 */
export function nodeStreams({ input, output }: NodeStreamPair, options: StreamOptions = {}): StreamAdapter {
  checkStreamOptions(options);
  requireUsable(input, output);
  return new NodeStreams(input, output, options);
}

class NodeStreams implements StreamAdapter {
  readonly link: UpstreamLink;
  readonly closed: Promise<void>;
  readonly #input: NodeReadable;
  readonly #output: NodeWritable;
  readonly #options: StreamOptions;
  readonly #clock: Clock;
  readonly #teller = new Teller();
  readonly #lines: StdioLines;
  #isPaused = false;
  #isStarted = false;
  #isInputEnded = false;
  #isOutputEnded = false;
  #isOutputGone = false;
  #isEnding = false;
  #tellClosed: () => void = () => {};

  constructor(input: NodeReadable, output: NodeWritable, options: StreamOptions) {
    this.#input = input;
    this.#output = output;
    this.#options = options;
    this.#clock = options.clock ?? systemClock();
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    // Listening alone would make the stream flow.
    input.pause();
    this.#lines = new StdioLines({
      input,
      output,
      lineBytesMax: options.messageBytesMax ?? streamDefaults.messageBytesMax,
      highWaterBytesMax: options.highWaterBytesMax ?? streamDefaults.highWaterBytesMax,
      onMessage: (line) => this.#teller.reports?.message(line),
      onOversize: (line) => this.#teller.reports?.unreadable(probeOversize(line), line.totalBytes),
      // Half a message at the end is nobody's message; the reader says what is wrong with it.
      onPartial: (rest) => this.#teller.reports?.message(rest),
      onDrained: () => this.#teller.reports?.drained(),
      onInputEnded: (error) => this.#inputEnded(error),
      onOutputBroken: (error) => this.#outputGone(error),
      // What was not written belongs to requests that the end of the peer settles.
      onWriteFailed: () => {},
    });
    input.on('close', () => this.#settle());
    output.on('finish', () => this.#settle());
    output.on('close', () => {
      // A server that reads the end of its input may still answer what it read before.
      if (!this.#isOutputEnded) this.#outputGone(undefined);
      this.#settle();
    });
    this.link = {
      write: (message) => this.#lines.write(message),
      pause: (paused) => this.#pause(paused),
      closeInput: () => {
        this.#isOutputEnded = true;
        this.#lines.endOutput();
      },
      close: () => {
        this.#teller.silence();
        this.#end();
      },
    };
  }

  start(reports: PeerReports): void {
    this.#teller.start(reports);
    this.#isStarted = true;
    if (this.#isOutputGone) this.#hearOut();
    else if (!this.#isPaused) this.#lines.pause(false);
  }

  #pause(paused: boolean): void {
    this.#isPaused = paused;
    if (this.#isStarted && !this.#isEnding && !this.#isOutputGone) this.#lines.pause(paused);
  }

  #inputEnded(error: Error | undefined): void {
    this.#isInputEnded = true;
    const isWhole = this.#input.readableEnded;
    const isBroken = error !== undefined || !isWhole;
    if (isBroken || this.#isOutputGone || this.#endsWithItsInput || !this.#isStarted) this.#gone(error);
    else this.#teller.reports?.ended();
  }

  #outputGone(error: Error | undefined): void {
    if (this.#isDuplex || this.#isInputEnded) {
      this.#gone(error);
      return;
    }
    if (this.#isOutputGone) return;
    this.#isOutputGone = true;
    try {
      this.#note(error);
    } finally {
      if (this.#isStarted) this.#hearOut();
    }
  }

  /** A process that has ended takes nothing more at once; what it said before that is still in its pipe. */
  #hearOut(): void {
    if (this.#isEnding) return;
    this.#lines.pause(false);
    const gone = (): void => this.#gone(undefined);
    // A turn of the event loop that was late shall read before it gives up.
    const late = this.#clock.setTimeout(() => this.#clock.setTimeout(gone, 0), lastWordsMs);
    void this.closed.then(() => this.#clock.clearTimeout(late));
  }

  /** Node ends the other way of such a stream by itself. */
  get #endsWithItsInput(): boolean {
    return this.#isDuplex && this.#output.allowHalfOpen === false;
  }

  get #isDuplex(): boolean {
    return Object.is(this.#input, this.#output);
  }

  #gone(error: Error | undefined): void {
    try {
      this.#note(error);
    } finally {
      this.#teller.gone();
      this.#end();
    }
  }

  #note(error: Error | undefined): void {
    if (error !== undefined && !this.#isEnding) this.#options.onError?.(error);
  }

  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    // A socket that is closed while something lies in it unread tells its peer to drop what we had written last.
    if (this.#isDuplex) this.#lines.pause(false);
    else this.#lines.closeInput();
    this.#lines.endOutput();
    const { closeTimeoutMs = streamDefaults.closeTimeoutMs } = this.#options;
    const patience = this.#clock.setTimeout(() => this.#cut(), closeTimeoutMs);
    void this.closed.then(() => this.#clock.clearTimeout(patience));
    this.#settle();
  }

  #cut(): void {
    this.#output.destroy();
    this.#input.destroy();
    this.#tellClosed();
  }

  #settle(): void {
    const { destroyed, writableFinished } = this.#output;
    if (this.#isEnding && this.#input.destroyed && (destroyed || writableFinished)) this.#tellClosed();
  }
}

function requireUsable(input: NodeReadable, output: NodeWritable): void {
  const objection = whyUnusable(input, output);
  if (objection !== undefined) throw new LocalError('STREAM_UNUSABLE', objection);
}

function whyUnusable(input: NodeReadable, output: NodeWritable): string | undefined {
  if (!input.readable) return 'The input has ended or was destroyed.';
  if (!output.writable) return 'The output has ended or was destroyed.';
  if (input.readableEncoding !== null) return 'The input gives text, since it has an encoding.';
  if (input.readableObjectMode || output.writableObjectMode) return 'A stream is in object mode.';
  if (input.listenerCount('data') > 0) return 'Somebody else listens to the input.';
  return undefined;
}
