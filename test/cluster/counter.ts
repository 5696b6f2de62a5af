/** Counts what is under way on a node, and keeps to what it is granted: what the ledger of a front does, and nothing else. */

import type { Budget, Counted } from '../../src/cluster/budget.ts';
import type { Lease } from '../../src/cluster/lease.ts';

export class Counter implements Counted {
  pending = 0;
  #most = 0;
  #askFrom = 0;

  admit(most: number, askFrom: number): void {
    this.#most = most;
    this.#askFrom = askFrom;
  }

  release(): void {
    this.pending -= 1;
  }

  /** One more, where there is room for it here and now. */
  tryAcquire({ budget, lease }: { readonly budget: Budget; readonly lease: Lease }): boolean {
    if (!lease.isAlive()) return false;
    if (this.pending >= this.#askFrom) budget.ask();
    if (this.pending >= this.#most) return false;
    this.pending += 1;
    return true;
  }

  /** As `tryAcquire`, and asks the others once. */
  async acquire(node: { readonly budget: Budget; readonly lease: Lease }): Promise<boolean> {
    if (this.tryAcquire(node)) return true;
    await node.budget.adjust();
    return this.tryAcquire(node);
  }
}
