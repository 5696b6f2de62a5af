/** The table of requests that wait for an answer, in both directions. Changes go through the unit of work only. */

import type { Direction, RequestId } from '../protocol/envelope.ts';
import type { IdKey } from '../protocol/ids.ts';
import { IdTable } from './id-table.ts';
import { budgets, listen } from './limits.ts';
import type { PendingEntry } from './pending.ts';
import { RequesterIds } from './requester-ids.ts';

/** Requests travelling in one direction: by the id that they were sent under, and by progress token where they carry one. */
class OneWay {
  readonly byKey = new IdTable<PendingEntry>();
  readonly byToken = new IdTable<PendingEntry>();
  /** Those that were sent under other ids than their requester's, by these. */
  renamed: RequesterIds<PendingEntry> | undefined = undefined;
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

  /** The renamed request that its requester calls so; `'several'` when more than one exchange of a client has such a one. */
  byRequesterId(direction: Direction, id: RequestId): PendingEntry | 'several' | undefined {
    return this.#way(direction).renamed?.find(id);
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
    if (entry.isRenamed) enter(way, entry);
  }

  /** Only for the unit of work, at commit. */
  remove(entry: PendingEntry): void {
    const way = this.#way(entry.direction);
    way.byKey.delete(entry.key);
    const token = entry.progressToken;
    if (token !== undefined && way.byToken.get(token) === entry) way.byToken.delete(token);
    this.used[entry.budget]!--;
    if (entry.isRenamed) leave(way, entry);
  }

  #way(direction: Direction): OneWay {
    return direction === 'client-to-server' ? this.#fromClient : this.#fromServer;
  }
}

function enter(way: OneWay, entry: PendingEntry): void {
  if (entry.direction === 'client-to-server') entry.exchange?.waiting.push(entry);
  (way.renamed ??= new RequesterIds()).add(entry);
}

function leave(way: OneWay, entry: PendingEntry): void {
  const waiting = entry.direction === 'client-to-server' ? entry.exchange?.waiting : undefined;
  waiting?.splice(waiting.indexOf(entry), 1);
  way.renamed!.remove(entry);
}

function oldestFirst(table: IdTable<PendingEntry>): readonly PendingEntry[] {
  const entries: PendingEntry[] = [];
  if (table.size > 0) table.addTo(entries);
  return entries.sort((one, other) => one.order - other.order);
}
