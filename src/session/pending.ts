/**
 * The table of requests that wait for an answer, in both directions. An entry remembers what its request was, so that a
 * response is classified by its request and never by its shape. Changes go through the unit of work only.
 */

import { idTokenOf } from '../protocol/encode.ts';
import type { Direction, Frame, RequestId } from '../protocol/envelope.ts';
import type { IdKey } from '../protocol/ids.ts';
import type { Alarm, RequestDeadline } from './deadlines.ts';
import { IdTable } from './id-table.ts';
import { type Budget, budgets } from './limits.ts';
import type { RequestTimes } from './profiles.ts';

/** `held`: accepted, not yet sent on. `open`: sent, waiting. `answering`: its response is held for a decision. */
export type EntryState = 'held' | 'open' | 'answering';

export interface EntryFacts {
  readonly key: IdKey;
  readonly id: RequestId;
  readonly direction: Direction;
  readonly method: string;
  readonly budget: Budget;
  readonly startedAt: number;
  readonly times: RequestTimes;
  readonly progressToken: RequestId | undefined;
  readonly asksTask: boolean;
  readonly isModern: boolean;
  /** A request of the runtime's own (a replayed handshake): its answer is consumed here and never forwarded. */
  readonly isOwn: boolean;
  /** The request itself, where its answer has to be read together with it. */
  readonly remembers: Frame | undefined;
}

/** One request that waits for its answer. Doubles as its own timer node and names its session to the wheel. */
export class PendingEntry implements Alarm, RequestDeadline, EntryFacts {
  readonly sessionId: string;
  readonly key: IdKey;
  readonly id: RequestId;
  readonly direction: Direction;
  readonly method: string;
  readonly budget: Budget;
  readonly startedAt: number;
  readonly times: RequestTimes;
  readonly progressToken: RequestId | undefined;
  readonly asksTask: boolean;
  readonly isModern: boolean;
  readonly isOwn: boolean;
  remembers: Frame | undefined;
  /** On the session's idle clock, which stands still while the peer waits for an answer to a request of its own. */
  lastActivityAt: number;
  state: EntryState;
  /** Settled by a unit of work: not found again, and out of the table once that unit commits. */
  isTaken = false;
  /** Its place among all that entered the table. */
  order = 0;
  dueAt = Infinity;
  alarmPrevious: Alarm | null = null;
  alarmNext: Alarm | null = null;

  constructor(sessionId: string, facts: EntryFacts, idleClockNow: number, state: EntryState) {
    this.sessionId = sessionId;
    this.key = facts.key;
    this.id = facts.id;
    this.direction = facts.direction;
    this.method = facts.method;
    this.budget = facts.budget;
    this.startedAt = facts.startedAt;
    this.times = facts.times;
    this.progressToken = facts.progressToken;
    this.asksTask = facts.asksTask;
    this.isModern = facts.isModern;
    this.isOwn = facts.isOwn;
    this.remembers = facts.remembers;
    this.lastActivityAt = idleClockNow;
    this.state = state;
  }

  get alarmKind(): 'request' {
    return 'request';
  }

  /** The id's JSON text, echoed in every answer that we make ourselves. */
  get idToken(): string {
    return idTokenOf(this.id);
  }

  get idleMs(): number {
    return this.times.idleMs;
  }

  get absoluteMs(): number {
    return this.times.absoluteMs;
  }
}

/** Requests travelling in one direction: by id, and by progress token where they carry one. */
class OneWay {
  readonly byKey = new IdTable<PendingEntry>();
  readonly byToken = new IdTable<PendingEntry>();
}

export class PendingTable {
  readonly used: number[] = budgets.map(() => 0);
  readonly #fromClient = new OneWay();
  readonly #fromServer = new OneWay();
  #inserted = 0;

  get size(): number {
    return this.#fromClient.byKey.size + this.#fromServer.byKey.size;
  }

  sizeOf(direction: Direction): number {
    return this.#way(direction).byKey.size;
  }

  /** The entry of the request that travelled in `direction`. */
  get(direction: Direction, key: IdKey): PendingEntry | undefined {
    return this.#way(direction).byKey.get(key);
  }

  byToken(direction: Direction, token: RequestId): PendingEntry | undefined {
    return this.#way(direction).byToken.get(token);
  }

  /** All entries, oldest first in each direction; a list of its own. */
  entries(): PendingEntry[] {
    return [...oldestFirst(this.#fromClient.byKey), ...oldestFirst(this.#fromServer.byKey)];
  }

  /** Only for the unit of work, at commit. */
  insert(entry: PendingEntry): void {
    const way = this.#way(entry.direction);
    entry.order = ++this.#inserted;
    way.byKey.set(entry.key, entry);
    if (entry.progressToken !== undefined) way.byToken.set(entry.progressToken, entry);
    this.used[entry.budget]!++;
  }

  /** Only for the unit of work, at commit. */
  remove(entry: PendingEntry): void {
    const way = this.#way(entry.direction);
    way.byKey.delete(entry.key);
    const token = entry.progressToken;
    if (token !== undefined && way.byToken.get(token) === entry) way.byToken.delete(token);
    this.used[entry.budget]!--;
  }

  #way(direction: Direction): OneWay {
    return direction === 'client-to-server' ? this.#fromClient : this.#fromServer;
  }
}

function oldestFirst(table: IdTable<PendingEntry>): readonly PendingEntry[] {
  const entries: PendingEntry[] = [];
  if (table.size > 0) table.addTo(entries);
  return entries.sort((one, other) => one.order - other.order);
}
