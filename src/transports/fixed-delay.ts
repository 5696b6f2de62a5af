/**
 * Things that all fall due after the same time: one timer for any number of them, and a place in a list that costs nothing to
 * enter and to leave. Knows nothing of what they are.
 */

import type { Clock, TimerHandle } from '../ports.ts';

/** Something that falls due: a link of the list that it stands in. */
export interface Due {
  /** When it falls due; `Infinity` while it stands in no list. */
  dueAt: number;
  duePrevious: Due | undefined;
  dueNext: Due | undefined;
  /** It stands in no list any more, and may enter one again. */
  fallsDue(): void;
}

/** So many fall due in one turn, so that a crowd that came together does not hold up everybody else. */
const sliceMax = 100;

export class FixedDelay {
  readonly #clock: Clock;
  readonly #delayMs: number;
  #first: Due | undefined = undefined;
  #last: Due | undefined = undefined;
  #timer: TimerHandle = undefined;

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  /** Falls due in `delayMs`, unless it is removed before. It must stand in no list. */
  add(item: Due): void {
    item.dueAt = this.#clock.now() + this.#delayMs;
    item.duePrevious = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.dueNext = item;
    this.#last = item;
    this.#timer ??= this.#wakeIn(this.#delayMs);
  }

  /** Nothing happens when it stands in no list. */
  remove(item: Due): void {
    if (item.dueAt === Infinity) return;
    if (item.duePrevious === undefined) this.#first = item.dueNext;
    else item.duePrevious.dueNext = item.dueNext;
    if (item.dueNext === undefined) this.#last = item.duePrevious;
    else item.dueNext.duePrevious = item.duePrevious;
    item.dueAt = Infinity;
    item.duePrevious = undefined;
    item.dueNext = undefined;
  }

  /** Nothing falls due any more. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#first !== undefined) this.remove(this.#first);
  }

  #wakeIn(delayMs: number): TimerHandle {
    return this.#clock.setTimeout(() => this.#wake(), delayMs);
  }

  /** The timer is not moved when its item leaves: it wakes for nobody, and is set again for whoever is first by then. */
  #wake(): void {
    const now = this.#clock.now();
    for (let taken = 0; taken < sliceMax; taken++) {
      const item = this.#first;
      if (item === undefined || item.dueAt > now) break;
      this.remove(item);
      item.fallsDue();
    }
    const next = this.#first;
    this.#timer = next === undefined ? undefined : this.#wakeIn(Math.max(0, next.dueAt - now));
  }
}
