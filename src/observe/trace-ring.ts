/**
 * The last events of all sessions of a process, kept by reference until newer ones take their places. It stands on the path of each
 * frame: noting an event writes a few fields of a place that is there already, and whoever looks pays for the rest. Does not know how
 * an event is shown.
 */

import { type Frame } from '../protocol/envelope.ts';
import type { Decision, Tracer, UnplacedFact } from '../runtime/tracer.ts';
import type { Effect } from '../session/effects.ts';
import type { FrameArrived, SessionEvent } from '../session/events.ts';
import type { SessionState } from '../session/outcomes.ts';
import type { PendingEntry } from '../session/pending.ts';
import type { SessionRecord } from '../session/record.ts';
import { Stays } from './stays.ts';
import { type Oddity, TracedSession } from './traced-session.ts';
import { UnplacedFrames } from './unplaced-frames.ts';

export interface TraceRingOptions {
  readonly eventsMax?: number;
  /** As long as nobody has ever watched. What is kept survives collections, and with that every event pays for it. */
  readonly eventsUnseenMax?: number;
  /** Of the frames of the events that are kept. The newest stays, however large it is. */
  readonly bytesMax?: number;
}

export const defaultEventsMax = 4096;
/** For a ring that stands on the path of frames and that nobody may ever look at. */
export const defaultEventsUnseenMax = 512;
export const defaultBytesMax = 16 * 1024 * 1024;

/** An event as it was noted. Valid until the next event is noted: its place may then be another's. */
export interface TracePlace {
  readonly seq: number;
  readonly at: number;
  readonly session: TracedSession | undefined;
  /** The event itself; or that the session began, or was over. */
  readonly event: SessionEvent | 'session.opened' | 'session.ended';
  readonly decision: Decision;
  readonly from: SessionState;
  readonly to: SessionState;
  readonly effects: readonly Effect[];
  /** On which the peers had agreed by then, as spelled on the wire. */
  readonly revision: string | undefined;
  readonly oddity: Oddity | undefined;
  /**
   * The request that the frame is about, where its names on the wire do not tell: the one in whose course a server asks
   * something, or whose progress it tells under a token that we gave it. Its state is as it is now.
   */
  readonly about: PendingEntry | undefined;
  /** Of the session: 1 for its first event. */
  readonly ordinal: number;
  /** The number of the event of the same session before this one, 0 where there was none. */
  readonly previousSeq: number;
}

class Place implements TracePlace {
  seq = 0;
  at = 0;
  session: TracedSession | undefined = undefined;
  event: TracePlace['event'] = 'session.opened';
  decision: Decision = 'committed';
  from: SessionState = 'initializing';
  to: SessionState = 'initializing';
  effects: readonly Effect[] = noEffects;
  revision: string | undefined = undefined;
  oddity: Oddity | undefined = undefined;
  about: PendingEntry | undefined = undefined;
  ordinal = 0;
  previousSeq = 0;
  bytes = 0;
}

const noEffects: readonly Effect[] = [];

export type TraceWatcher = (session: TracedSession) => void;

export class TraceRing implements Tracer {
  readonly eventsMax: number;
  readonly bytesMax: number;
  readonly stays: Stays = new Stays();
  readonly unplacedFrames: UnplacedFrames = new UnplacedFrames();
  #places: Place[];
  /** Open ones, and those that are over while the ring has events of them. */
  readonly #sessions = new Map<string, TracedSession>();
  readonly #watchers = new Set<TraceWatcher>();
  #isWatched = false;
  #newestSeq = 0;
  #oldestSeq = 1;
  #index = -1;
  #bytes = 0;

  constructor({
    eventsMax = defaultEventsMax,
    eventsUnseenMax = eventsMax,
    bytesMax = defaultBytesMax,
  }: TraceRingOptions = {}) {
    this.eventsMax = eventsMax;
    this.bytesMax = bytesMax;
    this.#places = roomFor(Math.min(eventsUnseenMax, eventsMax));
  }

  // --- what the runtime tells ----------------------------------------------------------------------------------------

  opened(record: SessionRecord): void {
    const session = new TracedSession(record);
    record.trace = session;
    this.#sessions.set(record.id, session);
    this.#note(session, 'session.opened', 'committed', record.state, noEffects, record.openedAt, 0);
  }

