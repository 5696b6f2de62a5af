/** A part that is fuzzed: what it is given, and what has to hold for it. */

import type fc from 'fast-check';
import type { FuzzCase } from './fuzz-case.ts';

interface Named {
  readonly name: string;
  /** What has to hold, in a sentence. */
  readonly law: string;
}

/** Decided by the bytes alone. */
export interface PureTarget extends Named {
  readonly kind: 'pure';
  readonly cases: fc.Arbitrary<FuzzCase>;
  /** @throws when the law is broken. */
  readonly check: (fuzzCase: FuzzCase) => void;
}

/** With files or sockets. What goes in together is undone together. */
export interface WaitingTarget extends Named {
  readonly kind: 'waiting';
  readonly cases: fc.Arbitrary<FuzzCase>;
  /** So many are tried at once. */
  readonly together: number;
  readonly open: () => Promise<OpenTarget>;
}

export interface OpenTarget {
  /** Rejects when the law is broken. */
  readonly check: (cases: readonly FuzzCase[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

export type FuzzTarget = PureTarget | WaitingTarget;

/** @throws a broken law, in words. */
export function broken(law: string): never {
  throw new Error(law);
}
