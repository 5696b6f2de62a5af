/** How long stays in each state of a session lasted, of the last ones that ended. Bounded; the oldest is forgotten first. */

import { type SessionState, sessionStates } from '../session/outcomes.ts';

/** Of each state. */
const staysMax = 512;

export interface StayTimes {
  readonly p50: number;
  readonly p99: number;
}

export class Stays {
  readonly #ms: Readonly<Record<SessionState, number[]>> = Object.fromEntries(
    sessionStates.map((state): [SessionState, number[]] => [state, []]),
  ) as Record<SessionState, number[]>;
  readonly #ended: Record<SessionState, number> = Object.fromEntries(
    sessionStates.map((state) => [state, 0]),
  ) as Record<SessionState, number>;

  add(state: SessionState, ms: number): void {
    this.#ms[state][this.#ended[state]++ % staysMax] = ms;
  }

  /** Milliseconds; of states that no session has left there is nothing. */
  times(): Readonly<Partial<Record<SessionState, StayTimes>>> {
    return Object.fromEntries(
      sessionStates.flatMap((state) => {
        const sorted = this.#ms[state].toSorted((one, other) => one - other);
        return sorted.length === 0 ? [] : [[state, { p50: at(sorted, 0.5), p99: at(sorted, 0.99) }]];
      }),
    );
  }
}

/** The smallest one that this share of them all does not exceed. */
function at(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1]!;
}
