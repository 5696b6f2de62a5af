/** What a check of the doctor says. Types and a word for each verdict. */

export interface Finding {
  /** What was looked at, in a word. */
  readonly check: string;
  readonly verdict: Verdict;
  /** One sentence without its full stop. */
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

export type Verdict = 'ok' | 'warning' | 'problem';

export function ok(check: string, says: string): Finding {
  return { check, verdict: 'ok', says };
}

export function warning(check: string, says: string, todo: string): Finding {
  return { check, verdict: 'warning', says, todo };
}

export function problem(check: string, says: string, todo: string): Finding {
  return { check, verdict: 'problem', says, todo };
}
