/**
 * Bytes that wait in all sessions of a process together: for readers that are slow, for servers that are away, for decisions that are
 * still to be made. Every buffer has a limit of its own; this one keeps many that are far from theirs from taking the memory of the
 * process. Counts, and says what there is room for; what is done where there is none is decided by whoever asks.
 */

/** So little a buffer may always hold, so that a session that is new to this, or nearly done, goes on beside those that hold much. */
export const bufferAlwaysBytes = 64 * 1024;

export class BufferedBytes {
  bytes = 0;
  #max: number;
  /** Of which this is a part: the gateway, whose routes count for themselves as well. */
  readonly #whole: BufferedBytes | undefined;

  constructor(max: number, whole?: BufferedBytes) {
    this.#max = max;
    this.#whole = whole;
  }

  get max(): number {
    return this.#max;
  }

  /** What waits above a lowered limit stays until it is taken. */
  resize(max: number): void {
    this.#max = max;
  }

  /** So many more wait; less where it is negative. */
  add(bytes: number): void {
    this.bytes += bytes;
    this.#whole?.add(bytes);
  }

  /** Whether a buffer that holds `own` bytes may take so many more. */
  hasRoomFor(own: number, more: number): boolean {
    return own + more <= bufferAlwaysBytes || this.limitFor(more) === undefined;
  }

  /** The limit that so many bytes more would break. */
  limitFor(more: number): number | undefined {
    return this.bytes + more > this.#max ? this.#max : this.#whole?.limitFor(more);
  }

  /** From how many bytes on whoever fills a buffer is to be paused: soon, when all buffers together are more than half full. */
  pauseAt(usual: number): number {
    return this.#isHalfFull ? Math.min(usual, bufferAlwaysBytes) : usual;
  }

  get #isHalfFull(): boolean {
    return this.bytes * 2 > this.#max || (this.#whole !== undefined && this.#whole.#isHalfFull);
  }
}

/** For buffers that belong to no runtime. */
export function unboundedBuffers(): BufferedBytes {
  return new BufferedBytes(Infinity);
}
