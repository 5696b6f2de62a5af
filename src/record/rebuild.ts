/**
 * Sessions made again from a tape: the same chart takes the same events in the same order, with nothing around it that acts. What
 * it comes to is compared with what the tape says it came to, so that a tape that does not fit is found at the line where it stops
 * fitting. The core is a function of its events; this is the function called again.
 */

import { createActor } from 'xstate';
import type { Frame } from '../protocol/envelope.ts';
import { idKey } from '../protocol/ids.ts';
import type { Clock } from '../ports.ts';
import { sessionLogic } from '../runtime/session-logic.ts';
import { silentLog } from '../runtime/silent-log.ts';
import type { Decision, Tracer } from '../runtime/tracer.ts';
import type { Alarms } from '../session/deadlines.ts';
import type { Effect, SettledEffect } from '../session/effects.ts';
import type { SessionEvent } from '../session/events.ts';
import { Journal } from '../session/journal.ts';
import { Ledger, type Limits, type Times, defaultLimits, defaultTimes } from '../session/limits.ts';
import { Exchange, PendingEntry } from '../session/pending.ts';
import type { SessionMetadata } from '../session/interception.ts';
import { metadataOf } from '../session/metadata.ts';
import { type MethodTimes, type Profile, standardTimes } from '../session/profiles.ts';
import type { SessionState } from '../session/outcomes.ts';
import type { SessionRecord } from '../session/record.ts';
import type { SessionSurroundings } from '../session/session-data.ts';
import { type SessionSnapshot, snapshotOf } from '../session/snapshot.ts';
import { type TagRule, builtInTagRules } from '../session/tags.ts';
import { BadLine, type Named, readEvent } from './read-event.ts';
import type { ReadLine } from './tape-lines.ts';
import type { EndedLine, EventLine, OpenedLine, SettingsLine, SettledFact, TapedProfile } from './tape-format.ts';

/** What a line of the tape and the session made again disagree about. */
export interface Divergence {
  readonly seq: number;
  readonly session: number;
  readonly text: string;
}

export interface RebuildOptions {
  /** Those that the recorded runtime had beside the built-in ones: they are code, and not on the tape. */
  readonly tagRules?: readonly TagRule[];
  /** Sees what happens on the tape as it saw it when it happened. */
  readonly tracer?: Tracer;
}

/** Timers ring on the tape. */
const noAlarms: Alarms = {
  set: (alarm, dueAt) => {
    alarm.dueAt = dueAt;
  },
  clear: (alarm) => {
    alarm.dueAt = Infinity;
  },
};

interface Settings {
  readonly limits: Limits;
  readonly times: Times;
}

interface Rebuilt {
  readonly record: SessionRecord;
  readonly send: (event: SessionEvent) => void;
  readonly named: Named;
  /** What was sent on for requests that wait, by their place. */
  readonly sent: Map<number, Frame>;
  at: number;
}

export class Rebuild {
  readonly divergences: Divergence[] = [];
  readonly #options: RebuildOptions;
  readonly #settings = new Map<number, SessionSurroundings>();
  readonly #ledgers = new Map<number, Ledger>();
  readonly #sessions = new Map<number, Rebuilt>();
  readonly #journal = new Journal();
  readonly #logic: ReturnType<typeof sessionLogic>;
  /** What became of the event that was sent last. */
  #outcome: { readonly decision: Decision; readonly effects: readonly Effect[] } | undefined;
  #now = 0;
  /** The state before the event that was sent last, as the tape has it. */
  #from: SessionState = 'initializing';

