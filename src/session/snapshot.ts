/**
 * A session as plain data: deep, serialisable, versioned. What leaves the runtime is always such a copy, never the record.
 * The schema may grow within a version; docs/stability.md says what a new version means.
 */

import type { Direction, FrameKind, RequestId } from '../protocol/envelope.ts';
import { type Counts, counterIndex, countsToJson } from './counters.ts';
import { type Expiry, deadlineKindOf, deadlineOf } from './deadlines.ts';
import type { TransportType } from './interception.ts';
import { budgets } from './limits.ts';
import { type EndReason, type SessionState, type SessionStatus, sessionStates, statusOf } from './outcomes.ts';
import type { EntryState } from './pending.ts';
import { type SessionRecord } from './record.ts';
import { tagsOf } from './session-data.ts';

export const snapshotVersion = 1;

export interface PendingSnapshot {
  readonly id: RequestId;
  readonly direction: Direction;
  readonly method: string;
  readonly state: EntryState;
  readonly budget: (typeof budgets)[number];
  readonly ageMs: number;
  /** Milliseconds until the earlier of its deadlines; `null` when it has none that runs. */
  readonly dueInMs: number | null;
  /** Which of its deadlines that is: progress moves `idle`, and nothing `absolute`. */
  readonly dueBy: Expiry | undefined;
  readonly progressToken: RequestId | undefined;
  /** Of a server's request: the id of the client's request in whose course it was asked, where that is known. */
  readonly parent: RequestId | undefined;
}

export interface HeldSnapshot {
  readonly ticket: number;
  readonly direction: Direction;
  readonly kind: FrameKind;
  readonly method: string;
  readonly bytes: number;
  readonly isDecided: boolean;
}

export interface TransitionCount {
  readonly from: SessionState;
  readonly to: SessionState;
  readonly count: number;
}

/**
 * A session at one moment, as plain data that JSON can hold: a copy, which changes with nothing. Times are
 * milliseconds.
 */
export interface SessionSnapshot {
  readonly version: typeof snapshotVersion;
  readonly id: string;
  readonly state: SessionState;
  readonly status: SessionStatus;
  readonly endReason: EndReason | undefined;
  readonly transportType: TransportType;
  readonly principal: string | undefined;
  readonly route: string | undefined;
  readonly profile: string;
  readonly protocolVersion: string | undefined;
  readonly clientName: string | undefined;
  readonly serverName: string | undefined;
  readonly ageMs: number;
  /** Since the client was heard last; absent where it never was. */
  readonly sinceClientMs: number | undefined;
  /** Since the server was heard last; absent where it never was. */
  readonly sinceServerMs: number | undefined;
  readonly frames: number;
  readonly tags: readonly string[];
  readonly pending: readonly PendingSnapshot[];
  readonly held: readonly HeldSnapshot[];
  readonly tasks: readonly string[];
  readonly counts: Counts;
  /** Milliseconds spent in each state so far, the present stay included. */
  readonly dwellMs: Readonly<Record<SessionState, number>>;
  readonly transitions: readonly TransitionCount[];
  readonly commits: number;
}

/** @param now milliseconds on the clock that the session's events carry. */
export function snapshotOf(record: SessionRecord, now: number): SessionSnapshot {
  const { facts } = record;
  return {
    version: snapshotVersion,
    id: record.id,
    state: record.state,
    status: statusOf(record.state, record.endReason),
    endReason: record.endReason,
    transportType: record.transportType,
    principal: record.principal,
    route: record.route,
    profile: record.profile.name,
    protocolVersion: facts.protocolVersion,
    clientName: facts.clientName,
    serverName: facts.serverName,
    ageMs: now - record.openedAt,
    sinceClientMs: record.counts[counterIndex.framesFromClient]! > 0 ? now - record.lastFromClientAt : undefined,
    sinceServerMs: record.counts[counterIndex.framesFromServer]! > 0 ? now - record.lastFromServerAt : undefined,
    frames: record.frames,
    tags: [...tagsOf(record)],
    pending: pendingOf(record, now),
    held: heldOf(record),
    tasks: record.tasks.toJSON().map((task) => task.taskId),
    counts: countsToJson(record.counts),
    dwellMs: dwellOf(record, now),
    transitions: transitionsOf(record.transitions),
    commits: record.version,
  };
}

function pendingOf(record: SessionRecord, now: number): readonly PendingSnapshot[] {
  return record.pending.entries().map((entry) => {
    const dueAt = deadlineOf(entry, record.idleClock);
    return {
      id: entry.id,
      direction: entry.direction,
      method: entry.method,
      state: entry.state,
      budget: budgets[entry.budget],
      ageMs: now - entry.startedAt,
      dueInMs: dueAt === Infinity ? null : dueAt - now,
      dueBy: deadlineKindOf(entry, record.idleClock),
      progressToken: entry.progressToken,
      parent: entry.parent,
    };
  });
}

function heldOf(record: SessionRecord): readonly HeldSnapshot[] {
  return record.held.all().map((held) => ({
    ticket: held.ticket,
    direction: held.direction,
    kind: held.frame.envelope.kind,
    method: held.frame.envelope.method,
    bytes: held.frame.bytes.length,
    isDecided: held.isDecided,
  }));
}

function dwellOf(record: SessionRecord, now: number): Readonly<Record<SessionState, number>> {
  const isOver = record.state === 'closed' || record.state === 'failed';
  return Object.fromEntries(
    sessionStates.map((state, index) => {
      const present = state === record.state && !isOver ? now - record.enteredAt : 0;
      return [state, record.dwellMs[index]! + present];
    }),
  ) as Record<SessionState, number>;
}

/** The edges that were taken, in the order of the states. */
export function transitionsOf(counts: ReadonlyMap<number, number>): readonly TransitionCount[] {
  return [...counts]
    .sort(([edge], [other]) => edge - other)
    .map(([edge, count]) => ({
      from: sessionStates[Math.floor(edge / sessionStates.length)]!,
      to: sessionStates[edge % sessionStates.length]!,
      count,
    }));
}
