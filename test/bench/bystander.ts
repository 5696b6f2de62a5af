/** A session that does nothing wrong, and what it notices of the others. */

import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, callOf, contentOf, nextId } from './exchange.ts';
import type { Caller } from './load.ts';
import { median } from './statistics.ts';

export interface Noticed {
  /** Of its calls, the slowest. */
  readonly worstMs: number;
  readonly usualMs: number;
}

/** Between two calls: short beside what it is to notice. */
const pauseMs = 2;

const args = contentOf('hello world');

/** What a session notices, with one small call after another, from before `trouble` until it is over. */
export async function noticed<T>(caller: Caller, trouble: () => Promise<T>): Promise<Noticed & { readonly result: T }> {
  const over = new AbortController();
  const took: number[] = [];
  const callOneAfterAnother = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const id = nextId();
      const before = performance.now();
      await caller.ask(callOf(id, 'echo', args), answerOf(id, args));
      took.push(performance.now() - before);
      await sleep(pauseMs);
    }
  };
  const troubled = async (): Promise<T> => trouble().finally(() => over.abort());
  const [result] = await Promise.all([troubled(), callOneAfterAnother()]);
  return { result, worstMs: Math.max(...took), usualMs: median(took) };
}
