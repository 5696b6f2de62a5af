/**
 * What the trace ring remembers of one session: where its events stand in the ring, and which of the counts that say what was wrong
 * with a frame have moved. Those are compared when an event is noted: later they may stand for something else.
 */

import { type CounterName, counterIndex } from '../session/counters.ts';
import type { SessionRecord } from '../session/record.ts';

/** Counts that tell of a frame what nothing else tells. */
export const oddities = [
  'lateResponses',
  'duplicateResponses',
  'bogusResponses',
  'lateProgress',
  'unattributedProgress',
  'lateCancellations',
  'illegalCancellations',
  'ambiguousCancellations',
  'refusedHeld',
  'refusedLabels',
] as const satisfies readonly CounterName[];

export type Oddity = (typeof oddities)[number];

const indexes: readonly number[] = oddities.map((name) => counterIndex[name]);

export class TracedSession {
  readonly record: SessionRecord;
  /** The number of its last event, 0 before there is one. */
  newestSeq = 0;
  /** How many events it has had. */
  events = 0;
  hasEnded = false;
  /** When it came into the state that it is in. */
  enteredAt: number;
  /** Those who are told when something happens to this session; none most of the time. */
  watchers: Set<(session: TracedSession) => void> | undefined = undefined;
  readonly #seen: number[] = indexes.map(() => 0);

  constructor(record: SessionRecord) {
    this.record = record;
    this.enteredAt = record.openedAt;
  }

  get id(): string {
    return this.record.id;
  }

  /** Which of the counts has moved since it was asked last; a frame moves one at most. */
  oddity(): Oddity | undefined {
    const { counts } = this.record;
    let moved: Oddity | undefined;
    for (let place = 0; place < indexes.length; place++) {
      const count = counts[indexes[place]!]!;
      if (count === this.#seen[place]) continue;
      this.#seen[place] = count;
      moved = oddities[place];
    }
    return moved;
  }
}
