/**
 * What happened lately, in a few bytes: the last outcomes of a session and its rate of frames, for the tag rules.
 * Questions never change anything, and each can be asked "as if" the next entry were in already, because a unit of work
 * decides on tags before it knows whether it will be kept.
 */

/** So many bits stay a small number. */
const bitsPerWord = 30;

/** The last `capacity` yes-or-no entries, e.g. "at least 5 of the last 20 outcomes were failures". */
export class RecentFlags {
  readonly capacity: number;
  /** The entries as bits: a typed array would cost ten times what is in it. */
  private readonly words: number[];
  private next = 0;
  private filled = 0;
  private trueCount = 0;

  constructor(capacity: number) {
    this.capacity = requirePositiveInteger('capacity', capacity);
    this.words = Array.from({ length: Math.ceil(capacity / bitsPerWord) }, () => 0);
  }

  /** How many entries are remembered: at most `capacity`. */
  get size(): number {
    return this.filled;
  }

  /** How many of the remembered entries are true. */
  get count(): number {
    return this.trueCount;
  }

  /** `size` as it would be after one more entry. */
  get sizeAfter(): number {
    return Math.min(this.filled + 1, this.capacity);
  }

  /** `count` as it would be after `push(flag)`. */
  countAfter(flag: boolean): number {
    // A place that was never written holds 0, so a ring that is not full yet forgets nothing.
    return this.trueCount - this.bitAt(this.next) + (flag ? 1 : 0);
  }

  push(flag: boolean): void {
    this.trueCount = this.countAfter(flag);
    this.filled = this.sizeAfter;
    const word = Math.floor(this.next / bitsPerWord);
    const mask = 1 << (this.next % bitsPerWord);
    this.words[word] = flag ? this.words[word]! | mask : this.words[word]! & ~mask;
    this.next = (this.next + 1) % this.capacity;
  }

  /** The entries as digits, oldest first. */
  toJSON(): { readonly capacity: number; readonly flags: string } {
    const { next, filled, capacity } = this;
    const oldest = filled < capacity ? 0 : next;
    const flags = Array.from({ length: filled }, (_, index) => this.bitAt((oldest + index) % capacity));
    return { capacity, flags: flags.join('') };
  }

  private bitAt(place: number): number {
    return (this.words[Math.floor(place / bitsPerWord)]! >> (place % bitsPerWord)) & 1;
  }
}

/**
 * How many things happened per second over the last `windowMs`, counted in `buckets` slices of time. A slice leaves as a
 * whole, so the answer looks back between `windowMs` minus one slice and `windowMs`: it never reports a rate that the
 * window did not have, and it falls to zero on its own.
 */
export class RateWindow {
  readonly windowMs: number;
  private readonly bucketMs: number;
  private readonly counts: number[];
  /** Number of the slice of time that was written last, counted from time zero; its place is this modulo the length. */
  private newest = 0;
  private total = 0;

  constructor(windowMs: number, buckets: number) {
    if (!(windowMs > 0 && windowMs < Infinity)) throw new RangeError(`windowMs must be positive, not ${windowMs}`);
    this.windowMs = windowMs;
    this.bucketMs = windowMs / requirePositiveInteger('buckets', buckets);
    this.counts = Array.from({ length: buckets }, () => 0);
  }

  /** An entry older than the newest slice counts with the newest: a place is never given back to an older slice. */
  add(now: number): void {
    const slice = this.sliceOf(now);
    if (slice > this.newest) {
      this.total -= this.leaving(slice);
      const cleared = Math.min(slice - this.newest, this.counts.length);
      for (let i = 0; i < cleared; i += 1) this.counts[(slice - i) % this.counts.length] = 0;
      this.newest = slice;
    }
    this.counts[this.newest % this.counts.length]! += 1;
    this.total += 1;
  }

  perSecond(now: number): number {
    return ((this.total - this.leaving(this.sliceOf(now))) * 1000) / this.windowMs;
  }

  /** `perSecond(now)` as it would be after `add(now)`. */
  perSecondAfter(now: number): number {
    return ((this.total - this.leaving(this.sliceOf(now)) + 1) * 1000) / this.windowMs;
  }

  /** The counts per slice of time, oldest first; the last one is the slice that ends at `untilMs`. */
  toJSON(): { readonly windowMs: number; readonly untilMs: number; readonly counts: readonly number[] } {
    const oldestPlace = (this.newest + 1) % this.counts.length;
    const counts = [...this.counts.slice(oldestPlace), ...this.counts.slice(0, oldestPlace)];
    return { windowMs: this.windowMs, untilMs: (this.newest + 1) * this.bucketMs, counts };
  }

  private sliceOf(now: number): number {
    return Math.floor(now / this.bucketMs);
  }

  /** The sum of what falls out of the window when `slice` becomes the newest one. */
  private leaving(slice: number): number {
    const places = this.counts.length;
    if (slice - this.newest >= places) return this.total;
    let sum = 0;
    for (let i = this.newest + 1; i <= slice; i += 1) sum += this.counts[i % places]!;
    return sum;
  }
}

function requirePositiveInteger(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a positive integer, not ${value}`);
  return value;
}
