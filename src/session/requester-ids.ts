/**
 * Finds waiting requests by the id that their requester gave them, where they were sent on under another one. Several may
 * have the same: clients are seen that number every request 1 (R7).
 */

import type { RequestId } from '../protocol/envelope.ts';
import { IdTable } from './id-table.ts';

export class RequesterIds<E extends { readonly id: RequestId }> {
  readonly #byId = new IdTable<E | Set<E>>();

  /** The one request of this id; `'several'` when it would be a guess. */
  find(id: RequestId): E | 'several' | undefined {
    const found = this.#byId.get(id);
    return found instanceof Set ? 'several' : found;
  }

  add(entry: E): void {
    const found = this.#byId.get(entry.id);
    if (found === undefined) this.#byId.set(entry.id, entry);
    else if (found instanceof Set) found.add(entry);
    else this.#byId.set(entry.id, new Set([found, entry]));
  }

  remove(entry: E): void {
    const found = this.#byId.get(entry.id);
    if (found === entry) this.#byId.delete(entry.id);
    else if (found instanceof Set) {
      found.delete(entry);
      if (found.size > 1) return;
      for (const last of found) this.#byId.set(entry.id, last);
    }
  }
}
