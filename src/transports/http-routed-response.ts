/**
 * The response to a request that came to another node: handed back in pieces, no faster than they are taken there. What is written in
 * one turn goes as one piece, and a short answer as a single one.
 */

import type { Clock } from '../ports.ts';
import type { PieceWay } from './http-elsewhere.ts';
import type { FrontResponse, HeaderList, ResponseOwner } from './http-messages.ts';
import { type AnswerPiece, encodePiece } from './http-routed-frame.ts';
import { joinBytes } from './join-bytes.ts';
import { Patience } from './patience.ts';

/** What may wait and counts for nothing. */
const quietBytes = 16 * 1024;

/** A piece is larger only where a single write is, which is then taken apart. */
const pieceBytesMax = 256 * 1024;

const nothing = new Uint8Array(0);

export class RoutedResponse implements FrontResponse {
  pageOrigin: string | undefined = undefined;
  owner: ResponseOwner | undefined = undefined;
  destroyed = false;
  headersSent = false;
  /** The last piece. Resolves when all was said, or nobody reads it any more; never fails. */
  readonly last: Promise<Uint8Array>;
  readonly #patience: Patience;
  readonly #way: PieceWay;
  #resolve: ((last: Uint8Array) => void) | undefined;
  #head: AnswerPiece['head'] = undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #takenBytes = 0;
  #isFlushed = false;
  #isHanding = false;
  #hasEnded = false;
  #onTaken: (() => void) | undefined = undefined;

  constructor(clock: Clock, way: PieceWay) {
    this.#patience = new Patience(clock);
    this.#way = way;
    this.last = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    way.onClosed(() => this.#clientGone());
  }

  get untakenBytes(): number {
    return this.#waitingBytes < quietBytes ? 0 : this.#waitingBytes;
  }

  /** The node that took the request has done so. */
  writeContinue(): void {}

  begin(status: number, headers: HeaderList): void {
    this.#head = { status, headers };
    this.headersSent = true;
  }

  flushHeaders(): void {
    this.#isFlushed = true;
    this.#handOn();
  }

  write(bytes: Uint8Array): void {
    if (this.#hasEnded || this.destroyed) return;
    for (let at = 0; at < bytes.length; at += pieceBytesMax) {
      this.#waiting.push(bytes.subarray(at, at + pieceBytesMax));
    }
    this.#waitingBytes += bytes.length;
    this.#handOn();
  }

  end(body?: Uint8Array): void {
    if (this.#hasEnded || this.destroyed) return;
    if (body !== undefined) this.write(body);
    this.#hasEnded = true;
    this.#handOn();
  }

  endShort(parts: readonly Uint8Array[]): void {
    this.end(joinBytes(parts));
  }

  onTaken(taken: () => void): void {
    this.#onTaken = taken;
  }

  cutOffAfter(patienceMs: number): void {
    this.#patience.begin(
      patienceMs,
      () => this.#takenBytes,
      () => this.destroy(),
    );
  }

  /** Whoever still reads learns that this is not all. */
  destroy(): void {
    if (this.#resolve === undefined) return;
    const head = this.#takeHead();
    this.#over(encodePiece({ head, isCutOff: true, bytes: nothing }));
    this.#closed();
  }

  tellOwner(): void {
    const { owner } = this;
    this.owner = undefined;
    owner?.responseClosed();
  }

  #clientGone(): void {
    if (this.#resolve === undefined) return;
    this.#over(nothing);
    this.#closed();
  }

  #closed(): void {
    this.destroyed = true;
    this.headersSent = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.tellOwner();
  }

  #handOn(): void {
    if (this.#isHanding) return;
    this.#isHanding = true;
    queueMicrotask(() => void this.#hand());
  }

  async #hand(): Promise<void> {
    while (this.#resolve !== undefined && this.#hasMoreThanTheLast) {
      const bytes = this.#takePiece();
      await this.#way.write(encodePiece({ head: this.#takeHead(), isCutOff: false, bytes }));
      this.#taken(bytes.length);
    }
    this.#isHanding = false;
    if (!this.#hasEnded || this.#resolve === undefined) return;
    const bytes = this.#takePiece();
    this.#over(encodePiece({ head: this.#takeHead(), isCutOff: false, bytes }));
    this.#taken(bytes.length);
  }

  get #hasMoreThanTheLast(): boolean {
    if (this.#hasEnded) return this.#waitingBytes > pieceBytesMax;
    return this.#waiting.length > 0 || (this.#isFlushed && this.#head !== undefined);
  }

  #takeHead(): AnswerPiece['head'] {
    const head = this.#head;
    this.#head = undefined;
    return head;
  }

  /** Whole writes, as many as a piece holds. */
  #takePiece(): Uint8Array {
    let bytes = 0;
    let count = 0;
    for (const { length } of this.#waiting) {
      if (count > 0 && bytes + length > pieceBytesMax) break;
      bytes += length;
      count += 1;
    }
    return joinBytes(this.#waiting.splice(0, count));
  }

  #taken(bytes: number): void {
    this.#takenBytes += bytes;
    if (this.destroyed) return;
    this.#waitingBytes -= bytes;
    if (this.#waitingBytes > 0 && !this.#hasEnded) return;
    this.#patience.end();
    this.#onTaken?.();
  }

  #over(last: Uint8Array): void {
    this.#patience.end();
    this.#resolve?.(last);
    this.#resolve = undefined;
  }
}
