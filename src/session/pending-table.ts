/** The table of requests that wait for an answer, in both directions. Changes go through the unit of work only. */

import type { Direction, RequestId } from '../protocol/envelope.ts';
import type { IdKey } from '../protocol/ids.ts';
import { IdTable } from './id-table.ts';
import { budgets, listen } from './limits.ts';
import type { PendingEntry } from './pending.ts';
import { RequesterIds } from './requester-ids.ts';

/** Requests travelling in one direction: by id, and by progress token where they carry one. */
class OneWay {
  readonly byKey = new IdTable<PendingEntry>();
  readonly byToken = new IdTable<PendingEntry>();
}

export class PendingTable {
  readonly used: number[] = budgets.map(() => 0);
  readonly #fromClient = new OneWay();
  readonly #fromServer = new OneWay();
  /** Of the client's requests that were sent on under other ids. */
  #requesterIds: RequesterIds<PendingEntry> | undefined;
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

  /** The client's renamed request that it calls so; `'several'` when more than one of its exchanges has such a one. */
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
    if (entry.isRenamed) this.#enter(entry);
  }

  /** Only for the unit of work, at commit. */
  remove(entry: PendingEntry): void {
    const way = this.#way(entry.direction);
    way.byKey.delete(entry.key);
    const token = entry.progressToken;
    if (token !== undefined && way.byToken.get(token) === entry) way.byToken.delete(token);
    this.used[entry.budget]!--;
    if (entry.isRenamed) this.#leave(entry);
  }

  #enter(entry: PendingEntry): void {
    entry.exchange?.waiting.push(entry);
    (this.#requesterIds ??= new RequesterIds()).add(entry);
  }

  #leave(entry: PendingEntry): void {
    const waiting = entry.exchange?.waiting;
    waiting?.splice(waiting.indexOf(entry), 1);
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
