/**
 * A session of a tape as it was after any of its lines. What is prepared by then is there at once. Else it goes forwards from where it
 * is; backwards it begins again, and keeps what it passes before the line that was asked for, so that the steps before that one cost
 * nothing.
 */

import { Rebuild } from '../../record/rebuild.ts';
import type { ReadLine } from '../../record/tape-lines.ts';
import type { SessionSnapshot } from '../../session/snapshot.ts';
import { PreparedMoments } from './prepared-moments.ts';

/** Steps of the session before the one that was asked for. */
const keptMax = 256;
/** That are prepared at a time: those that were looked at last. */
const sessionsMax = 4;

export class TapeMoments {
  readonly #lines: readonly ReadLine[];
  #rebuild = new Rebuild();
  /** Lines that were applied. */
  #applied = 0;
  /** What was passed, by the place of its line. */
  readonly #kept = new Map<number, SessionSnapshot | undefined>();
  /** By their numbers on the tape, the one that was looked at last at the end. */
  readonly #prepared = new Map<number, PreparedMoments>();

  constructor(lines: readonly ReadLine[]) {
    this.#lines = lines;
  }

  /**
   * @param session its number on the tape.
   * @param places of the lines of that session, in order.
   * @param index of the one among them after which to look.
   */
  at(session: number, places: readonly number[], index: number): SessionSnapshot | undefined {
    const prepared = this.#preparedOf(session, places);
    if (index < prepared.length) return prepared.at(index);
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

  /** Prepares a session that somebody looked at, for so many lines of the tape. @returns whether there is more of that to do. */
  prepare(lines: number): boolean {
    const next = [...this.#prepared.values()].findLast(({ isDone }) => !isDone);
    next?.prepare(lines);
    return next !== undefined;
  }

  #preparedOf(session: number, places: readonly number[]): PreparedMoments {
    const prepared = this.#prepared.get(session) ?? new PreparedMoments(this.#lines, session, places);
    this.#prepared.delete(session);
    this.#prepared.set(session, prepared);
    for (const [longest] of this.#prepared) if (this.#prepared.size > sessionsMax) this.#prepared.delete(longest);
    return prepared;
  }

  #goTo(applied: number): void {
    for (; this.#applied < applied; this.#applied++) this.#rebuild.apply(this.#lines[this.#applied]!);
  }

  /** The oldest go: those that are furthest from where somebody is. */
  #forget(): void {
    for (const place of this.#kept.keys()) {
      if (this.#kept.size <= 2 * keptMax) return;
      this.#kept.delete(place);
    }
  }
}
