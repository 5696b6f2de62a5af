/**
 * Compares two runs check by check. A proxy that nobody notices leaves every check as it is without it: also one that fails, and
 * also one that merely informs.
 */

import type { Check } from './checks.ts';

export interface Difference {
  readonly scenario: string;
  readonly id: string;
  /** A scenario may report the same check many times: the how-manieth, from 1. */
  readonly nth: number;
  readonly baseline: string;
  readonly candidate: string;
  /** What the suite says of it: of the candidate, else of the baseline. */
  readonly message?: string;
}

/** In place of a status, where one of the two runs has not reported the check. */
export const absent = 'absent';

/** Differences in the order of the baseline's checks; those that only the candidate has come last. */
export function differencesBetween(baseline: readonly Check[], candidate: readonly Check[]): readonly Difference[] {
  const [before, after] = [numbered(baseline), numbered(candidate)];
  return [...new Map([...before, ...after]).keys()].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    const { scenario, id, nth } = (was ?? is)!;
    const statuses = { baseline: was?.status ?? absent, candidate: is?.status ?? absent };
    const message = is?.message ?? was?.message;
    if (statuses.baseline === statuses.candidate) return [];
    return [{ scenario, id, nth, ...statuses, ...(message !== undefined && { message }) }];
  });
}

type NumberedCheck = Check & { readonly nth: number };

function numbered(checks: readonly Check[]): ReadonlyMap<string, NumberedCheck> {
  const seen = new Map<string, number>();
  const found = new Map<string, NumberedCheck>();
  for (const check of checks) {
    const name = `${check.scenario}\0${check.id}`;
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    found.set(`${name}\0${String(nth)}`, { ...check, nth });
  }
  return found;
}

/** What a run came to, in the numbers that the suite gives of itself. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly warnings: number;
  readonly scenarios: number;
  /** Scenarios with a check that failed, in the order in which they ran. */
  readonly failing: readonly string[];
}

export function tallyOf(checks: readonly Check[]): Tally {
  const count = (status: string): number => checks.filter((check) => check.status === status).length;
  const failing = checks.filter(({ status }) => status === 'FAILURE').map(({ scenario }) => scenario);
  return {
    passed: count('SUCCESS'),
    failed: count('FAILURE'),
    warnings: count('WARNING'),
    scenarios: new Set(checks.map(({ scenario }) => scenario)).size,
    failing: [...new Set(failing)],
  };
}
