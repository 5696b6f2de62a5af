/**
 * Turns the messages of one turn into the fewest pieces for one gathering write. Neighbours that came in one chunk leave
 * as one slice of that chunk, newlines included; a few small pieces are copied together, which costs less than the
 * kernel's bookkeeping for each. Knows nothing of streams, nor of a platform.
 */

import { joinBytes } from './join-bytes.ts';

const newlineByte = 0x0a;
/** Many readers end a line there as well, those of Python and Node among them. */
const returnByte = 0x0d;
const spaceByte = 0x20;
const newline = Uint8Array.of(newlineByte);

/** Up to here one copy into pooled memory is cheaper than a list of pieces. */
const copyBytesMax = 2048;

/**
 * Memory that was read into once, is not written to any more, and has no carriage return in it. Only there may a byte behind a message
 * be sent with it: in other memory it could be anybody's, and change before the kernel has it.
 */
const readMemory = new WeakSet<ArrayBufferLike>();

/**
 * Says that this chunk came from a peer, and will not change. A chunk that shares its memory is passed over: pipes and sockets
 * are read into memory of their own, while Node cuts small buffers of everybody out of one piece (64 KiB of it since Node 24).
 */
export function noteChunk(chunk: Uint8Array): void {
  if (chunk.byteLength !== chunk.buffer.byteLength || chunk.includes(returnByte)) return;
  readMemory.add(chunk.buffer);
}

/** JSON has line endings between tokens only, where a space says the same. */
function withoutLineEndings(slice: Uint8Array): Uint8Array {
  if (!slice.includes(newlineByte) && !slice.includes(returnByte)) return slice;
  const line = new Uint8Array(slice);
  for (const ending of [newlineByte, returnByte]) {
    for (let at = line.indexOf(ending); at !== -1; at = line.indexOf(ending, at)) line[at] = spaceByte;
  }
  return line;
}

/** Collects whole messages, each to be followed by a newline, and gives them back as pieces to be written in order. */
export class MessageGather {
  private pieces: Uint8Array[] = [];
  private collectedBytes = 0;
  /** The run that may still grow: a range of one piece of memory. */
  private memory: ArrayBufferLike | undefined;
  private start = 0;
  private end = 0;
  /** All of `memory`, where the byte behind the run may be sent. */
  private chunk: Uint8Array | undefined;

  /** Bytes collected, newlines included. */
  get bytes(): number {
    return this.collectedBytes;
  }

  /** Adds one message, given as slices that are not changed any more. */
  add(message: readonly Uint8Array[]): void {
    for (const slice of message) {
      if (slice.length > 0) this.append(slice);
      this.collectedBytes += slice.length;
    }
    this.collectedBytes += 1;
    // The newline that stood behind the message when it arrived is as good as one of ours.
    if (this.memory !== undefined && this.chunk?.[this.end] === newlineByte) this.end += 1;
    else {
      this.finishRun();
      this.pieces.push(newline);
    }
  }

  /** The pieces collected so far; the gather is empty afterwards. */
  take(): readonly Uint8Array[] {
    this.finishRun();
    const pieces = this.pieces;
    const bytes = this.collectedBytes;
    this.pieces = [];
    this.collectedBytes = 0;
    this.chunk = undefined;
    return pieces.length > 1 && bytes <= copyBytesMax ? [joinBytes(pieces)] : pieces;
  }

  private append(slice: Uint8Array): void {
    if (slice.buffer === this.memory && slice.byteOffset === this.end && this.chunk !== undefined) {
      this.end += slice.length;
      return;
    }
    this.finishRun();
    if (this.chunk?.buffer !== slice.buffer) {
      this.chunk = readMemory.has(slice.buffer) ? new Uint8Array(slice.buffer) : undefined;
    }
    // What came as a line of noted memory has no line ending in it; what came otherwise may, and would be read as several messages.
    const { buffer, byteOffset, length } = this.chunk === undefined ? withoutLineEndings(slice) : slice;
    this.memory = buffer;
    this.start = byteOffset;
    this.end = byteOffset + length;
  }

  private finishRun(): void {
    if (this.memory === undefined) return;
    this.pieces.push(new Uint8Array(this.memory, this.start, this.end - this.start));
    this.memory = undefined;
  }
}
