/**
 * How much work a condition may be. Synchronous code cannot be interrupted, so that the work is bounded before it begins: by
 * the size of the frame and its longest list, for conditions that loop.
 */

/** Bytes of the frame times entries of its longest list, once for each loop around another. */
export const conditionWorkMax = 64 * 1024 * 1024;

/** Loops within loops. */
export const loopDepthMax = 2;

/** The condition would take too long on this frame. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork';

  constructor() {
    super('the message is too large for the loops of this condition');
  }
}

/** @throws TooMuchWork when `loopDepth` loops over lists of `longest` entries would cost more than a frame may. */
export function requireWork(bytes: number, longest: number, loopDepth: number): void {
  if (bytes * longest ** loopDepth > conditionWorkMax) throw new TooMuchWork();
}

/** Entries of the longest list or map in a JSON value. */
export function longestIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const entries: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  let longest = entries.length;
  for (const entry of entries) longest = Math.max(longest, longestIn(entry));
  return longest;
}
