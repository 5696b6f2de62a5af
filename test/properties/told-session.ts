/** A session added up from the events that the feed tells of it, and held against the session itself after each of them. */
import { expect } from 'vitest';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import type { TracedEvent } from '../../src/observe/traced-event.ts';
import { tracedEvent } from '../../src/observe/traced-event-view.ts';
import type { Tracer } from '../../src/runtime/tracer.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { type SessionSnapshot, snapshotOf } from '../../src/session/snapshot.ts';

/** A session as its events alone tell of it. */
class Told {
  state = 'initializing';
  readonly waiting: string[] = [];
  /** Outcomes of requests that did not wait. */
  readonly strays: string[] = [];

  take({ event, decision, to, frame, settled = [] }: TracedEvent): void {
    this.state = to;
    if (decision !== 'committed') return;
    if (event === 'frame.request' && frame !== undefined) this.waiting.push(keyOf({ ...frame, id: frame.id ?? null }));
    for (const outcome of settled) {
      const place = this.waiting.lastIndexOf(keyOf(outcome));
      if (place >= 0) this.waiting.splice(place, 1);
      // What could not be read is refused without ever having waited.
      else if (event !== 'frame.malformed' || outcome.method !== '') this.strays.push(keyOf(outcome));
    }
  }
}

function keyOf({ direction, id, method = '' }: { direction: string; id: unknown; method?: string }): string {
  return JSON.stringify([direction, id, method]);
}

/** A handshake that we repeat to a server that came back is nobody's request, and in no event of a peer. */
function waitingIn({ pending }: SessionSnapshot): readonly string[] {
  return pending.filter(({ id }) => !String(id).startsWith('ninelives:')).map(keyOf);
}

/** An event, and what is told with it. */
interface ToldEvent {
  readonly event: TracedEvent;
  readonly before: string;
  readonly told: Told;
}

function expectAsTold({ event, before, told }: ToldEvent, snapshot: SessionSnapshot): void {
  const { state, waiting, strays } = told;
  expect({ event, before, state, waiting: waiting.toSorted(), strays }).toEqual({
    event,
    before: event.from,
    state: snapshot.state,
    waiting: waitingIn(snapshot).toSorted(),
    strays: [],
  });
}

/** Holds what is told so far against the session, after each of its events. */
export class Adding implements Tracer {
  readonly ring = new TraceRing({ eventsMax: 64 });
  readonly #told = new Map<SessionRecord, Told>();
  events = 0;
  /** What a tracer throws goes to the log: it is thrown when the play is over. */
  complaint: Error | undefined = undefined;

  opened(record: SessionRecord): void {
    this.#told.set(record, new Told());
    this.ring.opened(record);
  }

  decided(...[record, event, decision, from, effects]: Parameters<Tracer['decided']>): void {
    this.ring.decided(record, event, decision, from, effects);
    try {
      expectAsTold(this.#tell(record), snapshotOf(record, event.at));
    } catch (error) {
      this.complaint ??= error as Error;
    }
  }

  #tell(record: SessionRecord): ToldEvent {
    const told = this.#told.get(record)!;
    const event = tracedEvent(this.ring.event(this.ring.newestSeq)!, this.ring);
    const before = told.state;
    told.take(event);
    this.events += 1;
    return { event, before, told };
  }

  ended(record: SessionRecord): void {
    this.ring.ended(record);
    const { waiting } = this.#told.get(record)!;
    if (waiting.length > 0) this.complaint ??= new Error(`When it was over there waited ${waiting.join(', ')}`);
  }
}
