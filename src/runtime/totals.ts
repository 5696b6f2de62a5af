/**
 * Numbers over all sessions of a runtime. Gauges are derived from the sessions that are there when somebody asks; counts of
 * sessions that have left are folded in once, when they leave. So nothing drifts.
 */

import { type Counts, addCounts, countsToJson, newCounts } from '../session/counters.ts';
import { type LossReason, lossReasons } from '../session/events.ts';
import { type Ledger, budgets } from '../session/limits.ts';
import { type SessionState, type SessionStatus, sessionStates, statusOf } from '../session/outcomes.ts';
import type { SessionRecord } from '../session/record.ts';
import { type TransitionCount, transitionsOf } from '../session/snapshot.ts';
import type { Registry } from './registry.ts';

/**
 * The numbers of a runtime at one moment, a copy. `counts` are explained in docs/reference/counters.md; times are
 * milliseconds.
 */
export interface TotalsSnapshot {
  readonly sessionsOpened: number;
  readonly sessionsByState: Readonly<Record<SessionState, number>>;
  /** Sessions that have left, by the status they left with. */
  readonly sessionsEnded: Readonly<Record<SessionStatus, number>>;
  readonly pending: Readonly<Record<(typeof budgets)[number], number>>;
  /** Bytes that wait for slow readers, for servers that are away and for decisions. */
  readonly bufferedBytes: number;
  readonly counts: Counts;
  readonly dwellMs: Readonly<Record<SessionState, number>>;
  readonly transitions: readonly TransitionCount[];
  /** Times that the server of a session was started or reached again, by how it had gone away. */
  readonly upstreamRestarts: Readonly<Record<LossReason, number>>;
  /** Events that failed and of which nothing was left; the log says why. */
  readonly rolledBackEvents: number;
  /** Events for sessions that were not there any more. */
  readonly unplacedEvents: number;
  /** Messages from somebody else than whom their session belongs to; none of it was told to the session. */
  readonly foreignMessages: number;
}

export class Totals {
  opened = 0;
  unplaced = 0;
  foreign = 0;
  rolledBack = 0;
  readonly restarts: Record<LossReason, number> = noRestarts();
  readonly #counts = newCounts();
  readonly #dwellMs: number[] = sessionStates.map(() => 0);
  readonly #transitions = new Map<number, number>();
  readonly #ended: Record<SessionStatus, number> = { active: 0, completed: 0, failed: 0, timeout: 0 };

  /** A session has left: what it counted stays. */
  retire(record: SessionRecord): void {
    addCounts(this.#counts, record.counts);
    addTimes(this.#dwellMs, record.dwellMs);
    addTransitions(this.#transitions, record.transitions);
    this.#ended[statusOf(record.state, record.endReason)]++;
  }

  snapshot(registry: Registry, ledger: Ledger, now: number): TotalsSnapshot {
    const counts = this.#counts.slice();
    const dwellMs = this.#dwellMs.slice();
    const transitions = new Map(this.#transitions);
    const byState = Object.fromEntries(sessionStates.map((state) => [state, 0])) as Record<SessionState, number>;
    for (const { record } of registry.values()) {
      addCounts(counts, record.counts);
      addTimes(dwellMs, record.dwellMs);
      dwellMs[sessionStates.indexOf(record.state)]! += now - record.enteredAt;
      addTransitions(transitions, record.transitions);
      byState[record.state]++;
    }
    return {
      sessionsOpened: this.opened,
      sessionsByState: byState,
      sessionsEnded: { ...this.#ended },
      pending: Object.fromEntries(
        budgets.map((budget, index) => [budget, ledger.used[index]!]),
      ) as TotalsSnapshot['pending'],
      bufferedBytes: ledger.buffers.bytes,
      counts: countsToJson(counts),
      dwellMs: Object.fromEntries(
        sessionStates.map((state, index) => [state, dwellMs[index]!]),
      ) as TotalsSnapshot['dwellMs'],
      transitions: transitionsOf(transitions),
      upstreamRestarts: { ...this.restarts },
      rolledBackEvents: this.rolledBack,
      unplacedEvents: this.unplaced,
      foreignMessages: this.foreign,
    };
  }
}

function noRestarts(): Record<LossReason, number> {
  return Object.fromEntries(lossReasons.map((reason) => [reason, 0])) as Record<LossReason, number>;
}

/**
 * As `addCounts`, for fractions. A function that met both kinds of numbers would have the engine copy every session's list of
 * whole numbers into one of fractions, only to read it.
 */
function addTimes(total: number[], times: readonly number[]): void {
  for (let index = 0; index < times.length; index++) total[index]! += times[index]!;
}

function addTransitions(total: Map<number, number>, transitions: ReadonlyMap<number, number>): void {
  transitions.forEach((count, edge) => total.set(edge, (total.get(edge) ?? 0) + count));
}
