/** What tests with nodes in processes do with many keys at once: name them, claim them, and count how frames ended. */

import type { WorkerTold } from './nats-worker.ts';
import type { Worker } from './worker.ts';

/** Sessions begin with `s` and can be opened elsewhere; processes begin with `p` and cannot. */
export function keysNamed(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}:${index}`);
}

/** @throws when one of them is not to be had. */
export async function claimAll(worker: Worker, keys: readonly string[]): Promise<void> {
  const claims = await Promise.all(keys.map(async (key) => worker.ask({ do: 'claim', key })));
  const refused = claims.find(({ ok }) => !ok);
  if (refused !== undefined) throw new Error(`a key was not to be had: ${refused.text}`);
}

/** How many ended how: `ok`, or the code of the failure and whether it ran. */
export type Tally = Readonly<Record<string, number>>;

export function tally(told: readonly WorkerTold[]): Tally {
  const counts: Record<string, number> = {};
  for (const { ok, text, executed } of told) {
    const name = ok ? 'ok' : `${text} ${executed}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
