/**
 * One viewer on a foreign wire: what it has been told, and what is next. A viewer that comes late is told every session as it is; from
 * then on every event, and the state after it. Whoever reads slowly, or when more happens than the cap, misses events, sees in
 * the process's own context how many, and is told the states again. Knows neither sockets nor the words of a wire.
 */

import type { Clock } from '../../ports.ts';
import type { SessionState } from '../../session/outcomes.ts';
import type { SessionSnapshot } from '../../session/snapshot.ts';
import type { TracedEvent } from '../feed-messages.ts';
import { bounded } from './bounded.ts';
import { chartTagsOf, processChart, sessionChart, valueOf } from './chart.ts';
import type { Wire, WiredActor, WiredEvent, WiredState } from './wire.ts';
import type { WireSource } from './wire-source.ts';

export interface WireViewerOptions {
  readonly wire: Wire;
  readonly source: WireSource;
  readonly clock: Clock;
  /** One session alone, by its id or what the wire calls it; all of them if it is not said. */
  readonly sessionId?: string;
  readonly write: (text: string) => void;
  /** Bytes written that the viewer has not taken. */
  readonly unreadBytes: () => number;
  readonly limits: WireViewerLimits;
}

export interface WireViewerLimits {
  /** Told at one time; more are counted, and take the places of those that end. */
  readonly sessionsMax: number;
  readonly eventsPerTurnMax: number;
  /** Above it nothing is written until the viewer has read. */
  readonly unreadBytesMax: number;
  /** How long a viewer may leave more than that unread. */
  readonly behindMsMax: number;
}

interface ToldSession {
  readonly actor: WiredActor;
  readonly id: string;
  state: SessionState;
  context: object;
}

export class WireViewer {
  readonly #options: WireViewerOptions;
  readonly #process: WiredActor;
  readonly #isWanted: (sessionId: string) => boolean;
  readonly #told = new Map<string, ToldSession>();
  /** Whole snapshots cost; one of a session serves a turn. */
  readonly #contexts = new Map<string, object>();
  #isAsked: boolean;
  #after: number | undefined;
  #dropped = 0;
  #untold = 0;
  #processText = '';
  #behindSince: number | undefined;

  constructor(options: WireViewerOptions) {
    const { wire, source, sessionId } = options;
    this.#options = options;
    this.#isAsked = wire.asks === undefined;
    const id = `ninelives-${source.facts.pid}`;
    this.#process = { id, name: 'ninelives', chart: processChart, rootId: id };
    const wanted = sessionId === undefined ? undefined : nameOnWire(sessionId);
    this.#isWanted = (candidate) => wanted === undefined || nameOnWire(candidate) === wanted;
  }

  /** What the viewer says. To be asked once more is to tell everything once more, with the next turn. */
  hear(text: string): void {
    if (this.#options.wire.asks?.(text) === true) this.#isAsked = true;
  }

  /** Tells what is new. False: the viewer has not read for too long. */
  turn(): boolean {
    const { clock, unreadBytes, limits } = this.#options;
    if (unreadBytes() > limits.unreadBytesMax) {
      this.#behindSince ??= clock.now();
      return clock.now() - this.#behindSince < limits.behindMsMax;
    }
    this.#behindSince = undefined;
    this.#contexts.clear();
    if (this.#isAsked) this.#begin();
    else this.#goOn();
    return true;
  }

  #begin(): void {
    this.#isAsked = false;
    this.#after = this.#options.source.lastSeq();
    this.#told.clear();
    this.#tellProcess('registered');
    this.#tellStates();
  }

  #goOn(): void {
    const { source, limits } = this.#options;
    // Nobody has asked yet.
    if (this.#after === undefined) return;
    const { events, missed } = source.eventsAfter(this.#after, {
      eventsMax: limits.eventsPerTurnMax,
      isWanted: this.#isWanted,
    });
    this.#after = source.lastSeq();
    for (const event of events) this.#tellEvent(event);
    this.#dropped += missed;
    if (missed > 0) this.#tellStates();
    else this.#tellProcess('changed');
  }

