/**
 * Turns the messages of one turn into the fewest pieces for one gathering write. Neighbours that came in one chunk leave
 * as one slice of that chunk, newlines included; a few small pieces are copied together, which costs less than the
 * kernel's bookkeeping for each. Knows nothing of streams.
 */

const newlineByte = 0x0a;
const newline = Buffer.of(newlineByte);

/** Up to here one copy into pooled memory is cheaper than a list of pieces. */
const copyBytesMax = 2048;

/** Collects whole messages, each to be followed by a newline, and gives them back as pieces to be written in order. */
export class MessageGather {
  private pieces: Uint8Array[] = [];
  private collectedBytes = 0;
  /** The run that may still grow: a range of one piece of memory. */
  private memory: ArrayBufferLike | undefined;
  private start = 0;
  private end = 0;
  private owesNewline = false;
  /** A view of all of `memory`, made when the byte after the run is first asked for. */
  private view: Uint8Array | undefined;

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
    if (this.owesNewline) this.payNewline();
    this.owesNewline = true;
    this.collectedBytes += 1;
  }

  /** The pieces collected so far; the gather is empty afterwards. */
  take(): readonly Uint8Array[] {
    if (this.owesNewline) this.payNewline();
    this.finishRun();
    const pieces = this.pieces;
    const bytes = this.collectedBytes;
    this.pieces = [];
    this.collectedBytes = 0;
    return pieces.length > 1 && bytes <= copyBytesMax ? [Buffer.concat(pieces, bytes)] : pieces;
  }

  private append(slice: Uint8Array): void {
    const owed = this.owesNewline;
    const gap = owed ? 1 : 0;
    const isNeighbour = slice.buffer === this.memory && slice.byteOffset === this.end + gap;
    // The newline between two neighbours is the one that stood between them when they arrived.
    if (isNeighbour && (!owed || this.byteAfterRun() === newlineByte)) {
      this.owesNewline = false;
      this.end += gap + slice.length;
      return;
    }
    if (owed) this.payNewline();
    this.finishRun();
    this.memory = slice.buffer;
    this.start = slice.byteOffset;
    this.end = slice.byteOffset + slice.length;
  }

  private byteAfterRun(): number | undefined {
    if (this.memory === undefined) return undefined;
    if (this.view?.buffer !== this.memory) this.view = new Uint8Array(this.memory);
    return this.view[this.end];
  }

  private payNewline(): void {
    this.finishRun();
    this.pieces.push(newline);
    this.owesNewline = false;
  }

  private finishRun(): void {
    if (this.memory === undefined) return;
    this.pieces.push(Buffer.from(this.memory, this.start, this.end - this.start));
    this.memory = undefined;
    this.view = undefined;
  }
}
