/**
 * Frames that session after session says alike, byte for byte, and that each has to keep: the handshake of a client is that of its
 * next session. They are kept once. Bounded: what has not been said lately is let go of, by this table and not by its sessions.
 */

import type { Frame } from '../protocol/envelope.ts';

const framesMax = 16;
const frameBytesMax = 4096;

export class RepeatedFrames {
  readonly #frames: Frame[] = [];
  #next = 0;

  /** The frame, or the one before it that says the same. A frame that more than its bytes came with is like no other. */
  shared(frame: Frame): Frame {
    if (frame.value !== undefined || frame.aside !== undefined || frame.bytes.length > frameBytesMax) return frame;
    const same = this.#frames.find(({ bytes }) => areSame(bytes, frame.bytes));
    if (same !== undefined) return same;
    this.#frames[this.#next] = frame;
    this.#next = (this.#next + 1) % framesMax;
    return frame;
  }
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
