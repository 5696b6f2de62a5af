/**
 * What recently left the pending table, so that a response that comes late can be told from one that nobody asked for
 * (R5). Bounded: the oldest is forgotten first.
 */

import type { Direction, RequestId } from '../protocol/envelope.ts';
import type { IdKey } from '../protocol/ids.ts';
import { LazyMap } from './lazy-map.ts';
import type { Outcome } from './outcomes.ts';

export interface Tombstone {
  readonly direction: Direction;
  readonly key: IdKey;
  readonly outcome: Outcome;
  readonly progressToken: RequestId | undefined;
}

/**
 * What a response without a waiting request is. `duplicate`: its request was answered already. `late`: its request had
 * ended otherwise (cancelled, timed out, lost). `bogus`: nobody in living memory asked.
 */
export type StrayKind = 'duplicate' | 'late' | 'bogus';

class OneWay {
  readonly byKey = new LazyMap<IdKey, Tombstone>();
  readonly byToken = new LazyMap<RequestId, Tombstone>();
}

export class Tombstones {
  readonly #capacity: number;
  readonly #ring: Tombstone[] = [];
  #next = 0;
  readonly #fromClient = new OneWay();
  readonly #fromServer = new OneWay();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#ring.length;
  }

  add(stone: Tombstone): void {
    if (this.#capacity === 0) return;
    if (this.#ring.length < this.#capacity) this.#ring.push(stone);
    else {
      this.#forget(this.#ring[this.#next]!);
      this.#ring[this.#next] = stone;
      this.#next = (this.#next + 1) % this.#capacity;
    }
    const way = this.#way(stone.direction);
    way.byKey.set(stone.key, stone);
    if (stone.progressToken !== undefined) way.byToken.set(stone.progressToken, stone);
  }

  find(direction: Direction, key: IdKey): Tombstone | undefined {
    return this.#way(direction).byKey.get(key);
  }

  /** The token belonged to a request that has ended. */
  isRetiredToken(direction: Direction, token: RequestId): boolean {
    return this.#way(direction).byToken.has(token);
  }

  /** Classifies a response to a request that travelled in `direction` and is not in the pending table. */
  classify(direction: Direction, key: IdKey): StrayKind {
    const stone = this.find(direction, key);
    if (stone === undefined) return 'bogus';
    return stone.outcome === 'result' || stone.outcome === 'error' ? 'duplicate' : 'late';
  }

  /** An id may have been used again since: only the stone that still owns its key is removed. */
  #forget(stone: Tombstone): void {
    const way = this.#way(stone.direction);
    if (way.byKey.get(stone.key) === stone) way.byKey.delete(stone.key);
    const token = stone.progressToken;
    if (token !== undefined && way.byToken.get(token) === stone) way.byToken.delete(token);
  }

  #way(direction: Direction): OneWay {
    return direction === 'client-to-server' ? this.#fromClient : this.#fromServer;
  }
}
