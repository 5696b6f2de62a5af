/**
 * What a runtime holds, against what its sessions say should exist: the leak audit (U13). One look from outside, between two events,
 * so that what it sees is of one moment; it changes nothing. Knows neither processes nor sockets.
 */

import { type Alarm, deadlineOf } from '../session/deadlines.ts';
import { HeldFrame } from '../session/held.ts';
import { InvariantError, checkInvariants } from '../session/invariants.ts';
import { type Ledger, budgets } from '../session/limits.ts';
import { PendingEntry } from '../session/pending.ts';
import type { SessionRecord } from '../session/record.ts';
import { SessionAlarm } from '../session/session-data.ts';
import type { Registry } from './registry.ts';
import type { SessionHost } from './session-host.ts';
import type { Upstream } from './upstream-actor.ts';

/** What can be there and should not, or should be there and is not. Explained in docs/guides/doctor.md. */
export type DriftKind =
  | 'session-ended'
  | 'session-actor'
  | 'session-invariant'
  | 'ledger'
  | 'principals'
  | 'timer'
  | 'request-without-timer'
  | 'tombstones'
  | 'upstream'
  | 'signal'
  | 'child'
  | 'child-handle'
  | 'paused-frame';

/** One thing that is off. */
export interface Drift {
  readonly kind: DriftKind;
  /** Which one: a session's id, a budget, a process id. Two looks that find the same one say the same here. */
  readonly about: string;
  /** One sentence. */
  readonly message: string;
}

/** What a runtime has at one moment, a copy. */
export interface RuntimeAudit {
  readonly sessions: number;
  /** Servers that the runtime reaches itself, those that are being stopped included. */
  readonly upstreams: number;
  readonly timers: number;
  /** Requests that wait for an answer, of all sessions. */
  readonly pending: number;
  readonly held: number;
  readonly tombstones: number;
  /** The processes of servers that sessions are connected to. */
  readonly servers: readonly number[];
  readonly drift: readonly Drift[];
}

/** The parts of a runtime. */
export interface AuditedParts {
  readonly now: number;
  readonly registry: Registry;
  readonly ledger: Ledger;
  /** Everything that is set, with what the wheel believes to be their number. */
  readonly alarms: { readonly size: number; alarms(): Iterable<Alarm> };
  /** By the session that each was made for. */
  readonly upstreams: ReadonlyMap<Upstream, string>;
  /** Sessions that somebody's signal can end. */
  readonly watched: Iterable<SessionHost>;
}

/** How long a server may take to go when its session is over: longer than any ladder that stops one. */
export const stoppingMsMax = 30_000;

export function auditRuntime(parts: AuditedParts): RuntimeAudit {
  const { registry, upstreams, alarms } = parts;
  const records = Array.from(registry.values(), ({ record }) => record);
  const sum = (count: (record: SessionRecord) => number): number =>
    records.reduce((total, record) => total + count(record), 0);
  return {
    sessions: registry.size,
    upstreams: upstreams.size,
    timers: alarms.size,
    pending: sum(({ pending }) => pending.size),
    held: sum(({ held }) => held.size),
    tombstones: sum(({ tombstones }) => tombstones.size),
    servers: [...upstreams.keys()].flatMap(({ pid }) => pid ?? []),
    drift: [
      ...sessionDrift(parts),
      ...ledgerDrift(parts, records),
      ...principalDrift(parts, records),
      ...timerDrift(parts, records),
      ...upstreamDrift(parts),
      ...signalDrift(parts),
    ],
  };
}

function sessionDrift({ registry }: AuditedParts): readonly Drift[] {
  return Array.from(registry.values()).flatMap(({ record, ref }) => {
    const found: Drift[] = [];
    const about = record.id;
    const { status } = ref.getSnapshot();
    if (record.hasEnded) {
      found.push({
        kind: 'session-ended',
        about,
        message: `Session ${about} is ${record.state} and is kept all the same.`,
      });
    } else if (status !== 'active') {
      found.push({ kind: 'session-actor', about, message: `Session ${about} is open and its actor is ${status}.` });
    }
    try {
      checkInvariants(record);
    } catch (error) {
      if (!(error instanceof InvariantError)) throw error;
      found.push({ kind: 'session-invariant', about, message: `${error.message}.` });
    }
    const { size, capacity } = record.tombstones;
    if (size > capacity) {
      found.push({
        kind: 'tombstones',
        about,
        message: `Session ${about} remembers ${size} requests that are over, and may ${capacity}.`,
      });
    }
    return found;
  });
}

