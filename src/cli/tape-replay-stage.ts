/** What every way of playing a tape is given. Types alone. */

import type { Clock, Log } from '../ports.ts';
import type { ReplayTape } from '../record/replay-tape.ts';
import type { Say } from './run-tape.ts';

/** A tape, and where it is. */
export interface NamedTape extends ReplayTape {
  readonly file: string;
}

export interface ReplayStage {
  readonly clock: Clock;
  readonly log: Log;
  /** Standard output, for reports. */
  readonly say: Say;
  /** Standard error. */
  readonly complain: Say;
  /** One line of the stderr of a server that was started. */
  readonly onStderr: (line: string) => void;
}
