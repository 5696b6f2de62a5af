/**
 * How the log is told of what may come in floods: the first lines of each kind say enough, and who writes nothing but noise
 * must not fill it. Does not count: whoever warns knows how many there have been.
 */

import type { Log } from '../ports.ts';

const linesMax = 20;

/** Warns of the one that is number `seen` of its kind, counted from 1; of those after the first 20 nothing is said. */
export function warnOfNoise(
  log: Log,
  seen: number,
  text: string,
  fields: () => Readonly<Record<string, unknown>>,
): void {
  if (seen > linesMax) return;
  log.warn(fields(), seen === linesMax ? `${text} (further ones are only counted)` : text);
}