  /** As everything is now: for a viewer that has come late, or has missed something. */
  #tellStates(): void {
    const at = this.#options.clock.wallTime();
    const open = new Set<string>();
    for (const snapshot of this.#options.source.sessions()) {
      if (!this.#isWanted(snapshot.id)) continue;
      open.add(snapshot.id);
      this.#contexts.set(snapshot.id, contextOf(snapshot));
      const told = this.#told.get(snapshot.id);
      if (told === undefined) this.#register(snapshot.id, snapshot.state, at);
      else this.#become(told, snapshot.state, { type: 'ninelives.missed' }, at);
    }
    for (const told of this.#told.values()) if (!open.has(told.id)) this.#stop(told);
    this.#untold = open.size - this.#told.size;
    this.#tellProcess('changed');
  }

  #tellEvent(event: TracedEvent): void {
    const { clock, wire } = this.#options;
    const at = event.at + clock.wallTime() - clock.now();
    const known = this.#told.get(event.sessionId);
    const told = known ?? this.#register(event.sessionId, event.from, at);
    if (told === undefined || event.event === 'session.opened') return;
    const wired = wiredEvent(event, at);
    this.#write(wire.happened(told.actor, wired, at));
    this.#become(told, event.to, wired, at);
    if (event.event === 'session.ended') this.#stop(told);
  }

  #register(id: string, state: SessionState, at: number): ToldSession | undefined {
    const { wire, limits } = this.#options;
    if (this.#told.size >= limits.sessionsMax) {
      this.#untold += 1;
      return undefined;
    }
    const name = nameOnWire(id);
    const actor: WiredActor = {
      id: name,
      name: `session ${name}`,
      chart: sessionChart,
      parentId: this.#process.id,
      rootId: this.#process.id,
    };
    const told: ToldSession = { actor, id, state, context: this.#contextOf(id) ?? {} };
    this.#told.set(id, told);
    this.#write(wire.registered(actor, wiredState(told), at));
    return told;
  }

  #become(told: ToldSession, state: SessionState, event: WiredEvent, at: number): void {
    told.state = state;
    told.context = this.#contextOf(told.id) ?? told.context;
    this.#write(this.#options.wire.became(told.actor, wiredState(told), event, at));
  }

  #stop(told: ToldSession): void {
    const { wire, clock } = this.#options;
    this.#told.delete(told.id);
    this.#write(wire.stopped(told.actor, wiredState(told), clock.wallTime()));
  }

  #tellProcess(how: 'registered' | 'changed'): void {
    const { source, wire, clock } = this.#options;
    const context = {
      ...source.facts,
      sessionsTold: this.#told.size,
      sessionsUntold: this.#untold,
      eventsDropped: this.#dropped,
    };
    const text = JSON.stringify(context);
    if (how === 'changed' && text === this.#processText) return;
    this.#processText = text;
    const state: WiredState = { value: 'running', tags: [], isFinal: false, context };
    const at = clock.wallTime();
    if (how === 'registered') this.#write(wire.registered(this.#process, state, at));
    else this.#write(wire.became(this.#process, state, { type: 'ninelives.counted' }, at));
  }

  /** Undefined when the session is gone. It is that of this moment, which is a little later than the events that are told. */
  #contextOf(id: string): object | undefined {
    const known = this.#contexts.get(id);
    if (known !== undefined) return known;
    const snapshot = this.#options.source.session(id);
    if (snapshot === undefined) return undefined;
    const context = contextOf(snapshot);
    this.#contexts.set(id, context);
    return context;
  }

  #write(texts: readonly string[]): void {
    for (const text of texts) this.#options.write(text);
  }
}

/**
 * What a session is called on the wire. Over HTTP the whole id is all that a client shows to be let into its session, and what is
 * said here may be passed on to the page of somebody else.
 */
function nameOnWire(id: string): string {
  return id.slice(0, 13);
}

/** Most counts of most sessions are 0, and the context goes along with every event. */
function contextOf(snapshot: SessionSnapshot): object {
  const counts = Object.fromEntries(Object.entries(snapshot.counts).filter(([, count]) => count !== 0));
  return bounded({ ...snapshot, id: nameOnWire(snapshot.id), counts }) as object;
}

function wiredState({ state, context }: ToldSession): WiredState {
  return {
    value: valueOf(state),
    tags: chartTagsOf(state),
    isFinal: state === 'closed' || state === 'failed',
    context,
  };
}

function wiredEvent({ event, sessionId: _sessionId, ...facts }: TracedEvent, at: number): WiredEvent {
  return { ...(bounded(facts) as object), at, type: event };
}
