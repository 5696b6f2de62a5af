/** Bars beside the lanes of a sequence diagram: from where to where somebody has a request to answer. Knows no page. */

import type { Exchange } from './exchanges.ts';
import type { TimelineLine } from './timeline.ts';

export interface Activation {
  readonly exchange: Exchange;
  /** The lane of who answers. */
  readonly lane: 'client' | 'server';
  /** Places in the list of lines, both included. */
  readonly from: number;
  readonly to: number;
  /** False: it lasts beyond the last line. */
  readonly isEnded: boolean;
  /** Bars of one lane that stand side by side have different ones. */
  readonly slot: number;
}

/** Bars further out are not drawn: the lanes have no room. */
export const slotsMax = 4;

/** In the order in which they begin. */
export function activationsOf(lines: readonly TimelineLine[]): readonly Activation[] {
  const ends = endsIn(lines);
  const busyUntil = { client: [] as number[], server: [] as number[] };
  const found: Activation[] = [];
  for (const [from, line] of lines.entries()) {
    if (line.type !== 'message' || line.kind !== 'request' || line.exchange === undefined) continue;
    if (line.passage !== 'through' && line.passage !== 'released') continue;
    const { exchange } = line;
    const end = ends.get(exchange);
    const lane = exchange.direction === 'client-to-server' ? 'server' : 'client';
    const to = end ?? lines.length - 1;
    const free = busyUntil[lane].findIndex((until) => until < from);
    const slot = free < 0 ? busyUntil[lane].length : free;
    if (slot >= slotsMax) continue;
    busyUntil[lane][slot] = to;
    found.push({ exchange, lane, from, to, isEnded: end !== undefined, slot });
  }
  return found;
}

function endsIn(lines: readonly TimelineLine[]): ReadonlyMap<Exchange, number> {
  const ends = new Map<Exchange, number>();
  for (const [index, line] of lines.entries()) {
    if (line.type !== 'message' && line.type !== 'answer') continue;
    const { exchange } = line;
    if (exchange !== undefined && exchange.settledSeq === line.seq && !ends.has(exchange)) ends.set(exchange, index);
  }
  return ends;
}
