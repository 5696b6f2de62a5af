/**
 * A file that only grows: what is handed over is written behind what there is, while others go on or before they do. What a disk took
 * in part is not written twice, and what it refused stays until it is tried again. Knows no lines.
 */

import { closeSync, write, writeSync } from 'node:fs';

export interface AppendWatcher {
  /** Everything that was handed over is written. */
  readonly onWritten: () => void;
  /** It was refused, and is kept. */
  readonly onRefused: (error: unknown) => void;
}

export class AppendFile {
  readonly #fd: number;
  readonly #watcher: AppendWatcher;
  /** Bytes that the disk has. */
  #position = 0;
  /** What it does not have yet. */
  #rest: Uint8Array | undefined;
  /** The platform has not come back from a write. */
  #isUnderWay = false;
  /** What it was to write is written meanwhile, or is tried in another way. */
  #isOvertaken = false;
  #isClosed = false;

  constructor(fd: number, watcher: AppendWatcher) {
    this.#fd = fd;
    this.#watcher = watcher;
  }

  /** Bytes that the disk has. */
  get length(): number {
    return this.#position;
  }

  /** Something that was handed over is still to be written. */
  get isBusy(): boolean {
    return this.#rest !== undefined;
  }

  /** Bytes that were handed over may still be read, by a write that was overtaken. */
  get isReading(): boolean {
    return this.#isUnderWay;
  }

  /** Writes the bytes while others go on. They are not to change until `onWritten`. Not for a file that is busy. */
  append(bytes: Uint8Array): void {
    this.#rest = bytes;
    this.again();
  }

  /** Goes on with what was refused. */
  again(): void {
    const rest = this.#rest;
    if (rest === undefined || this.#isClosed || this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#isOvertaken = false;
    write(this.#fd, rest, 0, rest.length, this.#position, (error, written) => {
      this.#isUnderWay = false;
      if (this.#isClosed) closeSync(this.#fd);
      else if (this.#isOvertaken) this.again();
      else if (error !== null) this.#watcher.onRefused(error);
      else {
        this.#took(rest, written);
        if (this.#rest === undefined) this.#watcher.onWritten();
        else this.again();
      }
    });
  }

  /**
   * Writes what is still to be written before it returns; what a write that is under way has of it is written again in its place.
   * @throws what the platform says; the rest is kept.
   */
  finishNow(): void {
    this.#isOvertaken = true;
    for (let rest = this.#rest; rest !== undefined; rest = this.#rest) {
      this.#took(rest, writeSync(this.#fd, rest, 0, rest.length, this.#position));
    }
  }

  /** Writes the bytes before it returns. Not for a file that is busy. @throws as `finishNow` */
  appendNow(bytes: Uint8Array): void {
    this.#rest = bytes;
    this.finishNow();
  }

  /** Nothing more is written. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // The number of a file that is closed is given to another at once: a write that is under way would go there.
    if (!this.#isUnderWay) closeSync(this.#fd);
  }

  #took(bytes: Uint8Array, written: number): void {
    this.#position += written;
    this.#rest = written < bytes.length ? bytes.subarray(written) : undefined;
  }
}
