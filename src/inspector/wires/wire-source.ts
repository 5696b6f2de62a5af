/** What the foreign wires are fed from: the sessions of a process as they are, and what happened to them lately. Types alone. */

import type { ProcessFacts } from '../../observe/process-facts.ts';
import type { SessionSnapshot } from '../../session/snapshot.ts';
import type { TracedEvent } from '../feed-messages.ts';

export interface WireSource {
  readonly facts: ProcessFacts;
  /** Sessions that are not over. */
  sessions(): Iterable<SessionSnapshot>;
  session(id: string): SessionSnapshot | undefined;
  /** Of the last event of any session; 0 before the first. */
  lastSeq(): number;
  /** The newest events after that one, oldest first, and how many more there were: too many, or forgotten by now. */
  eventsAfter(seq: number, wanted: WantedEvents): { readonly events: readonly TracedEvent[]; readonly missed: number };
  /** Tells when the last open session has ended: the process may be about to. @returns how to stop that. */
  onLastEnd(listener: () => void): () => void;
}

export interface WantedEvents {
  readonly eventsMax: number;
  readonly isWanted: (sessionId: string) => boolean;
}
