/** The messages without a session of all processes, the newest first. */

import type { UnplacedFrame } from '../../feed-messages.ts';
import type { ProcessView } from '../store/process-view.ts';

export interface Unplaced {
  /** How many there were, also those that are not here. */
  readonly count: number;
  readonly newest: readonly UnplacedLine[];
}

export interface UnplacedLine {
  readonly key: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly wallTime: number;
  readonly frame: UnplacedFrame;
}

export function unplacedOf(processes: Iterable<ProcessView>): Unplaced {
  let count = 0;
  const lines: UnplacedLine[] = [];
  for (const { facts, epochOffset, unplaced } of processes) {
    count += unplaced.count;
    const before = unplaced.count - unplaced.newest.length;
    for (const [index, frame] of unplaced.newest.entries()) {
      lines.push({ key: `${facts.pid} ${before + index}`, pid: facts.pid, wallTime: frame.at + epochOffset, frame });
    }
  }
  return { count, newest: lines.sort((one, other) => other.wallTime - one.wallTime) };
}
