/**
 * Room for lines that is used again: a tape needs some while it gathers and writes, and none while nothing happens, so that ten
 * thousand tapes that are open take no more than those that something happens to.
 */

import { LineBytes } from './line-bytes.ts';

const spareMax = 4;
/** What had to grow beyond this is let go. */
const spareBytesMax = 4 * 1024 * 1024;

export class SpareLines {
  readonly #spare: LineBytes[] = [];

  take(): LineBytes {
    return this.#spare.pop() ?? new LineBytes();
  }

  /** @param lines that nobody reads or writes any more. */
  giveBack(lines: LineBytes): void {
    if (this.#spare.length === spareMax || lines.capacity > spareBytesMax) return;
    lines.cutTo(0);
    this.#spare.push(lines);
  }
}
