/**
 * Ids of requests that ended while their peer was still at work on them: cancelled, or timed out. The peer may answer yet,
 * and its answer would be taken for that to the next request of the same id. Such a request goes on under another id until the late
 * answer has come (see relation.ts). A peer that minds cancellations never answers, so ids stay here: the oldest is forgotten first.
 */

import type { Direction } from '../protocol/envelope.ts';
import type { IdKey } from '../protocol/ids.ts';
import { LazyMap } from './lazy-map.ts';

export class AbandonedIds {
  readonly #idsMax: number;
  readonly #fromClient = new LazyMap<IdKey, true>();
  readonly #fromServer = new LazyMap<IdKey, true>();

  constructor(idsMax: number) {
    this.#idsMax = idsMax;
  }

  has(direction: Direction, key: IdKey): boolean {
    return this.#of(direction).has(key);
  }

  add(direction: Direction, key: IdKey): void {
    const ids = this.#of(direction);
    ids.set(key, true);
    if (ids.size <= this.#idsMax) return;
    for (const oldest of ids.keys()) {
      ids.delete(oldest);
      return;
    }
  }

  /** Its answer has come. */
  delete(direction: Direction, key: IdKey): void {
    this.#of(direction).delete(key);
  }

  /** Who had those of this direction answers nothing any more. */
  clear(direction: Direction): void {
    this.#of(direction).clear();
  }

  #of(direction: Direction): LazyMap<IdKey, true> {
    return direction === 'client-to-server' ? this.#fromClient : this.#fromServer;
  }
}
