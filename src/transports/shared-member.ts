/**
 * One session's place at a shared server: the link that it writes to, and what waits while it does not read. What it says
 * and hears is the connection's business; that it is told of its end exactly once, and of nothing after it, is done here.
 */

import type { Delivery, DeliveryFailure, UpstreamEvents, UpstreamLink } from '../ports.ts';
import type { RequestId } from '../protocol/envelope.ts';
import type { ReadFault } from '../protocol/faults.ts';
import { LazyMap } from '../session/lazy-map.ts';
import type { Via } from '../session/pending.ts';
import type { Departure } from '../session/upstream.ts';

/** What a member needs of the connection that it shares. */
export interface MemberHost {
  /** The process of the server, where one was started. */
  readonly pid?: number | undefined;
  /** A message of the member. False: the server reads too slowly, and `drained` follows. */
  take(member: SharedMember, message: readonly Uint8Array[], about: Delivery): boolean;
  /** So many bytes more wait for members that do not read; fewer, where it is negative. */
  keeps(bytes: number): void;
  left(member: SharedMember, reason: string): void;
}

interface Kept {
  readonly bytes: number;
  readonly tell: () => void;
}

/** What is not a message is kept with as much as this. */
const faultBytes = 256;

/** So many that were told may stand before those that wait. */
const forgottenAt = 1024;

const departed: Departure = { reason: 'closed', exitCode: null, signal: null, lastStderr: [] };

export class SharedMember implements UpstreamLink {
  readonly number: number;
  /** Ids of its requests that the server works on. */
  readonly calls = new Set<RequestId>();
  /** Ids of its requests that are answered when the stream ends which they opened. */
  readonly streams = new LazyMap<RequestId, true>();
  /** Who has heard nothing yet knows nothing that could be out of date. */
  hasHeard = false;
  readonly #events: UpstreamEvents;
  #host: MemberHost | undefined;
  #isHere = true;
  #isReady = false;
  #isPaused = false;
  #isOverrun = false;
  #kept: (Kept | undefined)[] = [];
  #head = 0;
  #keptBytes = 0;

  constructor(number: number, events: UpstreamEvents) {
    this.number = number;
    this.#events = events;
  }

  /** It has neither left nor been told that the server is lost. */
  get isHere(): boolean {
    return this.#isHere;
  }

  get pid(): number | undefined {
    return this.#host?.pid;
  }

  /** Bytes that wait because it does not read. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  joins(host: MemberHost): void {
    this.#host = host;
  }

  // --- the link, as its session sees it ---------------------------------------------------------------------------

  write(message: readonly Uint8Array[], about: Delivery): boolean {
    return this.#isHere && this.#host !== undefined ? this.#host.take(this, message, about) : true;
  }

  pause(paused: boolean): void {
    this.#isPaused = paused;
    if (paused) return;
    this.#isOverrun = false;
    // In a turn of its own: who says that it reads again does not hear anything before it has said so.
    if (this.#kept.length > 0) queueMicrotask(() => this.#tellKept());
  }

  /** Other sessions still write to the server. This one stays for its answers, and leaves by `close`. */
  closeInput(): void {}

  /** Leaves. The connection ends when the last one has left. */
  close(reason: string): void {
    if (!this.#isHere) return;
    this.#isHere = false;
    this.#forgetKept();
    this.#host?.left(this, reason);
    queueMicrotask(() => this.#events.lost(departed));
  }

  // --- what the connection tells it -----------------------------------------------------------------------------

  ready(): void {
    if (!this.#isHere || this.#isReady) return;
    this.#isReady = true;
    this.#events.ready();
  }

  /** There is no place for it. */
  refuse(): void {
    queueMicrotask(() => this.lost({ ...departed, reason: 'unreachable' }));
  }

  hear(bytes: Uint8Array, via: Via | undefined): void {
    this.hasHeard = true;
    if (this.#isOpen) this.#events.message(bytes, via);
    else this.#keep(bytes.length, () => this.#events.message(bytes, via));
  }

  unreadable(fault: ReadFault, bytes: number, via: Via | undefined): void {
    if (this.#isOpen) this.#events.unreadable(fault, bytes, via);
    else this.#keep(faultBytes, () => this.#events.unreadable(fault, bytes, via));
  }

  failed(about: Delivery, failure: DeliveryFailure): void {
    if (this.#isHere) this.#events.failed(about, failure);
  }

  drained(): void {
    if (this.#isHere) this.#events.drained();
  }

  /** The others are not kept waiting for it any longer: it is told what waits, and all that comes until it reads again. */
  overrun(): void {
    this.#isOverrun = true;
    this.#tellKept();
  }

  leaving(departure: Departure): void {
    this.overrun();
    if (this.#isHere) this.#events.leaving(departure);
  }

  lost(departure: Departure): void {
    this.overrun();
    if (!this.#isHere) return;
    this.#isHere = false;
    this.#events.lost(departure);
  }

  // --- what waits ---------------------------------------------------------------------------------------------------

  get #isReading(): boolean {
    return this.#isHere && (!this.#isPaused || this.#isOverrun);
  }

  get #isOpen(): boolean {
    return this.#isReading && this.#kept.length === 0;
  }

  #keep(bytes: number, tell: () => void): void {
    if (!this.#isHere) return;
    this.#kept.push({ bytes, tell });
    this.#keptBytes += bytes;
    this.#host?.keeps(bytes);
  }

  #tellKept(): void {
    while (this.#isReading && this.#head < this.#kept.length) {
      const { bytes, tell } = this.#kept[this.#head]!;
      // What was told must not be kept alive by its place.
      this.#kept[this.#head] = undefined;
      this.#head++;
      if (this.#head === this.#kept.length || this.#head === forgottenAt) {
        this.#kept.splice(0, this.#head);
        this.#head = 0;
      }
      this.#keptBytes -= bytes;
      this.#host?.keeps(-bytes);
      tell();
    }
  }

  #forgetKept(): void {
    const bytes = this.#keptBytes;
    this.#kept = [];
    this.#head = 0;
    this.#keptBytes = 0;
    if (bytes > 0) this.#host?.keeps(-bytes);
  }
}
