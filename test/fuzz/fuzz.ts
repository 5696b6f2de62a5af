/**
 * Tries a target with so many cases, in portions that can be repeated by their seed. Of a case that breaks the law the smallest form is
 * looked for. Knows nothing of what the targets are.
 */

import fc from 'fast-check';
import { messageOf } from '../../src/reasons.ts';
import { type FuzzCase, type KeptCase, keptCase } from './fuzz-case.ts';
import type { FuzzTarget, OpenTarget } from './fuzz-target.ts';

export interface Budget {
  readonly cases: number;
  readonly seed: number;
  /** By the process's clock; however many cases are left then. */
  readonly until?: number;
}

export interface Fuzzed {
  readonly cases: number;
  readonly ms: number;
  /** The case, and the seed of the portion that it was found in. */
  readonly found?: { readonly kept: KeptCase; readonly seed: number };
}

/** Portions are short, so that one is soon repeated. */
const portion = 1000;
/** Making a case smaller is worth this much time, and no more. */
const shrinkingMs = 20_000;

/** @param onProgress is told how many cases were tried. */
export async function fuzz(
  target: FuzzTarget,
  { cases, seed, until = Infinity }: Budget,
  onProgress: (tried: number) => void = () => {},
): Promise<Fuzzed> {
  const begun = performance.now();
  const open = target.kind === 'waiting' ? await target.open() : undefined;
  const perRun = target.kind === 'waiting' ? target.together : 1;
  let tried = 0;
  try {
    for (let turn = 0; tried < cases && performance.now() < until; turn++) {
      const numRuns = Math.max(1, Math.ceil(Math.min(portion, cases - tried) / perRun));
      const settings = { seed: seed + turn, numRuns, interruptAfterTimeLimit: shrinkingMs };
      const found = target.kind === 'pure' ? checkPure(target, settings) : await checkWaiting(target, open!, settings);
      tried += numRuns * perRun;
      onProgress(tried);
      // What does not wait gives others a turn: a signal, and the line that tells how far it is.
      await new Promise((resolve) => setImmediate(resolve));
      if (found !== undefined)
        return { cases: tried, ms: performance.now() - begun, found: { kept: found, seed: seed + turn } };
    }
    return { cases: tried, ms: performance.now() - begun };
  } finally {
    await open?.close();
  }
}

/** @throws what a kept case does when its law is broken. */
export async function replay(target: FuzzTarget, fuzzCase: FuzzCase): Promise<void> {
  if (target.kind === 'pure') {
    target.check(fuzzCase);
    return;
  }
  const open = await target.open();
  try {
    await open.check([fuzzCase]);
  } finally {
    await open.close();
  }
}

interface Settings {
  readonly seed: number;
  readonly numRuns: number;
  readonly interruptAfterTimeLimit: number;
}

function checkPure(target: FuzzTarget & { readonly kind: 'pure' }, settings: Settings): KeptCase | undefined {
  const { check } = target;
  const property = fc.property(target.cases, (fuzzCase) => check(fuzzCase));
  const { counterexample, errorInstance } = fc.check(property, settings);
  if (counterexample === null) return undefined;
  return keptCase(target.name, messageOf(errorInstance), counterexample[0]);
}

/** The smallest crowd; where one alone is enough, that one. */
async function checkWaiting(
  target: FuzzTarget & { readonly kind: 'waiting' },
  open: OpenTarget,
  settings: Settings,
): Promise<KeptCase | undefined> {
  const crowd = fc.array(target.cases, { minLength: 1, maxLength: target.together, size: 'max' });
  const property = fc.asyncProperty(crowd, async (cases) => open.check(cases));
  const { counterexample, errorInstance } = await fc.check(property, settings);
  if (counterexample === null) return undefined;
  const [cases] = counterexample;
  const was = `${messageOf(errorInstance)}${cases.length > 1 ? ` (one of ${cases.length} together)` : ''}`;
  return keptCase(target.name, was, cases.at(-1)!);
}
