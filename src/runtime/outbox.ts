/**
 * What waits to be written to one peer. While the peer reads, messages pass straight to its link; when it reads too slowly
 * they wait here, so that a cancellation can overtake them and a request that never left can be taken back. Above a
 * threshold whoever fills the box is paused; above the hard cap a message is refused.
 */

import type { PeerLink } from '../ports.ts';
import type { PendingEntry } from '../session/pending.ts';

interface Waiting {
  readonly message: readonly Uint8Array[];
  readonly bytes: number;
  readonly entry: PendingEntry | undefined;
  isRecalled: boolean;
}

export type PushResult = 'accepted' | 'full' | 'closed';

export interface OutboxOptions {
  /** Waiting bytes from which `onPressure(true)` is called; below half of it, `onPressure(false)`. */
  readonly pauseBytes: number;
  /** Waiting bytes above which a message is refused. */
  readonly bytesMax: number;
  readonly onPressure: (isFull: boolean) => void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  #link: PeerLink | undefined;
  #isWritable = false;
  #queue: Waiting[] = [];
  #head = 0;
  #urgent: Waiting[] = [];
  readonly #requests = new Map<PendingEntry, Waiting>();
  #bytes = 0;
  #isPressing = false;
  #finishReason: string | undefined;

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
    this.#queue = [];
    this.#head = 0;
    this.#urgent = [];
    this.#requests.clear();
    this.#bytes = 0;
    this.#relieve();
  }

  /** Writes what waits, then closes the link. A link that is closed already stays so. */
  finish(reason: string): void {
    if (this.#bytes > 0) this.#finishReason = reason;
    else this.#closeLink(reason);
  }

  /** Closes the link now; what waits is dropped. */
  abandon(reason: string): void {
    const link = this.#link;
    this.detach();
    link?.close(reason);
  }

  push(message: readonly Uint8Array[], entry: PendingEntry | undefined, isUrgent: boolean): PushResult {
    if (this.#link === undefined) return 'closed';
    if (this.#isWritable && this.#bytes === 0) {
      this.#isWritable = this.#link.write(message);
      return 'accepted';
    }
    const bytes = message.reduce((sum, part) => sum + part.length, 0);
    if (this.#bytes + bytes > this.#options.bytesMax) return 'full';
    const waiting: Waiting = { message, bytes, entry, isRecalled: false };
    (isUrgent ? this.#urgent : this.#queue).push(waiting);
    if (entry !== undefined) this.#requests.set(entry, waiting);
    this.#bytes += bytes;
    if (!this.#isPressing && this.#bytes >= this.#options.pauseBytes) {
      this.#isPressing = true;
      this.#options.onPressure(true);
    }
    return 'accepted';
  }

  /** Takes back a request that has not left yet. False: it left, and only a cancellation can reach it. */
  recall(entry: PendingEntry): boolean {
    const waiting = this.#requests.get(entry);
    if (waiting === undefined) return false;
    this.#requests.delete(entry);
    waiting.isRecalled = true;
    this.#bytes -= waiting.bytes;
    this.#relieve();
    return true;
  }

  /** The link takes messages again. */
  drained(): void {
    if (this.#link === undefined) return;
    this.#isWritable = true;
    this.#flush();
  }

  #flush(): void {
    while (this.#isWritable) {
      const waiting = this.#urgent.shift() ?? this.#shift();
      if (waiting === undefined) break;
      if (waiting.isRecalled) continue;
      this.#bytes -= waiting.bytes;
      if (waiting.entry !== undefined) this.#requests.delete(waiting.entry);
      this.#isWritable = this.#link!.write(waiting.message);
    }
    this.#relieve();
    if (this.#finishReason !== undefined && this.#bytes === 0) this.#closeLink(this.#finishReason);
  }

  #closeLink(reason: string): void {
    this.#finishReason = undefined;
    const link = this.#link;
    this.#link = undefined;
    link?.close(reason);
  }

  #shift(): Waiting | undefined {
    const waiting = this.#queue[this.#head];
    if (waiting === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return waiting;
  }

  #relieve(): void {
    if (!this.#isPressing || this.#bytes > this.#options.pauseBytes / 2) return;
    this.#isPressing = false;
    this.#options.onPressure(false);
  }
}
