/**
 * JSON-RPC messages as lines over a pair of byte streams: what a stdio front and a child's pipes have in common. Reads
 * lines, writes messages with backpressure, and says how each direction ended. Decides nothing about sessions; no
 * callback runs inside a call of `write`.
 */
import { LineFramer, type OversizeLine } from '../protocol/lines.ts';
import type { NodeReadable, NodeWritable } from './node-byte-streams.ts';
import { MessageGather, noteChunk } from './stdio-gather.ts';

export interface StdioLinesOptions {
  readonly input: NodeReadable;
  readonly output: NodeWritable;
  readonly lineBytesMax: number;
  /** Bytes waiting in this process towards the peer above which `write` returns false. Default 64 KiB. */
  readonly highWaterBytesMax?: number;
  readonly onMessage: (line: Uint8Array) => void;
  readonly onOversize: (line: OversizeLine) => void;
  /** The input ended in the middle of a line. */
  readonly onPartial: (rest: Uint8Array) => void;
  /** The peer has taken everything after a `write` that returned false. A broken output holds nothing back either. */
  readonly onDrained: () => void;
  /** Nothing more comes from the peer; after the last message. With an error unless the input simply ended. */
  readonly onInputEnded: (error: Error | undefined) => void;
  /** The peer takes no more (it closed its end, or the pipe failed), and we had not ended the output ourselves. */
  readonly onOutputBroken: (error: Error | undefined) => void;
  /** So many messages were not, or not wholly, handed to the kernel, and never will be. */
  readonly onWriteFailed: (messages: number) => void;
}

type OutputState = 'open' | 'ended' | 'broken';

export class StdioLines {
  private readonly options: StdioLinesOptions;
  private readonly highWaterBytesMax: number;
  private readonly gather = new MessageGather();
  private turnIsScheduled = false;
  private outputState: OutputState = 'open';
  private inputEnded = false;
  private isBlocked = false;
  /** Messages are counted: all that were accepted, those given to the stream, those that the kernel has or that failed. */
  private accepted = 0;
  private handedOver = 0;
  private settled = 0;
  private lateFailures = 0;
  private flushWaiters: { readonly upTo: number; readonly resolve: () => void }[] = [];

  constructor(options: StdioLinesOptions) {
    this.options = options;
    const { input, output, onMessage, onOversize } = options;
    // Node reports 'drain' only after its own mark was passed, so ours may not lie below it.
    this.highWaterBytesMax = Math.max(options.highWaterBytesMax ?? 65_536, output.writableHighWaterMark);

    const framer = new LineFramer({ lineBytesMax: options.lineBytesMax }, (bytes) => Buffer.allocUnsafeSlow(bytes));
    const onLine = (line: Uint8Array): void => {
      if (!this.inputEnded) onMessage(line);
    };
    const onLongLine = (line: OversizeLine): void => {
      if (!this.inputEnded) onOversize(line);
    };
    const onEnd = (error?: Error): void => {
      if (this.inputEnded) return;
      framer.end(options.onPartial, onOversize);
      this.inputEnded = true;
      options.onInputEnded(error);
    };
    input.on('data', (chunk: Uint8Array) => {
      noteChunk(chunk);
      framer.push(chunk, onLine, onLongLine);
    });
    input.on('end', () => onEnd());
    input.on('error', onEnd);
    input.on('close', () => onEnd());

    output.on('drain', () => this.drain());
    output.on('error', (error: Error) => this.breakOutput(error));
    output.on('close', () => {
      if (!output.writableFinished) this.breakOutput(undefined);
    });
  }

  /**
   * Queues one message and its newline. Messages of one turn leave in one gathering write. Returns false when more than
   * the mark waits; `onDrained` says when to go on. A message that comes too late is reported by `onWriteFailed`.
   */
  write(message: readonly Uint8Array[]): boolean {
    this.scheduleTurn();
    if (this.outputState !== 'open') {
      this.lateFailures += 1;
      return true;
    }
    this.gather.add(message);
    this.accepted += 1;
    const isFull = this.options.output.writableLength + this.gather.bytes > this.highWaterBytesMax;
    this.isBlocked ||= isFull;
    return !isFull;
  }

  /** Stops (true) or resumes (false) reading. Lines of a chunk that was read already still come. */
  pause(paused: boolean): void {
    if (paused) this.options.input.pause();
    else this.options.input.resume();
  }

  /** Resolves when everything written before has reached the kernel, or never will. */
  async flush(): Promise<void> {
    if (this.settled === this.accepted) return;
    const upTo = this.accepted;
    await new Promise<void>((resolve) => this.flushWaiters.push({ upTo, resolve }));
  }

  /** What was written still goes out, then the peer reads the end of the stream. */
  endOutput(): void {
    if (this.outputState !== 'open') return;
    this.handOver();
    this.outputState = 'ended';
    this.options.output.end();
  }

  /** Ends the output at once; what the kernel has not taken by now is lost and reported. */
  cutOutput(): void {
    this.options.output.destroy();
  }

  /** Reads no more. Nothing is reported for the input from here on. */
  closeInput(): void {
    this.inputEnded = true;
    this.options.input.destroy();
  }

  private scheduleTurn(): void {
    if (this.turnIsScheduled) return;
    this.turnIsScheduled = true;
    process.nextTick(() => {
      this.turnIsScheduled = false;
      this.handOver();
      this.reportLateFailures();
    });
  }

  private handOver(): void {
    if (this.outputState !== 'open') return;
    const upTo = this.accepted;
    if (upTo === this.handedOver) return;
    this.handedOver = upTo;
    const { output } = this.options;
    const pieces = this.gather.take();
    const last = pieces.length - 1;
    if (last > 0) output.cork();
    pieces.forEach((piece, index) => {
      if (index < last) output.write(piece);
      else output.write(piece, (error) => error ?? this.settle(upTo));
    });
    if (last > 0) output.uncork();
  }

  private settle(upTo: number): void {
    this.settled = upTo;
    if (this.flushWaiters.length === 0) return;
    const ready = this.flushWaiters.filter((waiter) => waiter.upTo <= upTo);
    this.flushWaiters = this.flushWaiters.filter((waiter) => waiter.upTo > upTo);
    for (const waiter of ready) waiter.resolve();
  }

  private drain(): void {
    if (!this.isBlocked) return;
    this.isBlocked = false;
    this.options.onDrained();
  }

  private breakOutput(error: Error | undefined): void {
    if (this.outputState === 'broken') return;
    const wasOpen = this.outputState === 'open';
    this.outputState = 'broken';
    const failed = this.accepted - this.settled;
    this.settle(this.accepted);
    if (failed > 0) this.options.onWriteFailed(failed);
    this.drain();
    if (wasOpen) this.options.onOutputBroken(error);
  }

  private reportLateFailures(): void {
    const failed = this.lateFailures;
    this.lateFailures = 0;
    if (failed > 0) this.options.onWriteFailed(failed);
  }
}