/** The budgets of the process are what its sessions use of them. */
function ledgerDrift({ ledger }: AuditedParts, records: readonly SessionRecord[]): readonly Drift[] {
  return budgets.flatMap((budget, index) => {
    const used = records.reduce((total, { pending }) => total + pending.used[index]!, 0);
    const booked = ledger.used[index]!;
    if (used === booked) return [];
    return {
      kind: 'ledger',
      about: budget,
      message: `${booked} ${budget} requests are booked, and ${used} wait.`,
    } as const;
  });
}

function principalDrift({ registry }: AuditedParts, records: readonly SessionRecord[]): readonly Drift[] {
  const open = new Map<string, number>();
  for (const { principal } of records) {
    if (principal !== undefined) open.set(principal, (open.get(principal) ?? 0) + 1);
  }
  const booked = registry.principals();
  return [...new Set([...open.keys(), ...booked.keys()])].flatMap((principal) => {
    const [counted, there] = [booked.get(principal) ?? 0, open.get(principal) ?? 0];
    if (counted === there) return [];
    const message = `${counted} sessions are booked for one principal, and it has ${there}.`;
    return { kind: 'principals', about: principal, message } as const;
  });
}

/** Each timer belongs to something that waits, and what waits until a deadline has a timer. */
function timerDrift({ alarms, registry }: AuditedParts, records: readonly SessionRecord[]): readonly Drift[] {
  const found: Drift[] = [];
  let set = 0;
  for (const alarm of alarms.alarms()) {
    set++;
    const owner = ownerOf(alarm);
    if (owner === undefined) continue;
    const { sessionId, what } = owner;
    const record = registry.get(sessionId)?.record;
    if (record !== undefined && isOwned(alarm, record)) continue;
    const gone =
      record === undefined ? `session ${sessionId}, which is gone` : `something that session ${sessionId} has no more`;
    found.push({ kind: 'timer', about: `${sessionId} ${what}`, message: `A timer is set for ${gone}: ${what}.` });
  }
  if (set !== alarms.size) {
    found.push({ kind: 'timer', about: 'count', message: `${alarms.size} timers are booked, and ${set} are set.` });
  }
  for (const record of records) {
    for (const entry of record.pending.entries()) {
      if (entry.alarmNext !== null || deadlineOf(entry, record.idleClock) === Infinity) continue;
      const message = `Request ${entry.idToken} (${entry.method}) of session ${record.id} has a deadline and no timer.`;
      found.push({ kind: 'request-without-timer', about: `${record.id} ${entry.direction} ${entry.idToken}`, message });
    }
  }
  return found;
}

function ownerOf(alarm: Alarm): { readonly sessionId: string; readonly what: string } | undefined {
  if (alarm instanceof PendingEntry) {
    return { sessionId: alarm.sessionId, what: `request ${alarm.idToken} (${alarm.method})` };
  }
  if (alarm instanceof HeldFrame) return { sessionId: alarm.sessionId, what: `held frame ${alarm.ticket}` };
  if (alarm instanceof SessionAlarm) return { sessionId: alarm.sessionId, what: 'the session itself' };
  return undefined;
}

function isOwned(alarm: Alarm, record: SessionRecord): boolean {
  if (alarm instanceof PendingEntry) return record.pending.get(alarm.direction, alarm.key) === alarm;
  if (alarm instanceof HeldFrame) return record.held.find(alarm.ticket) === alarm;
  return record.alarm === alarm;
}

/** A server is there for a session; without one it is on its way out, and not for ever. */
function upstreamDrift({ upstreams, registry, now }: AuditedParts): readonly Drift[] {
  return [...upstreams].flatMap(([upstream, sessionId]): readonly Drift[] => {
    if (registry.get(sessionId)?.host.upstream === upstream) return [];
    const { stopAskedAt } = upstream;
    const about = sessionId;
    if (stopAskedAt === undefined) {
      return [
        { kind: 'upstream', about, message: `The server of session ${sessionId} outlives it, and nobody stops it.` },
      ];
    }
    if (now - stopAskedAt < stoppingMsMax) return [];
    const seconds = Math.round((now - stopAskedAt) / 1000);
    return [
      {
        kind: 'upstream',
        about,
        message: `The server of session ${sessionId} was to stop ${seconds} s ago, and is there.`,
      },
    ];
  });
}

function signalDrift({ watched, registry }: AuditedParts): readonly Drift[] {
  return Array.from(watched).flatMap(({ record: { id } }) =>
    registry.get(id) === undefined
      ? [
          {
            kind: 'signal',
            about: id,
            message: `Session ${id} is gone, and a signal that could end it is still watched.`,
          },
        ]
      : [],
  );
}
