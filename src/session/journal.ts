/**
 * The lists that a unit of work writes to, kept and emptied instead of made anew: sessions of one process are worked on one
 * at a time, so one journal serves them all and a frame allocates none of it.
 */

import { budgets } from './limits.ts';
import type { Outcome } from './outcomes.ts';
import type { PendingEntry } from './pending.ts';

/** A list that forgets its items without giving its memory back. */
export class ReusableList<T> {
  readonly #items: (T | undefined)[] = [];
  size = 0;

  push(item: T): void {
    this.#items[this.size++] = item;
  }

  at(index: number): T {
    return this.#items[index] as T;
  }

  clear(): void {
    for (let index = 0; index < this.size; index++) this.#items[index] = undefined;
    this.size = 0;
  }
}

/** The same for numbers, which keep nothing alive: forgetting them is forgetting how many there were. */
export class ReusableNumbers {
  readonly #items: number[] = [];
  size = 0;

  push(item: number): void {
    this.#items[this.size++] = item;
  }

  at(index: number): number {
    return this.#items[index]!;
  }

  clear(): void {
    this.size = 0;
  }
}

export class Journal {
  readonly puts = new ReusableList<PendingEntry>();
  readonly takes = new ReusableList<PendingEntry>();
  readonly settled = new ReusableList<PendingEntry>();
  readonly outcomes = new ReusableList<Outcome>();
  readonly countIndexes = new ReusableNumbers();
  readonly countAmounts = new ReusableNumbers();
  readonly delta: Int32Array = new Int32Array(budgets.length);
  /** A unit of work writes here now. Two at once would be a defect of ours. */
  isOpen = false;

  clear(): void {
    this.puts.clear();
    this.takes.clear();
    this.settled.clear();
    this.outcomes.clear();
    this.countIndexes.clear();
    this.countAmounts.clear();
    for (let budget = 0; budget < budgets.length; budget++) this.delta[budget] = 0;
    this.isOpen = false;
  }
}
