/**
 * Cuts a stream of bytes into lines, one message each (stdio transport). Copies a line only when it came in pieces, keeps
 * no more than one line, and of a line over the limit only its head and tail. Knows nothing of what is in a line.
 */
import { isBlank } from './json-text.ts';
import { MessagePieces } from './message-pieces.ts';
import type { Allocate, OversizeLine } from './message-pieces.ts';

export type { Allocate, OversizeLine };

/** How long a line may be. */
export interface LineLimits {
  /** Longest line, its line ending not counted. */
  readonly lineBytesMax: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const returnAlone = Uint8Array.of(carriageReturn);

/** Cuts one stream of bytes into lines. Each stream has its own. */
export class LineFramer {
  readonly #lineBytesMax: number;
  readonly #allocate: Allocate;
  #partial: MessagePieces | undefined;
  /** The line so far ended in a carriage return, which belongs to the line only when more of it comes. */
  #awaitsFeed = false;

  /** @param allocate for lines that came in pieces: the platform's way to memory that is not cleared first. */
  constructor(limits: LineLimits, allocate: Allocate = (bytes) => new Uint8Array(bytes)) {
    this.#lineBytesMax = limits.lineBytesMax;
    this.#allocate = allocate;
  }

  /** Bytes held of a line whose end has not come yet. */
  get bufferedBytes(): number {
    return (this.#partial?.keptBytes ?? 0) + (this.#awaitsFeed ? 1 : 0);
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
      if (this.#partial === undefined) {
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
    if (piece.length === 0) return;
    this.#partial ??= new MessagePieces(this.#lineBytesMax, this.#allocate);
    if (this.#awaitsFeed) this.#partial.append(returnAlone);
    this.#awaitsFeed = piece[piece.length - 1] === carriageReturn;
    this.#partial.append(this.#awaitsFeed ? piece.subarray(0, piece.length - 1) : piece);
  }

  #reportKept(onLine: (line: Uint8Array) => void, onOversize: (line: OversizeLine) => void): void {
    const partial = this.#partial;
    this.#partial = undefined;
    this.#awaitsFeed = false;
    if (partial !== undefined) reportPieces(partial, onLine, onOversize);
  }

  #report(piece: Uint8Array, onLine: (line: Uint8Array) => void, onOversize: (line: OversizeLine) => void): void {
    const line = piece[piece.length - 1] === carriageReturn ? piece.subarray(0, piece.length - 1) : piece;
    if (line.length > this.#lineBytesMax) {
      const pieces = new MessagePieces(this.#lineBytesMax, this.#allocate);
      pieces.append(line);
      reportPieces(pieces, onLine, onOversize);
    } else if (!isBlank(line)) {
      onLine(line);
    }
  }
}

function reportPieces(
  pieces: MessagePieces,
  onLine: (line: Uint8Array) => void,
  onOversize: (line: OversizeLine) => void,
): void {
  const oversize = pieces.oversize();
  if (oversize !== undefined) {
    onOversize(oversize);
    return;
  }
  const line = pieces.whole();
  if (!isBlank(line)) onLine(line);
}
