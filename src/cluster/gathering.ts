/** What need not be said at once, gathered for a moment and said together: each message to another node has a price of its own. */

import type { Clock } from '../ports.ts';

export class Gathering<TKey, TValue> {
  readonly #clock: Clock;
  readonly #afterMs: number;
  readonly #say: (gathered: ReadonlyMap<TKey, TValue>) => void;
  #gathered = new Map<TKey, TValue>();

  /** @param say what was gathered since the first of it, `afterMs` later. */
  constructor(clock: Clock, afterMs: number, say: (gathered: ReadonlyMap<TKey, TValue>) => void) {
    this.#clock = clock;
    this.#afterMs = afterMs;
    this.#say = say;
  }

  get(key: TKey): TValue | undefined {
    return this.#gathered.get(key);
  }

  /** In the place of what was to be said of this key before. */
  set(key: TKey, value: TValue): void {
    if (this.#gathered.size === 0) this.#clock.setTimeout(() => this.#sayAll(), this.#afterMs);
    this.#gathered.set(key, value);
  }

  #sayAll(): void {
    const gathered = this.#gathered;
    this.#gathered = new Map();
    this.#say(gathered);
  }
}
