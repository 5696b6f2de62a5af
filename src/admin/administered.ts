/** What is managed through the admin API, as the API needs it: one process and its sessions. */

import type { RuntimeSession } from '../runtime/api.ts';
import type { TotalsSnapshot } from '../runtime/totals.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';

export interface ProcessFacts {
  readonly pid: number;
  readonly version: string;
  /** What it was started as: `forward http`. */
  readonly command: string;
  /** What is behind it, for people: a command, or a URL without what is secret in it. */
  readonly server: string;
  /** Where clients find it; absent on standard input and output. */
  readonly url?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export interface Administered {
  readonly facts: ProcessFacts;
  sessions(): Iterable<SessionSnapshot>;
  session(id: string): Pick<RuntimeSession, 'snapshot' | 'close' | 'label'> | undefined;
  totals(): TotalsSnapshot;
  /** Begins an orderly end: what is under way may finish, nothing new begins. */
  drain(): void;
}
