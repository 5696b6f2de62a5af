/** What the sessions of all processes do together: how many are in each state, which edges were taken, how long they stay. */

import { type SessionState, sessionStates } from '../../../session/outcomes.ts';
import type { TransitionCount } from '../../../session/snapshot.ts';
import type { ProcessView } from '../store/process-view.ts';

export interface Dwell {
  readonly p50: number;
  readonly p99: number;
}

export interface Aggregate {
  readonly counts: Readonly<Record<SessionState, number>>;
  /** Since the processes began. */
  readonly transitions: readonly TransitionCount[];
  /** Of the process whose sessions stay longest. */
  readonly dwellMs: Readonly<Partial<Record<SessionState, Dwell>>>;
}

export function aggregateOf(processes: Iterable<ProcessView>): Aggregate {
  const counts = Object.fromEntries(sessionStates.map((state) => [state, 0])) as Record<SessionState, number>;
  const edges = new Map<string, TransitionCount>();
  const dwellMs: Partial<Record<SessionState, Dwell>> = {};
  for (const { totals } of processes) {
    if (totals === undefined) continue;
    for (const state of sessionStates) {
      counts[state] += totals.sessionsByState[state];
      const dwell = longer(dwellMs[state], totals.dwellMs[state]);
      if (dwell !== undefined) dwellMs[state] = dwell;
    }
    for (const edge of totals.transitions) {
      const key = `${edge.from} ${edge.to}`;
      edges.set(key, { ...edge, count: edge.count + (edges.get(key)?.count ?? 0) });
    }
  }
  return { counts, transitions: [...edges.values()], dwellMs };
}

function longer(one: Dwell | undefined, other: Dwell | undefined): Dwell | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { p50: Math.max(one.p50, other.p50), p99: Math.max(one.p99, other.p99) };
}
