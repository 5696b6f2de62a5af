/**
 * Cuts a stream of bytes into lines, one message each (stdio transport). Copies a line only when it came in pieces, keeps
 * no more than one line, and of a line over the limit only its head and tail. Knows nothing of what is in a line.
 */
import { isBlank } from './json-text.ts';

/** A line that was longer than the limit: enough of it to find out whose message it was. */
export interface OversizeLine {
  /** The first 4096 bytes. */
  readonly head: Uint8Array;
  /** The last 4096 bytes. */
  readonly tail: Uint8Array;
  readonly totalBytes: number;
}

export interface LineLimits {
  /** Longest line, its line ending not counted. */
  readonly lineBytesMax: number;
}

/** Memory of so many bytes; it is written to before it is read. */
export type Allocate = (bytes: number) => Uint8Array;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const headBytesMax = 4096;
const tailBytesMax = 4096;
/** The tail keeps one byte more: the last may turn out to belong to the line ending. */
const keptTailBytes = tailBytesMax + 1;
const pieceBytesMin = 1024;
/** From here on a piece is kept as it came, and copied once, when its line is complete. */
const largePieceMin = 4096;

/** Grows by doubling, so that appending is linear however small the pieces. */
class Gathering {
  #bytes: Uint8Array;
  #length = 0;

  constructor(sizeBytes: number) {
    this.#bytes = new Uint8Array(sizeBytes);
  }

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    const needed = this.#length + piece.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = needed;
  }

  /** Forgets all but the last `bytes` bytes. */
  keepLast(bytes: number): void {
    if (this.#length <= bytes) return;
    this.#bytes.copyWithin(0, this.#length - bytes, this.#length);
    this.#length = bytes;
  }

  all(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** A line that comes in pieces. Large ones are kept as they are, small ones between them are gathered. */
class Pieces {
  readonly #allocate: Allocate;
  readonly #parts: Uint8Array[] = [];
  #small: Gathering | undefined;
  #length = 0;

  constructor(allocate: Allocate) {
    this.#allocate = allocate;
  }

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    this.#length += piece.length;
    if (piece.length >= largePieceMin) {
      this.#sealSmall();
      this.#parts.push(piece);
    } else {
      this.#small ??= new Gathering(Math.max(pieceBytesMin, piece.length * 2));
      this.#small.append(piece);
    }
  }

  all(): Uint8Array {
    this.#sealSmall();
    if (this.#parts.length === 1) return this.#parts[0]!;
    const whole = this.#allocate(this.#length);
    let end = 0;
    for (const part of this.#parts) {
      whole.set(part, end);
      end += part.length;
    }
    return whole;
  }

  #sealSmall(): void {
    if (this.#small !== undefined) this.#parts.push(this.#small.all());
    this.#small = undefined;
  }
}

/** What is kept of a line that has outgrown the limit. */
class Discarding {
  readonly #head = new Gathering(headBytesMax);
  readonly #tail = new Gathering(2 * keptTailBytes);
  #totalBytes = 0;

  get keptBytes(): number {
    return this.#head.length + this.#tail.length;
  }

  append(piece: Uint8Array): void {
    this.#totalBytes += piece.length;
    if (this.#head.length < headBytesMax) this.#head.append(piece.subarray(0, headBytesMax - this.#head.length));
    const last = piece.length > keptTailBytes ? piece.subarray(piece.length - keptTailBytes) : piece;
    // Half of the room is free after each move, so that moving stays linear in the bytes that came.
    if (this.#tail.length + last.length > 2 * keptTailBytes) this.#tail.keepLast(keptTailBytes - last.length);
    this.#tail.append(last);
  }

  finish(): OversizeLine {
    const kept = this.#tail.all();
    const end = kept[kept.length - 1] === carriageReturn ? kept.length - 1 : kept.length;
    const totalBytes = this.#totalBytes - (kept.length - end);
    return {
      head: this.#head.all().subarray(0, totalBytes),
      tail: kept.subarray(Math.max(0, end - tailBytesMax), end),
      totalBytes,
    };
  }
}

export class LineFramer {
  readonly #lineBytesMax: number;
  readonly #allocate: Allocate;
  #partial: Pieces | undefined;
  #discarding: Discarding | undefined;

  /** @param allocate for lines that came in pieces: the platform's way to memory that is not cleared first. */
  constructor(limits: LineLimits, allocate: Allocate = (bytes) => new Uint8Array(bytes)) {
    this.#lineBytesMax = limits.lineBytesMax;
    this.#allocate = allocate;
  }

  /** Bytes held of a line whose end has not come yet. */
  get bufferedBytes(): number {
    return this.#discarding?.keptBytes ?? this.#partial?.length ?? 0;
  }

  /**
   * Takes the next bytes of the stream and reports the lines that end in them, in order, without `\n` and one `\r` before
   * it. Blank lines are passed over. Lines are parts of `chunk` where they can be, so `chunk` must not change afterwards.
   * The callbacks must not throw.
   */
  push(chunk: Uint8Array, onLine: (line: Uint8Array) => void, onOversize: (line: OversizeLine) => void): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, start);
      if (end === -1) break;
      const piece = chunk.subarray(start, end);
      start = end + 1;
      if (this.#partial === undefined && this.#discarding === undefined) {
        this.#report(piece, onLine, onOversize);
      } else {
        this.#keep(piece);
        this.#reportKept(onLine, onOversize);
      }
    }
    if (start < chunk.length) this.#keep(start === 0 ? chunk : chunk.subarray(start));
  }

  /** The stream has ended: reports what stands behind the last line feed, if anything, and begins anew. */
  end(onPartial: (rest: Uint8Array) => void, onOversize: (line: OversizeLine) => void = () => {}): void {
    this.#reportKept(onPartial, onOversize);
  }

  #keep(piece: Uint8Array): void {
    // One byte over the limit may be a carriage return that does not count.
    const keptBytesMax = this.#lineBytesMax + 1;
    if (this.#discarding !== undefined) {
      this.#discarding.append(piece);
    } else if ((this.#partial?.length ?? 0) + piece.length <= keptBytesMax) {
      this.#partial ??= new Pieces(this.#allocate);
      this.#partial.append(piece);
    } else {
      this.#discarding = new Discarding();
      if (this.#partial !== undefined) this.#discarding.append(this.#partial.all());
      this.#discarding.append(piece);
      this.#partial = undefined;
    }
  }

  #reportKept(onLine: (line: Uint8Array) => void, onOversize: (line: OversizeLine) => void): void {
    const partial = this.#partial;
    const discarding = this.#discarding;
    this.#partial = undefined;
    this.#discarding = undefined;
    if (partial !== undefined) this.#report(partial.all(), onLine, onOversize);
    if (discarding !== undefined) onOversize(discarding.finish());
  }

  #report(piece: Uint8Array, onLine: (line: Uint8Array) => void, onOversize: (line: OversizeLine) => void): void {
    const line = piece[piece.length - 1] === carriageReturn ? piece.subarray(0, piece.length - 1) : piece;
    if (line.length > this.#lineBytesMax) {
      const discarding = new Discarding();
      discarding.append(piece);
      onOversize(discarding.finish());
    } else if (!isBlank(line)) {
      onLine(line);
    }
  }
}
