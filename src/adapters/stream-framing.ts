/**
 * How messages stand in a stream of chunks: one a line, or one a chunk. Cuts what comes and joins what leaves; knows no streams
 * and needs no platform.
 */

import { type Allocate, LineFramer, type OversizeLine } from '../protocol/lines.ts';
import { MessagePieces } from '../protocol/message-pieces.ts';
import { joinBytes } from '../transports/join-bytes.ts';
import { MessageGather, noteChunk } from '../transports/stdio-gather.ts';

type OnMessage = (message: Uint8Array) => void;
type OnOversize = (message: OversizeLine) => void;

export interface Framing {
  /** Takes the next chunk of the stream, which must not change afterwards, and reports the messages that end in it. */
  push(chunk: Uint8Array, onMessage: OnMessage, onOversize: OnOversize): void;
  /** The stream has ended: what is left of it is reported, whole or not. */
  end(onMessage: OnMessage, onOversize: OnOversize): void;
  /** Adds a message, given as slices that do not change any more, to what leaves next. */
  add(message: readonly Uint8Array[]): void;
  /** Bytes added and not taken. */
  readonly bytes: number;
  /** The chunks in which everything that was added leaves, in order. */
  take(): readonly Uint8Array[];
}

const allocate: Allocate = (bytes) => new Uint8Array(bytes);

/** Newline-delimited JSON (2025-11-25, basic/transports, stdio). */
export class LineFraming implements Framing {
  readonly #framer: LineFramer;
  readonly #gather = new MessageGather();

  constructor(messageBytesMax: number) {
    this.#framer = new LineFramer({ lineBytesMax: messageBytesMax }, allocate);
  }

  get bytes(): number {
    return this.#gather.bytes;
  }

  push(chunk: Uint8Array, onMessage: OnMessage, onOversize: OnOversize): void {
    noteChunk(chunk);
    this.#framer.push(chunk, onMessage, onOversize);
  }

  end(onMessage: OnMessage, onOversize: OnOversize): void {
    this.#framer.end(onMessage, onOversize);
  }

  add(message: readonly Uint8Array[]): void {
    this.#gather.add(message);
  }

  take(): readonly Uint8Array[] {
    return this.#gather.take();
  }
}

/** Each chunk is one whole message, as a stream over a message port or over WebSocket has it. */
export class ChunkFraming implements Framing {
  readonly #messageBytesMax: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array, onMessage: OnMessage, onOversize: OnOversize): void {
    if (chunk.length <= this.#messageBytesMax) {
      onMessage(chunk);
      return;
    }
    const pieces = new MessagePieces(this.#messageBytesMax, allocate);
    pieces.append(chunk);
    onOversize(pieces.oversize()!);
  }

  end(): void {}

  add(message: readonly Uint8Array[]): void {
    const [only] = message;
    const chunk = only !== undefined && message.length === 1 ? only : joinBytes(message);
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  take(): readonly Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    return chunks;
  }
}
