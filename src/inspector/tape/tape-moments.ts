/**
 * A session of a tape as it was after any of its lines. Goes forwards from where it is; backwards it begins again, and keeps what it
 * passes before the line that was asked for, so that the steps before that one cost nothing.
 */

import { Rebuild } from '../../record/rebuild.ts';
import type { ReadLine } from '../../record/tape-lines.ts';
import type { SessionSnapshot } from '../../session/snapshot.ts';

/** Steps of the session before the one that was asked for. */
const keptMax = 256;

export class TapeMoments {
  readonly #lines: readonly ReadLine[];
  #rebuild = new Rebuild();
  /** Lines that were applied. */
  #applied = 0;
  /** What was passed, by the place of its line. */
  readonly #kept = new Map<number, SessionSnapshot | undefined>();

  constructor(lines: readonly ReadLine[]) {
    this.#lines = lines;
  }

  /**
   * @param session its number on the tape.
   * @param places of the lines of that session, in order.
   * @param index of the one among them after which to look.
   */
  at(session: number, places: readonly number[], index: number): SessionSnapshot | undefined {
    const place = places[index]!;
    const known = this.#kept.get(place);
    if (known !== undefined) return known;
    if (place < this.#applied) {
      this.#rebuild = new Rebuild();
      this.#applied = 0;
      this.#kept.clear();
    }
    for (let next = Math.max(0, index - keptMax); next <= index; next++) {
      const wanted = places[next]!;
      if (wanted < this.#applied) continue;
      this.#goTo(wanted + 1);
      this.#kept.set(wanted, this.#rebuild.snapshot(session));
    }
    this.#forget();
    return this.#kept.get(place);
  }

  #goTo(applied: number): void {
    for (; this.#applied < applied; this.#applied++) {
      const { line, body } = this.#lines[this.#applied]!;
      this.#rebuild.apply(line, body);
    }
  }

  /** The oldest go: those that are furthest from where somebody is. */
  #forget(): void {
    for (const place of this.#kept.keys()) {
      if (this.#kept.size <= 2 * keptMax) return;
      this.#kept.delete(place);
    }
  }
}
