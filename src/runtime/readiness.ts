/**
 * Back-pressure as a promise: who feeds a session asks when it takes more from that side, and is told once. Knows neither
 * what holds the session up nor for how long.
 */

import type { Direction } from '../protocol/envelope.ts';

interface Awaited {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

export class Readiness {
  readonly #awaited = new Map<Direction, Awaited>();

  /** Resolves when `tell` is next called for this side. However many wait for it, they wait for one promise. */
  wait(direction: Direction): Promise<void> {
    const known = this.#awaited.get(direction);
    if (known !== undefined) return known.promise;
    let resolve: () => void = () => {};
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.#awaited.set(direction, { promise, resolve });
    return promise;
  }

  /** Whoever feeds this side may go on. */
  tell(direction: Direction): void {
    this.#awaited.get(direction)?.resolve();
    this.#awaited.delete(direction);
  }
}
