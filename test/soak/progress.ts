/** The laws of progress: in steps of one from 1, for whoever asked, all of it before the answer and none after. Pure. */

import type { Violation } from './ledger.ts';

export class Progress {
  readonly #violation: Violation;
  readonly #steps = new Map<unknown, number>();

  constructor(violation: Violation) {
    this.#violation = violation;
  }

  /** Progress for this token is due from now on. */
  expect(token: string | number): void {
    this.#steps.set(token, 0);
  }

  hear(token: unknown, step: unknown): void {
    const before = this.#steps.get(token);
    if (before === undefined) {
      this.#violation(
        'progress reaches who asked, before the answer',
        `token ${JSON.stringify(token)}, step ${String(step)}`,
      );
      return;
    }
    if (step !== before + 1) {
      this.#violation('progress comes in order', `token ${JSON.stringify(token)}: ${String(step)} after ${before}`);
    }
    this.#steps.set(token, before + 1);
  }

  /** The request has ended: no more progress is due. Gives how many steps came. */
  end(token: string | number): number {
    const steps = this.#steps.get(token) ?? 0;
    this.#steps.delete(token);
    return steps;
  }
}
