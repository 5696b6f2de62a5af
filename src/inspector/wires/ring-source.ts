/** The foreign wires fed from the trace ring of a process. Nothing is worked out of an event unless a viewer is about to be told it. */

import type { ProcessFacts } from '../../observe/process-facts.ts';
import type { TraceRing } from '../../observe/trace-ring.ts';
import { tracedEvent } from '../../observe/traced-event-view.ts';
import type { TracedEvent } from '../../observe/traced-event.ts';
import type { SessionSnapshot } from '../../session/snapshot.ts';
import type { WireSource } from './wire-source.ts';

export interface RingSourceOptions {
  readonly ring: TraceRing;
  readonly facts: ProcessFacts;
  readonly sessions: () => Iterable<SessionSnapshot>;
  readonly session: (id: string) => { snapshot(): SessionSnapshot } | undefined;
}

export function ringSource({ ring, facts, sessions, session }: RingSourceOptions): WireSource {
  return {
    facts,
    sessions,
    session: (id) => session(id)?.snapshot(),
    lastSeq: () => ring.newestSeq,
    eventsAfter: (after, { eventsMax, isWanted }) => {
      const oldest = Math.max(after + 1, ring.oldestSeq);
      const events: TracedEvent[] = [];
      // Whose they were is not known any more.
      let missed = oldest - after - 1;
      for (let seq = ring.newestSeq; seq >= oldest; seq--) {
        const place = ring.event(seq);
        if (place?.session === undefined || !isWanted(place.session.id)) continue;
        if (events.length < eventsMax) events.push(tracedEvent(place, ring));
        else missed += 1;
      }
      return { events: events.reverse(), missed };
    },
    onLastEnd: (listener) =>
      ring.watch(({ hasEnded }) => {
        if (hasEnded && isEmpty(sessions())) listener();
      }),
  };
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _item of items) return false;
  return true;
}
