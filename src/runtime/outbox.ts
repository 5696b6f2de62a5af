/**
 * What waits to be written to one peer. While the peer reads, messages pass straight to its link; when it reads too slowly
 * they wait here, so that a cancellation can overtake them and a request that never left can be taken back. Above a
 * threshold whoever fills the box is paused; above the hard cap a message finds no room.
 */

import type { Delivery, DeliveryResult, PeerLink } from '../ports.ts';
import { LazyMap } from '../session/lazy-map.ts';
import type { BufferedBytes } from '../session/buffered-bytes.ts';
import type { PendingEntry } from '../session/pending.ts';

interface Waiting {
  readonly bytes: number;
  readonly entry: PendingEntry | undefined;
  /** None once it was taken back. */
  about: Delivery | undefined;
}

/** Where a session puts what leaves for one of its peers. */
export interface Box {
  /** Bytes that wait here. */
  readonly bytes: number;
  push(about: Delivery): DeliveryResult;
  /** Takes back a request that has not left yet. False: it left, and only a cancellation can reach it. */
  recall(entry: PendingEntry): boolean;
  /** The peer takes messages again. */
  drained(): void;
  /** Writes what waits, then closes the link. A link that is closed already stays so. */
  finish(reason: string): void;
  /** Closes the link now; what waits is dropped. */
  abandon(reason: string): void;
}

export interface OutboxOptions {
  /** Waiting bytes from which `onPressure(true)` is called; below half of it, `onPressure(false)`. */
  readonly pauseBytes: number;
  /** Waiting bytes above which a message finds no room. */
  readonly bytesMax: number;
  /** What waits in other boxes, too. */
  readonly buffers: BufferedBytes;
  readonly onPressure: (isFull: boolean) => void;
  /** A request that waited could not be written: the link threw. */
  readonly onUnwritten: (entry: PendingEntry) => void;
  /** The link threw when it was closed. */
  readonly onThrown: (error: unknown) => void;
}

/** A queue to which nothing was ever added. Never pushed to: the first message makes a new one. */
const emptyQueue: (Waiting | undefined)[] = [];

/** So many messages may lie taken back in the queue before it is tidied. */
const recalledMin = 64;

export class Outbox implements Box {
  readonly #options: OutboxOptions;
  #link: PeerLink | undefined;
  #isWritable = false;
  #queue = emptyQueue;
  #head = 0;
  #urgent = emptyQueue;
  readonly #requests = new LazyMap<PendingEntry, Waiting>();
  #bytes = 0;
  /** Messages in the queue that were taken back. */
  #recalled = 0;
  #isPressing = false;
  #finishReason: string | undefined;
  #afterwards: (() => void) | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** From now on messages go to this link. */
  attach(link: PeerLink): void {
    this.#link = link;
    this.#isWritable = true;
    this.#flush();
  }

  /** The peer is gone. What waited for it is dropped; the session has settled the requests among it. */
  detach(): void {
    this.#link = undefined;
    this.#isWritable = false;
    this.#queue = emptyQueue;
    this.#head = 0;
    this.#urgent = emptyQueue;
    this.#requests.clear();
    this.#grow(-this.#bytes);
    this.#recalled = 0;
    this.#finishReason = undefined;
    this.#afterwards = undefined;
    this.#relieve();
  }

