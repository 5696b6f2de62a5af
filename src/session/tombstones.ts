/**
 * What recently left the pending table, so that a response that comes late can be told from one that nobody asked for
 * (R5). Bounded: the oldest is forgotten first. Burying is on the path of every request and costs three writes; looking
 * up is not, and walks over the memory, newest first.
 */

import type { Direction, RequestId } from '../protocol/envelope.ts';
import type { IdKey } from '../protocol/ids.ts';
import { type Outcome, outcomes } from './outcomes.ts';

/**
 * What a response without a waiting request is. `duplicate`: its request was answered already. `late`: its request had
 * ended otherwise (cancelled, timed out, lost). `bogus`: nobody in living memory asked.
 */
export type StrayKind = 'duplicate' | 'late' | 'bogus';

export class Tombstones {
  readonly #capacity: number;
  readonly #keys: IdKey[] = [];
  readonly #tokens: (RequestId | undefined)[] = [];
  /** Outcome and direction of each, as one number. */
  readonly #ends: number[] = [];
  /** The place that is written next. */
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Remembers how the request that travelled in `direction` under `key` ended. */
  add(direction: Direction, key: IdKey, outcome: Outcome, progressToken: RequestId | undefined): void {
    if (this.#capacity === 0) return;
    const place = this.#next;
    this.#keys[place] = key;
    this.#tokens[place] = progressToken;
    this.#ends[place] = endOf(direction, outcome);
    this.#next = place + 1 === this.#capacity ? 0 : place + 1;
  }

  /** How the last request under this key ended. */
  outcomeOf(direction: Direction, key: IdKey): Outcome | undefined {
    const place = this.#newest(this.#keys, direction, key);
    return place === -1 ? undefined : outcomes[this.#ends[place]! >> 1];
  }

  /** The token belonged to a request that has ended. */
  isRetiredToken(direction: Direction, token: RequestId): boolean {
    return this.#newest(this.#tokens, direction, token) !== -1;
  }

  /** Classifies a response to a request that travelled in `direction` and is not in the pending table. */
  classify(direction: Direction, key: IdKey): StrayKind {
    const outcome = this.outcomeOf(direction, key);
    if (outcome === undefined) return 'bogus';
    return outcome === 'result' || outcome === 'error' ? 'duplicate' : 'late';
  }

  #newest(names: readonly (IdKey | undefined)[], direction: Direction, name: IdKey): number {
    const bit = bitOf(direction);
    const { length } = names;
    for (let back = 1; back <= length; back += 1) {
      const place = this.#next >= back ? this.#next - back : this.#next - back + length;
      if (names[place] === name && (this.#ends[place]! & 1) === bit) return place;
    }
    return -1;
  }
}

function bitOf(direction: Direction): number {
  return direction === 'client-to-server' ? 0 : 1;
}

function endOf(direction: Direction, outcome: Outcome): number {
  return (outcomes.indexOf(outcome) << 1) | bitOf(direction);
}