  constructor(options: RebuildOptions = {}) {
    this.#options = options;
    this.#logic = sessionLogic({
      clock: stoppedClock(() => this.#now),
      log: silentLog,
      hostOf: () => undefined,
      decided: (record, event, decision, effects) => {
        this.#outcome = { decision, effects };
        this.#options.tracer?.decided(record, event, decision, this.#from, effects);
      },
    });
  }

  /** The sessions so far, by their numbers on the tape; those that are over stay as they ended. */
  numbers(): readonly number[] {
    return [...this.#sessions.keys()];
  }

  /** The session as it was after the last line that was applied, at that line's time. */
  snapshot(session: number): SessionSnapshot | undefined {
    const rebuilt = this.#sessions.get(session);
    return rebuilt === undefined ? undefined : snapshotOf(rebuilt.record, rebuilt.at);
  }

  /** What rules see of the session as it is after the last line that was applied, at another time. Not a copy: read it, and go on. */
  metadata(session: number, at: number): SessionMetadata | undefined {
    const rebuilt = this.#sessions.get(session);
    return rebuilt === undefined ? undefined : metadataOf(rebuilt.record, () => at);
  }

  /** What the session has counted so far, by `counterIndex`. Not a copy: read it, and go on. */
  counts(session: number): readonly number[] | undefined {
    return this.#sessions.get(session)?.record.counts;
  }

  /** Lets the line happen. Its message is read where whoever read the line has not read it. */
  apply({ line, body, frame }: Pick<ReadLine, 'line' | 'body' | 'frame'>): void {
    if (line.event === 'settings') this.#noteSettings(line);
    else if (line.event === 'session.opened') this.#open(line);
    else if (line.event === 'session.ended') this.#end(line);
    else if ('to' in line) this.#take(line, body, frame);
  }

  #noteSettings({ settings, ledger, limits, times }: SettingsLine): void {
    const said = { limits: filled(limits, defaultLimits), times: filled(times, defaultTimes) };
    const shared = this.#ledgers.get(ledger) ?? new Ledger(said.limits);
    shared.resize(said.limits);
    this.#ledgers.set(ledger, shared);
    const surroundings = this.#surroundings(said, shared);
    const known = this.#settings.get(settings);
    // Sessions that have them see the change, as they did then.
    if (known === undefined) this.#settings.set(settings, surroundings);
    else Object.assign(known, surroundings);
  }

  #open(line: OpenedLine): void {
    const settings = this.#settings.get(line.settings);
    if (settings === undefined) {
      this.#diverged(line, `the settings ${line.settings} are not on the tape`);
      return;
    }
    const actor = createActor(this.#logic, {
      clock: stoppedClock(() => this.#now),
      input: {
        id: line.id,
        openedAt: line.at,
        transportType: line.transportType,
        principal: line.principal,
        route: line.route,
        profile: withInfinity(line.profile),
        hasExchanges: line.hasExchanges === true,
        idBase: line.idBase ?? 0,
        surroundings: settings,
      },
    });
    actor.start();
    const { record } = actor.getSnapshot().context;
    const sent = new Map<number, Frame>();
    this.#sessions.set(line.session, {
      record,
      send: (event) => actor.send(event),
      named: namedIn(record, sent),
      sent,
      at: line.at,
    });
    this.#options.tracer?.opened(record);
  }

  #end({ session }: EndedLine): void {
    const rebuilt = this.#sessions.get(session);
    if (rebuilt !== undefined) this.#options.tracer?.ended(rebuilt.record);
  }

  #surroundings({ limits, times }: Settings, ledger: Ledger): SessionSurroundings {
    return {
      limits,
      times,
      requestTimes: standardTimes(times),
      ledger,
      alarms: noAlarms,
      tagRules: [...builtInTagRules, ...(this.#options.tagRules ?? [])],
      journal: this.#journal,
      checksInvariants: false,
      occupancyChanged: () => {},
    };
  }

  #take(line: EventLine, body: string | undefined, frame: Frame | undefined): void {
    const rebuilt = this.#sessions.get(line.session);
    if (rebuilt === undefined) {
      this.#diverged(line, `session ${line.session} was opened before this tape`);
      return;
    }
    rebuilt.at = line.at;
    const { tracer } = this.#options;
    // What was undone, or taken by no transition, has left nothing behind.
    const isUndone = line.decision !== undefined && line.decision !== 'committed';
    if (isUndone && tracer === undefined) return;
    let event: SessionEvent;
    try {
      event = readEvent(line, body, rebuilt.named, frame);
    } catch (error) {
      if (!(error instanceof BadLine)) throw error;
      this.#diverged(line, error.message);
      return;
    }
    this.#from = line.from ?? line.to;
    if (isUndone) {
      tracer?.decided(rebuilt.record, event, line.decision, this.#from, []);
      return;
    }
    this.#now = line.at;
    this.#outcome = undefined;
    rebuilt.send(event);
    this.#compare(line, rebuilt);
  }

  #compare(line: EventLine, { record, sent }: Rebuilt): void {
    const outcome = this.#outcome;
    if (outcome === undefined) {
      this.#diverged(line, 'the session had ended already');
      return;
    }
    if (outcome.decision !== 'committed') this.#diverged(line, `the event is ${outcome.decision} here`);
    if (record.state !== line.to) this.#diverged(line, `the state is ${record.state} here, and ${line.to} on the tape`);
    const settled: SettledEffect[] = [];
    for (const effect of outcome.effects) {
      if (effect.type === 'settled') settled.push(effect);
      if (effect.type === 'settled' && effect.entry instanceof PendingEntry) sent.delete(effect.entry.order);
      if (effect.type === 'send' && effect.entry !== undefined && effect.frame !== undefined) {
        sent.set(effect.entry.order, effect.frame);
      }
    }
    const taped = line.settled ?? [];
    if (isSame(settled, taped)) return;
    const here = settled.map(({ entry, outcome: end }) => `${entry.method} ${end}`).join(', ');
    const there = taped.map(({ method, outcome: end }) => `${method} ${end}`).join(', ');
    this.#diverged(line, `here it settles [${here}], and on the tape [${there}]`);
  }

  #diverged({ seq, session }: OpenedLine | EventLine, text: string): void {
    this.divergences.push({ seq, session, text });
  }
}

