/**
 * Hands messages over as a play wants it: whole or in pieces, at once or late, twice, or not at all. What was handed over first
 * arrives first, however late it is: a stream of bytes knows no overtaking.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Delivery } from '../play/target.ts';
import type { Quiet } from './quiet.ts';

/** Long enough that two pieces are not read as one. */
const pieceGapMs = 4;

export class Outflow {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #quiet: Quiet;
  /** Present while something is held up. */
  #queue: Promise<void> | undefined;

  constructor(write: (bytes: Uint8Array) => void, quiet: Quiet) {
    this.#write = write;
    this.#quiet = quiet;
  }

  deliver(bytes: Uint8Array, delivery: Delivery = {}): void {
    if (delivery.isDropped === true) return;
    this.#quiet.said();
    const { pieces = 1, delayMs = 0, isTwice } = delivery;
    const times = isTwice === true ? [bytes, bytes] : [bytes];
    if (this.#queue === undefined && pieces <= 1 && delayMs === 0) {
      for (const one of times) this.#write(one);
      return;
    }
    this.#hold(async () => {
      if (delayMs > 0) await pause(delayMs);
      for (const one of times) await this.#writePieces(one, pieces);
    });
  }

  /** Runs when everything that was handed over has left. */
  afterwards(act: () => void): void {
    if (this.#queue === undefined) act();
    else this.#hold(async () => Promise.resolve(act()));
  }

  #hold(act: () => Promise<void>): void {
    const done = this.#quiet.begins();
    const before = this.#queue ?? Promise.resolve();
    const turn: Promise<void> = before.then(act).finally(() => {
      done();
      if (this.#queue === turn) this.#queue = undefined;
    });
    this.#queue = turn;
  }

  async #writePieces(bytes: Uint8Array, pieces: number): Promise<void> {
    const size = Math.max(1, Math.ceil(bytes.length / Math.max(1, pieces)));
    for (let at = 0; at < bytes.length; at += size) {
      if (at > 0) await pause(pieceGapMs);
      this.#write(bytes.subarray(at, at + size));
    }
  }
}
