/**
 * When the bodies of one session's POSTs are read, and when they are handed on. While its server does not keep up nothing new is
 * read: clients wait in their own sockets, and what was read already waits here, within a bound. When the server reads again they
 * go on one after the other, for as long as it does, and not as a herd.
 */

import type { BufferedBytes } from '../session/buffered-bytes.ts';

export interface IntakeLimits {
  /** Bytes of bodies that are read at once, unless there is only one. */
  readonly bufferPauseBytes: number;
  /** Bytes of bodies that are read and wait. */
  readonly bufferBytesMax: number;
  /** What waits in other sessions, too. */
  readonly buffers: BufferedBytes;
}

interface Waiting {
  readonly bytes: number;
  readonly act: () => void;
}

export class Intake {
  readonly #limits: IntakeLimits;
  #isPaused = false;
  #reading = 0;
  readonly #unread: Waiting[] = [];
  readonly #unfed: Waiting[] = [];
  #unfedBytes = 0;
  #isGoingOn = false;

  constructor(limits: IntakeLimits) {
    this.#limits = limits;
  }

  /** Nothing waits, and nothing has to. */
  get isOpen(): boolean {
    return !this.#isPaused && this.#unfed.length === 0;
  }

  /** Calls `act`, which begins to read a body of so many bytes: now, or when its turn has come. `readOver` follows. */
  read(bytes: number, act: () => void): void {
    if (this.#unread.length === 0 && this.#hasRoomFor(bytes)) {
      this.#reading += bytes;
      act();
    } else this.#unread.push({ bytes, act });
  }

  /** The body was read, or never will be. */
  readOver(bytes: number): void {
    this.#reading -= bytes;
    this.#goOn();
  }

  /** Calls `act`, which hands on a body that was read: now, or when its turn has come. False: there is no room for it to wait. */
  feed(bytes: number, act: () => void): boolean {
    if (this.isOpen) {
      act();
      return true;
    }
    const { bufferBytesMax, buffers } = this.#limits;
    const hasRoom = this.#unfedBytes + bytes <= bufferBytesMax && buffers.hasRoomFor(this.#unfedBytes, bytes);
    if (this.#unfed.length > 0 && !hasRoom) return false;
    this.#unfed.push({ bytes, act });
    this.#grow(bytes);
    return true;
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#goOn();
  }

  /** The session is over: whoever waits is told so by what it does. */
  close(): void {
    this.#isPaused = false;
    this.#grow(-this.#unfedBytes);
    for (const { act } of this.#unfed.splice(0)) act();
    for (const { act } of this.#unread.splice(0)) act();
  }

  #grow(bytes: number): void {
    this.#unfedBytes += bytes;
    this.#limits.buffers.add(bytes);
  }

  #hasRoomFor(bytes: number): boolean {
    if (this.#isPaused || this.#unfed.length > 0) return false;
    return this.#reading === 0 || this.#reading + bytes <= this.#limits.bufferPauseBytes;
  }

  /** What is handed on may be what makes the server fall behind again, and says so in the middle of this. */
  #goOn(): void {
    if (this.#isGoingOn) return;
    this.#isGoingOn = true;
    while (!this.#isPaused && this.#unfed.length > 0) {
      const { bytes, act } = this.#unfed.shift()!;
      this.#grow(-bytes);
      act();
    }
    while (this.#unread.length > 0 && this.#hasRoomFor(this.#unread[0]!.bytes)) {
      const { bytes, act } = this.#unread.shift()!;
      this.#reading += bytes;
      act();
    }
    this.#isGoingOn = false;
  }
}