  /** Calls `act` when what waits is written: at once when nothing waits, never when the peer goes away before. */
  afterWriting(act: () => void): void {
    if (this.#bytes === 0) act();
    else this.#afterwards = act;
  }

  finish(reason: string): void {
    if (this.#bytes > 0) this.#finishReason = reason;
    else this.#closeLink(reason);
  }

  abandon(reason: string): void {
    const link = this.#link;
    this.detach();
    this.#close(link, reason);
  }

  push(about: Delivery): DeliveryResult {
    if (this.#link === undefined) return 'closed';
    if (this.#isWritable && this.#bytes === 0) return this.#write(this.#link, about) ? 'accepted' : 'closed';
    const bytes = about.message.reduce((sum, part) => sum + part.length, 0);
    const { bytesMax, buffers, pauseBytes } = this.#options;
    if (this.#bytes + bytes > bytesMax || !buffers.hasRoomFor(this.#bytes, bytes)) return 'full';
    // A cancellation overtakes, and is not lost with its request.
    const isUrgent = about.type === 'cancel';
    const entry = isUrgent ? undefined : about.entry;
    const waiting: Waiting = { bytes, entry, about };
    if (isUrgent) this.#urgent = withOneMore(this.#urgent, waiting);
    else this.#queue = withOneMore(this.#queue, waiting);
    if (entry !== undefined) this.#requests.set(entry, waiting);
    this.#grow(bytes);
    if (!this.#isPressing && this.#bytes >= buffers.pauseAt(pauseBytes)) {
      this.#isPressing = true;
      this.#options.onPressure(true);
    }
    return 'accepted';
  }

  recall(entry: PendingEntry): boolean {
    const waiting = this.#requests.get(entry);
    if (waiting === undefined) return false;
    this.#requests.delete(entry);
    waiting.about = undefined;
    this.#grow(-waiting.bytes);
    this.#recalled++;
    // Behind a peer that does not read, what was taken back must not pile up: it counts against no limit any more.
    if (this.#recalled >= recalledMin && this.#recalled * 2 > this.#queue.length - this.#head) this.#tidy();
    this.#relieve();
    return true;
  }

  drained(): void {
    if (this.#link === undefined) return;
    this.#isWritable = true;
    this.#flush();
  }

  #flush(): void {
    while (this.#isWritable) {
      const waiting = this.#urgent.shift() ?? this.#shift();
      if (waiting === undefined) break;
      if (waiting.about === undefined) {
        this.#recalled--;
        continue;
      }
      this.#grow(-waiting.bytes);
      if (waiting.entry !== undefined) this.#requests.delete(waiting.entry);
      const isWritten = this.#write(this.#link!, waiting.about);
      if (!isWritten && waiting.entry !== undefined) this.#options.onUnwritten(waiting.entry);
    }
    this.#relieve();
    if (this.#bytes === 0) this.#actAfterwards();
    if (this.#finishReason !== undefined && this.#bytes === 0) this.#closeLink(this.#finishReason);
  }

  #actAfterwards(): void {
    const act = this.#afterwards;
    this.#afterwards = undefined;
    act?.();
  }

  /** False when the link threw: then its peer is as good as gone, which its transport will say in its own time. */
  #write(link: PeerLink, about: Delivery): boolean {
    try {
      const { value } = about;
      this.#isWritable =
        value !== undefined && link.writeValue !== undefined
          ? link.writeValue(value, about)
          : link.write(about.message, about);
      return true;
    } catch {
      return false;
    }
  }

  #closeLink(reason: string): void {
    this.#finishReason = undefined;
    const link = this.#link;
    this.#link = undefined;
    this.#close(link, reason);
  }

  #close(link: PeerLink | undefined, reason: string): void {
    try {
      link?.close(reason);
    } catch (error) {
      this.#options.onThrown(error);
    }
  }

  #shift(): Waiting | undefined {
    const waiting = this.#queue[this.#head];
    if (waiting === undefined) return undefined;
    // What has left must not be kept alive by its place: behind a reader that never quite catches up there are many.
    this.#queue[this.#head] = undefined;
    this.#head++;
    if (this.#head === this.#queue.length) {
      this.#queue = emptyQueue;
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return waiting;
  }

  #tidy(): void {
    this.#queue = this.#queue.slice(this.#head).filter((waiting) => waiting?.about !== undefined);
    this.#head = 0;
    this.#recalled = 0;
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#options.buffers.add(bytes);
  }

  #relieve(): void {
    if (!this.#isPressing) return;
    const { buffers, pauseBytes } = this.#options;
    if (this.#bytes > buffers.pauseAt(pauseBytes) / 2) return;
    this.#isPressing = false;
    this.#options.onPressure(false);
  }
}

function withOneMore(queue: (Waiting | undefined)[], waiting: Waiting): (Waiting | undefined)[] {
  if (queue === emptyQueue) return [waiting];
  queue.push(waiting);
  return queue;
}
