/**
 * The bytes of one message that comes in pieces: put together once, when all of them are there, and of a message over the
 * limit only the head and the tail. Knows nothing of what is in a message, nor of what marks its end.
 */

/** Memory of so many bytes; it is written to before it is read. */
export type Allocate = (bytes: number) => Uint8Array;

/** A line, or another message, that was longer than the limit: enough of it to find out whose it was. */
export interface OversizeLine {
  /** The first 4096 bytes. */
  readonly head: Uint8Array;
  /** The last 4096 bytes. */
  readonly tail: Uint8Array;
  readonly totalBytes: number;
}

const headBytesMax = 4096;
const tailBytesMax = 4096;
/** So many pieces are kept as they came, and large ones always; of all others the small ones are gathered. */
const looseMax = 16;
const largePieceMin = 4096;
const gatheringBytesMin = 1024;

/** The first and the last bytes of what is too long to be kept. */
class Ends {
  readonly #head = new Uint8Array(headBytesMax);
  /** Written round and round; `#at` is where the oldest byte stands and the next one goes. */
  readonly #tail = new Uint8Array(tailBytesMax);
  #at = 0;
  #totalBytes = 0;

  append(piece: Uint8Array): void {
    const headRoom = headBytesMax - this.#totalBytes;
    if (headRoom > 0) this.#head.set(piece.subarray(0, headRoom), this.#totalBytes);
    this.#totalBytes += piece.length;
    const last = piece.length > tailBytesMax ? piece.subarray(piece.length - tailBytesMax) : piece;
    const room = tailBytesMax - this.#at;
    this.#tail.set(last.subarray(0, room), this.#at);
    if (last.length > room) this.#tail.set(last.subarray(room), 0);
    this.#at = (this.#at + last.length) % tailBytesMax;
  }

  told(): OversizeLine {
    const totalBytes = this.#totalBytes;
    const head = this.#head.subarray(0, totalBytes);
    if (totalBytes <= tailBytesMax) return { head, tail: head, totalBytes };
    const tail = new Uint8Array(tailBytesMax);
    tail.set(this.#tail.subarray(this.#at));
    tail.set(this.#tail.subarray(0, this.#at), tailBytesMax - this.#at);
    return { head, tail, totalBytes };
  }
}

export class MessagePieces {
  readonly #bytesMax: number;
  readonly #allocate: Allocate;
  readonly #parts: Uint8Array[] = [];
  /** The latest small pieces, in a buffer that grows by doubling, so that appending is linear however small they are. */
  #gathered: Uint8Array | undefined;
  #gatheredBytes = 0;
  #length = 0;
  #ends: Ends | undefined;

  /** @param allocate the platform's way to memory that is not cleared first. */
  constructor(bytesMax: number, allocate: Allocate) {
    this.#bytesMax = bytesMax;
    this.#allocate = allocate;
  }

  /** The pieces are longer than the limit: there is no `whole` of them any more. */
  get isOversize(): boolean {
    return this.#ends !== undefined;
  }

  /** Bytes held now. */
  get keptBytes(): number {
    return this.#ends === undefined ? this.#length : headBytesMax + tailBytesMax;
  }

  /** Takes the next piece, which must not change afterwards. */
  append(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#ends !== undefined) {
      this.#ends.append(piece);
    } else if (this.#length > this.#bytesMax) {
      this.#seal();
      this.#ends = new Ends();
      for (const part of this.#parts) this.#ends.append(part);
      this.#ends.append(piece);
      this.#parts.length = 0;
    } else if (piece.length >= largePieceMin || this.#parts.length < looseMax) {
      this.#seal();
      this.#parts.push(piece);
    } else {
      this.#gather(piece);
    }
  }

  /** All pieces in one; a piece that is alone is itself. */
  whole(): Uint8Array {
    this.#seal();
    const [first] = this.#parts;
    if (first !== undefined && this.#parts.length === 1) return first;
    const whole = this.#allocate(this.#length);
    let end = 0;
    for (const part of this.#parts) {
      whole.set(part, end);
      end += part.length;
    }
    return whole;
  }

  /** What is left of a message over the limit. */
  oversize(): OversizeLine | undefined {
    return this.#ends?.told();
  }

  #gather(piece: Uint8Array): void {
    const needed = this.#gatheredBytes + piece.length;
    if (this.#gathered === undefined || needed > this.#gathered.length) {
      const larger = new Uint8Array(Math.max(gatheringBytesMin, 2 * needed));
      if (this.#gathered !== undefined) larger.set(this.#gathered.subarray(0, this.#gatheredBytes));
      this.#gathered = larger;
    }
    this.#gathered.set(piece, this.#gatheredBytes);
    this.#gatheredBytes = needed;
  }

  #seal(): void {
    if (this.#gathered === undefined) return;
    this.#parts.push(this.#gathered.subarray(0, this.#gatheredBytes));
    this.#gathered = undefined;
    this.#gatheredBytes = 0;
  }
}