function isSame(settled: readonly SettledEffect[], taped: readonly SettledFact[]): boolean {
  return (
    settled.length === taped.length &&
    settled.every(
      ({ entry, outcome }, index) => entry.method === taped[index]!.method && outcome === taped[index]!.outcome,
    )
  );
}

/** Finds what a line names among what the session has. */
function namedIn(record: SessionRecord, sent: ReadonlyMap<number, Frame>): Named {
  const exchanges = new Map<number, Exchange>();
  return {
    request: (order) => record.pending.entries().find((entry) => entry.order === order) ?? settledBefore(record, order),
    exchange: (number, params = []) => {
      let exchange = exchanges.get(number);
      if (exchange === undefined) {
        exchange = new Exchange(undefined, (prefix) => params.filter(([name]) => name.startsWith(prefix)));
        exchanges.set(number, exchange);
      }
      return exchange;
    },
    sent: (order) => sent.get(order),
    held: (ticket) => record.held.find(ticket)?.frame,
  };
}

/** A request that has its outcome: what is still said of it changes nothing. */
function settledBefore({ id }: SessionRecord, order: number): PendingEntry {
  const entry = new PendingEntry(
    id,
    {
      key: idKey(0, 0),
      id: 0,
      direction: 'client-to-server',
      method: '',
      budget: 0,
      startedAt: 0,
      times: { idleMs: Infinity, absoluteMs: Infinity },
      progressToken: undefined,
      passage: undefined,
      asksTask: false,
      isModern: false,
      isOwn: false,
      remembers: undefined,
    },
    0,
    'open',
  );
  entry.order = order;
  entry.isTaken = true;
  return entry;
}

/** Nothing rings: what rang is on the tape. */
function stoppedClock(now: () => number): Clock {
  return { now, wallTime: now, setTimeout: () => undefined, clearTimeout: () => {} };
}

type TapedNumbers = Readonly<Record<string, number | null>>;

/** What is off on the tape is off; what a newer release has besides is as it is by default. */
function filled<T extends object>(taped: TapedNumbers, defaults: T): T {
  const said = Object.keys(defaults)
    .map((name): readonly [string, number | null | undefined] => [name, taped[name]])
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, number] => [name, value ?? Infinity]);
  return { ...defaults, ...Object.fromEntries(said) };
}

function withInfinity(profile: TapedProfile): Profile {
  const methodTimes = Object.entries(profile.methodTimes).map(
    ([method, { idleMs, absoluteMs }]): [string, MethodTimes] => [
      method,
      {
        ...(idleMs === undefined ? {} : { idleMs: idleMs ?? Infinity }),
        ...(absoluteMs === undefined ? {} : { absoluteMs: absoluteMs ?? Infinity }),
      },
    ],
  );
  return { ...profile, methodTimes: Object.fromEntries(methodTimes) };
}