  decided(
    record: SessionRecord,
    event: SessionEvent,
    decision: Decision,
    from: SessionState,
    effects: readonly Effect[],
  ): void {
    const { frame } = event as Partial<FrameArrived>;
    const bytes = frame === undefined ? 0 : sizeOfKept(frame);
    // A deadline of the chart's own tells no time.
    const { at = record.enteredAt } = event as { readonly at?: number };
    this.#note(record.trace as TracedSession, event, decision, from, effects, at, bytes);
  }

  ended(record: SessionRecord): void {
    const session = record.trace as TracedSession;
    const at = Math.max(record.enteredAt, this.#at(session.newestSeq)?.at ?? 0);
    session.hasEnded = true;
    this.#note(session, 'session.ended', 'committed', record.state, noEffects, at, 0);
  }

  unplaced(fact: UnplacedFact): void {
    this.unplacedFrames.note(fact);
  }

  #note(
    session: TracedSession,
    event: TracePlace['event'],
    decision: Decision,
    from: SessionState,
    effects: readonly Effect[],
    at: number,
    bytes: number,
  ): void {
    const { record } = session;
    const seq = ++this.#newestSeq;
    this.#index = this.#index + 1 === this.#places.length ? 0 : this.#index + 1;
    const place = this.#places[this.#index]!;
    if (place.seq >= this.#oldestSeq) this.#leave(place);
    place.seq = seq;
    place.at = at;
    place.session = session;
    place.event = event;
    place.decision = decision;
    place.from = from;
    place.to = record.state;
    place.effects = effects;
    place.revision = record.facts.protocolVersion;
    place.oddity = mayBeOdd(event, effects) ? session.oddity() : undefined;
    place.about = bytes === 0 ? undefined : aboutOf(record, event as FrameArrived);
    place.ordinal = ++session.events;
    place.previousSeq = session.newestSeq;
    place.bytes = bytes;
    session.newestSeq = seq;
    if (from !== place.to) {
      this.stays.add(from, at - session.enteredAt);
      session.enteredAt = at;
    }
    this.#bytes += bytes;
    if (this.#bytes > this.bytesMax) this.#makeRoom(seq);
    if (session.watchers !== undefined) for (const watcher of session.watchers) watcher(session);
    if (this.#isWatched) for (const watcher of this.#watchers) watcher(session);
  }

  /** What is in the place is forgotten, and something else will be. A session that is over goes with its last event. */
  #leave(place: Place): void {
    const { session } = place;
    this.#oldestSeq = place.seq + 1;
    this.#bytes -= place.bytes;
    if (place.event !== 'session.ended' || session === undefined) return;
    if (this.#sessions.get(session.id) === session) this.#sessions.delete(session.id);
  }

  /** The oldest events go until their frames are not too many; what they held on to goes with them. */
  #makeRoom(newestSeq: number): void {
    while (this.#bytes > this.bytesMax && this.#oldestSeq < newestSeq) {
      const place = this.#placeOf(this.#oldestSeq);
      this.#leave(place);
      place.session = undefined;
      place.event = 'session.opened';
      place.effects = noEffects;
      place.about = undefined;
    }
  }

  /** From now on as much is kept as may be. What is kept already goes where its number leads then. */
  #widen(): void {
    const kept = this.#places;
    this.#places = roomFor(this.eventsMax);
    for (const place of kept) {
      if (place.seq >= this.#oldestSeq) this.#places[(place.seq - 1) % this.eventsMax] = place;
    }
    this.#index = (this.#newestSeq - 1) % this.eventsMax;
  }

  // --- who looks -----------------------------------------------------------------------------------------------------

  /** Of the last event; 0 before there was one. */
  get newestSeq(): number {
    return this.#newestSeq;
  }

  /** Of the oldest event that is kept. */
  get oldestSeq(): number {
    return this.#oldestSeq;
  }

  /** Of the frames that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Open sessions, and those that are over as long as something of them is kept. In the order in which they opened. */
  sessions(): IterableIterator<TracedSession> {
    return this.#sessions.values();
  }

  session(id: string): TracedSession | undefined {
    return this.#sessions.get(id);
  }

  /** An event by its number; undefined when it is forgotten, or still to come. */
  event(seq: number): TracePlace | undefined {
    return this.#at(seq);
  }

  /**
   * Events of a session that are kept, oldest first: those after `afterSeq`, and of these the oldest `max`.
   * Costs as much as there are events of this session after `afterSeq`, whatever else the ring holds.
   */
  eventsOf(session: TracedSession, afterSeq = 0, max = Infinity): readonly TracePlace[] {
    const found: TracePlace[] = [];
    for (const place of this.eventsBefore(session)) {
      if (place.seq <= afterSeq) break;
      found.push(place);
    }
    found.reverse();
    return found.length > max ? found.slice(0, max) : found;
  }

  /** The same without end, newest first, from the one before `beforeSeq` on. */
  *eventsBefore(session: TracedSession, beforeSeq = Infinity): Generator<TracePlace, void, void> {
    for (let place = this.#at(session.newestSeq); place !== undefined; place = this.#at(place.previousSeq)) {
      if (place.seq < beforeSeq) yield place;
    }
  }

  /**
   * Events of all sessions after `afterSeq` that are wanted and kept: the newest `max` of them, oldest first, and how many there
   * were besides, forgotten ones included, whose sessions nobody knows any more.
   */
  eventsAfter(
    afterSeq: number,
    isWanted: (session: TracedSession) => boolean,
    max: number,
  ): { readonly places: readonly TracePlace[]; readonly missed: number } {
    const places: TracePlace[] = [];
    let missed = Math.max(0, this.#oldestSeq - 1 - afterSeq);
    for (let seq = this.#newestSeq; seq >= this.#oldestSeq && seq > afterSeq; seq--) {
      const place = this.#placeOf(seq);
      if (place.session === undefined || !isWanted(place.session)) continue;
      if (places.length < max) places.push(place);
      else missed += 1;
    }
    return { places: places.reverse(), missed };
  }

  /**
   * Tells of every event of any session, or of one, right after it was noted and on its path: so it notes and returns, too.
   * @returns how to stop that.
   */
  watch(watcher: TraceWatcher, session?: TracedSession): () => void {
    if (this.#places.length < this.eventsMax) this.#widen();
    if (session === undefined) {
      this.#watchers.add(watcher);
      this.#isWatched = true;
      return () => {
        this.#watchers.delete(watcher);
        this.#isWatched = this.#watchers.size > 0;
      };
    }
    (session.watchers ??= new Set()).add(watcher);
    return () => {
      session.watchers?.delete(watcher);
      if (session.watchers?.size === 0) session.watchers = undefined;
    };
  }

  #at(seq: number): Place | undefined {
    return seq < this.#oldestSeq || seq > this.#newestSeq || seq < 1 ? undefined : this.#placeOf(seq);
  }

  #placeOf(seq: number): Place {
    return this.#places[(seq - 1) % this.#places.length]!;
  }
}

function roomFor(events: number): Place[] {
  const places: Place[] = [];
  for (let place = 0; place < events; place++) places.push(new Place());
  return places;
}

/** Only such an event can have moved a count that is to be noted: a response that led nowhere, what names a request, news of a frame. */
function mayBeOdd(event: TracePlace['event'], effects: readonly Effect[]): boolean {
  if (typeof event === 'string') return false;
  if (event.type === 'frame.response') return effects.length === 0;
  if (event.type !== 'frame.notification') return event.type === 'frame.decided' || event.type === 'session.labelled';
  const { cancels, progressToken } = event.frame.envelope;
  return effects.length === 0 || cancels !== undefined || progressToken !== undefined;
}

/** Frames of servers alone: those of clients are called as their requester calls them. */
function aboutOf(record: SessionRecord, { direction, frame, via }: FrameArrived): PendingEntry | undefined {
  if (direction === 'client-to-server') return undefined;
  const { kind, progressToken } = frame.envelope;
  if (kind === 'request') return via?.request ?? record.pending.sole();
  if (progressToken === undefined || !record.renamesRequests) return undefined;
  return record.pending.byToken('client-to-server', progressToken);
}

/** A message that is a value is not written to learn how long it is. */
function sizeOfKept(frame: Frame): number {
  return frame.value === undefined ? frame.bytes.length : (frame.size ?? 0);
}
