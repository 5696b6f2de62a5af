/** How a proxy is at a moment: what it says itself when it is asked (vitals-hook.ts), and what Linux says of it. */

import { readFileSync, readdirSync } from 'node:fs';
import type { Sample } from './verdict.ts';

export interface Vitals extends Sample {
  readonly rssBytes: number;
  /** What keeps the proxy's event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  readonly delayMs: { readonly p99: number; readonly max: number };
  readonly descriptors: number;
  readonly children: number;
}

interface Told {
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly resources: readonly string[];
  readonly delayMs: Vitals['delayMs'];
}

/** @param line the line of the proxy's stderr with its vitals. */
export function vitalsOf(pid: number, line: Readonly<Record<string, unknown>>, atS: number): Vitals {
  const { resources, ...told } = line['vitals'] as Told;
  return {
    ...told,
    resources: countedByName(resources),
    atS,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    children: childrenOf(pid),
  };
}

/** How many processes it has started and not yet buried. */
export function childrenOf(pid: number): number {
  const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return ids.split(' ').filter((id) => id !== '').length;
}

function countedByName(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
