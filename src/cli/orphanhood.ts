/**
 * Notices that the process that started us is gone. The end of our input alone does not say that: a client may close its
 * sending half and still read. Systems give an orphan another parent, so the parent's id is looked at now and then.
 */

import type { Clock, TimerHandle } from '../ports.ts';
import { systemCode } from '../reasons.ts';

const lookEveryMs = 1000;

export class Orphanhood {
  readonly #clock: Clock;
  readonly #parentOf: () => number;
  readonly #parent: number;
  readonly #onOrphaned: () => void;
  #timer: TimerHandle;

  /** @param parentOf the id of our parent process, as it is now. */
  constructor(clock: Clock, onOrphaned: () => void, parentOf = parentOnThisSystem()) {
    this.#clock = clock;
    this.#parentOf = parentOf;
    this.#parent = parentOf();
    this.#onOrphaned = onOrphaned;
    this.#timer = clock.setTimeout(() => this.#look(), lookEveryMs);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #look(): void {
    if (this.#parentOf() !== this.#parent) {
      this.#onOrphaned();
      return;
    }
    this.#timer = this.#clock.setTimeout(() => this.#look(), lookEveryMs);
  }
}

function parentOnThisSystem(): () => number {
  return process.platform === 'win32' ? lookingFor(process.ppid) : () => process.ppid;
}

/** Windows gives an orphan no other parent. There the id stays as it was, and the process that had it is gone: the id is 0 then. */
export function lookingFor(parent: number): () => number {
  return () => {
    try {
      process.kill(parent, 0);
      return parent;
    } catch (error) {
      return systemCode(error) === 'ESRCH' ? 0 : parent;
    }
  };
}
