/** Ids and time of one's own, as docs/guides/hooks.md shows them. */

import { type Clock, type Ids, createRuntime } from '../../src/index.ts';

/** Ids that say which node they come from. The rest must not be guessed where peers can present an id. */
export function idsOf(node: string): Ids {
  return { sessionId: () => `${node}.${crypto.randomUUID()}` };
}

/** A clock for tests: time stands still until `advance`, and an hour of deadlines passes at once. */
export class HandClock implements Clock {
  readonly #timers = new Map<object, { readonly at: number; readonly ring: () => void }>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#now;
  }

  setTimeout(ring: () => void, delayMs: number): object {
    const handle = {};
    this.#timers.set(handle, { at: this.#now + delayMs, ring });
    return handle;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as object);
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [first] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at);
      if (first === undefined || first[1].at > end) break;
      const [handle, { at, ring }] = first;
      this.#timers.delete(handle);
      this.#now = Math.max(this.#now, at);
      ring();
    }
    this.#now = end;
  }
}

export const clock = new HandClock();
export const runtime = createRuntime({ ids: idsOf('node-7'), clock, times: { requestIdleMs: 60_000 } });
