/** Collects what a law finds: how often it could have been broken, and where it was. */

import type { History } from '../play/history.ts';
import type { TargetFacts, TargetKind } from '../play/target.ts';
import type { Judgement, Law, Violation } from './law.ts';
import { type Reading, readingOf } from './reading.ts';

export class Verdict implements Judgement {
  exercised = 0;
  readonly violations: Violation[] = [];
  readonly #law: string;

  constructor(lawId: string) {
    this.#law = lawId;
  }

  /** It could have been broken here. */
  tried(): void {
    this.exercised++;
  }

  broken(text: string, ...at: readonly number[]): void {
    this.violations.push({ law: this.#law, text, at });
  }
}

interface Wording {
  readonly id: string;
  readonly text: string;
  readonly source: string;
  readonly isNote?: true;
  readonly of: readonly TargetKind[];
  readonly appliesTo?: (facts: TargetFacts) => boolean;
}

/** A law that is judged by what a history shows, of the kinds of target that it is about. */
export function law(wording: Wording, judge: (reading: Reading, verdict: Verdict, facts: TargetFacts) => void): Law {
  return {
    ...wording,
    judge: (history: History, facts: TargetFacts) => {
      const verdict = new Verdict(wording.id);
      if (isAbout(wording, facts)) judge(readingOf(history), verdict, facts);
      return verdict;
    },
  };
}

/** Whether the law says anything about a target like this. */
export function isAbout({ of, appliesTo }: Pick<Law, 'of' | 'appliesTo'>, facts: TargetFacts): boolean {
  return of.includes(facts.kind) && appliesTo?.(facts) !== false;
}

/** An id as it stands on the wire, so that a number and a text are told apart. */
export function spelled(id: unknown): string {
  return id === undefined ? 'no id' : JSON.stringify(id);
}
