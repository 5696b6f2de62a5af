/**
 * What a runtime's observers are told, to be read with `for await`: kept for a reader that is slower than the sessions, up to a
 * limit. Never holds up a session.
 */

import { LocalError } from '../local-error.ts';
import type { AbortSignalLike } from '../ports.ts';
import type { Runtime } from '../runtime/api.ts';
import type { Observation } from '../runtime/observation.ts';

/** Stands in the place of observations that the reader was too slow for. */
export interface ObservationsDropped {
  readonly type: 'observations-dropped';
  /** How many, in a row. */
  readonly count: number;
}

/** How observations are kept for their reader. */
export interface ObservationsOptions {
  /** Ends the reading: what was observed until then can still be read. */
  readonly signal?: AbortSignalLike;
  /** Observations kept for the reader. When one more comes, the oldest is dropped. Default 1024. */
  readonly bufferMax?: number;
}

const defaultBufferMax = 1024;

/**
 * What happens in a runtime from now on, in order. A reader that is too slow loses the oldest observations, and reads in their
 * place how many those were. Counts of `totals()` are never affected.
 *
 * ```ts
 * for await (const seen of observations(runtime, { signal, bufferMax: 100 })) {
 *   if (seen.type === 'session-ended') await write(`${seen.sessionId} ended: ${seen.reason}`);
 *   if (seen.type === 'observations-dropped') await write(`${seen.count} observations were lost`);
 * }
 * ```
 *
 * Reading ends with `signal`, after what was kept until then; and with `break`, `return()` and `throw()`, which drop it. It does
 * not end with the runtime.
 * @throws LocalError INVALID_OPTION when `bufferMax` is no whole number above 0.
 */
export function observations(
  runtime: Pick<Runtime, 'observe'>,
  { signal, bufferMax = defaultBufferMax }: ObservationsOptions = {},
): AsyncIterableIterator<Observation | ObservationsDropped> {
  if (!Number.isInteger(bufferMax) || bufferMax < 1) {
    throw new LocalError('INVALID_OPTION', `\`bufferMax\` is a whole number above 0, and not ${bufferMax}.`);
  }
  return new Observations(runtime, signal, bufferMax);
}

type Item = Observation | ObservationsDropped;
type Read = IteratorResult<Item, undefined>;

const theEnd: Read = { done: true, value: undefined };

class Observations implements AsyncIterableIterator<Item> {
  readonly #bufferMax: number;
  readonly #signal: AbortSignalLike | undefined;
  readonly #stopObserving: () => void;
  /** A ring: the oldest stands at `#first`, and `#count` are kept. */
  readonly #ring: (Observation | undefined)[] = [];
  #first = 0;
  #count = 0;
  #dropped = 0;
  #isOver = false;
  /** Readers that were there before what they read. */
  readonly #readers: ((read: Read) => void)[] = [];

  constructor(runtime: Pick<Runtime, 'observe'>, signal: AbortSignalLike | undefined, bufferMax: number) {
    this.#bufferMax = bufferMax;
    this.#signal = signal;
    this.#stopObserving = runtime.observe((observation) => this.#observe(observation));
    if (signal?.aborted === true) this.#stop();
    else signal?.addEventListener('abort', this.#stop);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Read> {
    if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      return { done: false, value: { type: 'observations-dropped', count } };
    }
    const value = this.#takeOldest();
    if (value !== undefined) return { done: false, value };
    if (this.#isOver) return theEnd;
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  /** Stops observing. What was kept is dropped. */
  async return(): Promise<Read> {
    this.#stop();
    this.#ring.length = 0;
    this.#count = 0;
    this.#dropped = 0;
    return theEnd;
  }

  /** As `return`, and rejects with what it is given. */
  async throw(error: unknown): Promise<Read> {
    await this.return();
    throw error;
  }

  #observe(observation: Observation): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader({ done: false, value: observation });
      return;
    }
    if (this.#count === this.#bufferMax) {
      this.#takeOldest();
      this.#dropped += 1;
    }
    this.#ring[(this.#first + this.#count) % this.#bufferMax] = observation;
    this.#count += 1;
  }

  #takeOldest(): Observation | undefined {
    if (this.#count === 0) return undefined;
    const oldest = this.#ring[this.#first];
    this.#ring[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#bufferMax;
    this.#count -= 1;
    return oldest;
  }

  readonly #stop = (): void => {
    this.#isOver = true;
    this.#stopObserving();
    this.#signal?.removeEventListener('abort', this.#stop);
    for (const reader of this.#readers.splice(0)) reader(theEnd);
  };
}
