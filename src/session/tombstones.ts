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

const keyField = 0;
const tokenField = 1;
/** Outcome and direction as one number. */
const endField = 2;
const fieldsEach = 3;

export class Tombstones {
  /** How many are remembered at most. */
  readonly capacity: number;
  /** Key, progress token, and end of each, one after the other in one list. */
  readonly #fields: (IdKey | undefined)[] = [];
  /** The place that is written next. */
  #next = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#fields.length / fieldsEach;
  }

  /** Remembers how the request that travelled in `direction` under `key` ended. */
  add(direction: Direction, key: IdKey, outcome: Outcome, progressToken: RequestId | undefined): void {
    if (this.capacity === 0) return;
    const place = this.#next * fieldsEach;
    this.#fields[place] = key;
    this.#fields[place + tokenField] = progressToken;
    this.#fields[place + endField] = endOf(direction, outcome);
    this.#next = this.#next + 1 === this.capacity ? 0 : this.#next + 1;
  }

  /** How the last request under this key ended. */
  outcomeOf(direction: Direction, key: IdKey): Outcome | undefined {
    const end = this.#newest(keyField, direction, key);
    return end === undefined ? undefined : outcomes[end >> 1];
  }

  /** The token belonged to a request that has ended. */
  isRetiredToken(direction: Direction, token: RequestId): boolean {
    return this.#newest(tokenField, direction, token) !== undefined;
  }

  /** Classifies a response to a request that travelled in `direction` and is not in the pending table. */
  classify(direction: Direction, key: IdKey): StrayKind {
    const outcome = this.outcomeOf(direction, key);
    if (outcome === undefined) return 'bogus';
    return outcome === 'result' || outcome === 'error' ? 'duplicate' : 'late';
  }

  /** The end of the last request that had this in the field. */
  #newest(field: number, direction: Direction, name: IdKey): number | undefined {
    const fields = this.#fields;
    const bit = bitOf(direction);
    const { size } = this;
    for (let back = 1; back <= size; back += 1) {
      const place = (this.#next >= back ? this.#next - back : this.#next - back + size) * fieldsEach;
      const end = fields[place + endField] as number;
      if (fields[place + field] === name && (end & 1) === bit) return end;
    }
    return undefined;
  }
}

function bitOf(direction: Direction): number {
  return direction === 'client-to-server' ? 0 : 1;
}

function endOf(direction: Direction, outcome: Outcome): number {
  return (outcomes.indexOf(outcome) << 1) | bitOf(direction);
}
