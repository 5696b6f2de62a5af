/**
 * The table of requests that wait for an answer, in both directions. An entry remembers what its request was, so that a
 * response is classified by its request and never by its shape. Changes go through the unit of work only.
 */

import { idTokenOf } from '../protocol/encode.ts';
import type { Direction, Frame, RequestId } from '../protocol/envelope.ts';
import type { IdKey } from '../protocol/ids.ts';
import type { Alarm, RequestDeadline } from './deadlines.ts';
import type { Exchange, Passage } from './exchange.ts';
import { IdTable } from './id-table.ts';
import { type Budget, budgets, listen } from './limits.ts';
import type { RequestTimes } from './profiles.ts';
import { RequesterIds } from './requester-ids.ts';

/** `held`: accepted, not yet sent on. `open`: sent, waiting. `answering`: its response is held for a decision. */
export type EntryState = 'held' | 'open' | 'answering';

export interface EntryFacts {
  /** Of the id under which it is sent on. */
  readonly key: IdKey;
  /** The id that its requester gave it. */
  readonly id: RequestId;
  readonly direction: Direction;
  readonly method: string;
  readonly budget: Budget;
  readonly startedAt: number;
  readonly times: RequestTimes;
  /** The progress token under which it is sent on. */
  readonly progressToken: RequestId | undefined;
  /** What it is called on its way, where that is not what its requester calls it; or the exchange that it belongs to. */
  readonly passage: Passage | undefined;
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
  readonly passage: Passage | undefined;
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
    this.passage = facts.passage;
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

  /** The id under which its answerer knows it. */
  get sentId(): RequestId {
    return this.passage === undefined ? this.id : this.passage.sentId;
  }

  /** The progress token by which its requester knows it. */
  get requesterToken(): RequestId | undefined {
    return this.passage === undefined ? this.progressToken : this.passage.requesterToken;
  }

  get exchange(): Exchange | undefined {
    return this.passage?.exchange;
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
  /** Of the client's requests that came in exchanges. */
  #requesterIds: RequesterIds | undefined;
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

  /** The client's request that it calls so; `'several'` when more than one of its exchanges has such a one. */
  byRequesterId(id: RequestId): PendingEntry | 'several' | undefined {
    return this.#requesterIds?.find(id);
  }

  /** The client's request that is the only one to wait, streams that it listens to left aside. */
  sole(): PendingEntry | undefined {
    const { byKey } = this.#fromClient;
    if (byKey.size - this.used[listen]! !== 1) return undefined;
    const entries: PendingEntry[] = [];
    byKey.addTo(entries);
    return entries.find((entry) => entry.budget !== listen);
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
    if (entry.exchange !== undefined) this.#enterExchange(entry, entry.exchange);
  }

  /** Only for the unit of work, at commit. */
  remove(entry: PendingEntry): void {
    const way = this.#way(entry.direction);
    way.byKey.delete(entry.key);
    const token = entry.progressToken;
    if (token !== undefined && way.byToken.get(token) === entry) way.byToken.delete(token);
    this.used[entry.budget]!--;
    if (entry.exchange !== undefined) this.#leaveExchange(entry, entry.exchange);
  }

  #enterExchange(entry: PendingEntry, { waiting }: Exchange): void {
    if (entry.direction === 'server-to-client') return;
    waiting.push(entry);
    (this.#requesterIds ??= new RequesterIds()).add(entry);
  }

  #leaveExchange(entry: PendingEntry, { waiting }: Exchange): void {
    if (entry.direction === 'server-to-client') return;
    const place = waiting.indexOf(entry);
    if (place !== -1) waiting.splice(place, 1);
    this.#requesterIds!.remove(entry);
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
