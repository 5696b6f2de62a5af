/** Which breakpoints sessions have come to by a change of their state, until a frame is asked about them. Knows no frames. */

import type { Rule } from './rule-file.ts';

const none: readonly Rule[] = [];

export class Reached {
  readonly #rules = new Map<string, readonly Rule[]>();

  /** The session went from one state to the other: of these rules, the ones that this means. */
  reach(rules: readonly Rule[], sessionId: string, from: string, to: string): void {
    const hits = rules.filter(
      ({ breakpoint, session }) =>
        (session === undefined || session === sessionId) && fits(breakpoint?.from, from) && fits(breakpoint?.to, to),
    );
    if (hits.length > 0) this.#rules.set(sessionId, hits);
  }

  /** What the session has come to since the last time. */
  take(sessionId: string): readonly Rule[] {
    const reached = this.#rules.get(sessionId);
    if (reached === undefined) return none;
    this.#rules.delete(sessionId);
    return reached;
  }

  forget(sessionId: string): void {
    this.#rules.delete(sessionId);
  }
}

/** `active` is both of its parts. */
function fits(wanted: string | undefined, state: string): boolean {
  return wanted === undefined || wanted === state || state.startsWith(`${wanted}.`);
}
