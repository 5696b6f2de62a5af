/** The share of a node in the limit of its cluster, as the ledger of which those of its fronts are parts. */

import type { Counted } from '../cluster/budget.ts';
import { type Budget, Ledger, ordinary } from '../session/limits.ts';

export class ClusterLedger extends Ledger implements Counted {
  readonly #ask: () => void;
  #askFrom = 0;

  /** @param ask is called when there is little room left, or none. */
  constructor(ask: () => void) {
    const unlimited = { reservedTotal: Infinity, listensTotal: Infinity, questionsTotal: Infinity };
    super({ pendingTotal: 0, ...unlimited, bufferBytesTotal: Infinity }, undefined, 'nodes');
    this.#ask = ask;
  }

  get pending(): number {
    return this.used[ordinary]!;
  }

  admit(most: number, askFrom: number): void {
    this.limit[ordinary] = most;
    this.#askFrom = askFrom;
  }

  override full(budget: Budget, ahead: number): Ledger | undefined {
    if (budget === ordinary && this.used[ordinary]! + ahead >= this.#askFrom) this.#ask();
    return super.full(budget, ahead);
  }
}
