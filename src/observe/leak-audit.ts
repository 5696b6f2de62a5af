/**
 * The leak audit of a process (U13): what it holds, against what its sessions say should exist. Takes a second look before it calls
 * anything a leak, since a process of the system ends at a moment of its own. Knows neither how sessions nor how children are made.
 */

import { type Drift, type RuntimeAudit, stoppingMsMax } from '../runtime/audit.ts';
import type { RunningChild } from './process-children.ts';

/** A child as whoever started it knows it. */
export interface KnownChild {
  readonly pid: number;
  readonly what: 'server' | 'errand';
  readonly isAhead: boolean;
  readonly stopAskedAt: number | undefined;
}

/** Everything that is compared, of one moment. */
export interface ProcessLook {
  /** On the clock of the children's `stopAskedAt`. */
  readonly now: number;
  readonly runtimes: readonly RuntimeAudit[];
  readonly started: readonly KnownChild[];
  /** Undefined where the system does not tell. */
  readonly running: readonly RunningChild[] | undefined;
  /** What keeps the process alive, as Node names it: one name for each. */
  readonly resources: readonly string[];
  readonly paused: readonly { readonly id: string; readonly sessionId: string }[];
  hasSession(id: string): boolean;
}

/** What a process has, and what of it should not be there. */
export interface LeakReport {
  readonly pid: number;
  readonly has: {
    readonly sessions: number;
    readonly upstreams: number;
    readonly timers: number;
    readonly pending: number;
    readonly held: number;
    readonly tombstones: number;
    readonly paused: number;
    /** Undefined where the system does not tell. */
    readonly children: number | undefined;
    /** Sockets, pipes, timers and the like, as Node names them. */
    readonly resources: Readonly<Record<string, number>>;
    readonly heapBytes: number;
    readonly residentBytes: number;
  };
  readonly drift: readonly Drift[];
}

/** Between the two looks: what is on its way out has gone by then. */
export const secondLookMs = 1_000;

/**
 * @param look at one moment, without waiting for anything.
 * @param pause resolves before the second look.
 */
export async function leakReport(look: () => ProcessLook, pause: () => Promise<void>): Promise<LeakReport> {
  const first = look();
  const suspected = driftOf(first);
  if (suspected.length === 0) return reportOf(first, []);
  await pause();
  const second = look();
  const before = new Set(suspected.map(nameOf));
  return reportOf(
    second,
    driftOf(second).filter((drift) => before.has(nameOf(drift))),
  );
}

function nameOf({ kind, about }: Drift): string {
  return `${kind} ${about}`;
}

/** What is off at one moment, some of which may only be under way. */
export function driftOf(look: ProcessLook): readonly Drift[] {
  return [
    ...look.runtimes.flatMap(({ drift }) => drift),
    ...childDrift(look),
    ...handleDrift(look),
    ...pauseDrift(look),
  ];
}

function childDrift({ now, runtimes, started, running }: ProcessLook): readonly Drift[] {
  const drift = (pid: number, message: string): Drift => ({ kind: 'child', about: String(pid), message });
  const connected = new Set(runtimes.flatMap(({ servers }) => servers));
  const known = new Set(started.map(({ pid }) => pid));
  const names = new Map(running?.map(({ pid, name }) => [pid, name]));
  const called = (pid: number): string => (names.has(pid) ? `Process ${pid} (${names.get(pid)})` : `Process ${pid}`);
  return [
    ...(running ?? []).flatMap(({ pid, isZombie }) => {
      if (isZombie) return [drift(pid, `${called(pid)} has ended, and nobody takes notice.`)];
      return known.has(pid) ? [] : [drift(pid, `${called(pid)} is a child of this one, and nothing here knows of it.`)];
    }),
    ...started.flatMap(({ pid, what, isAhead, stopAskedAt }) => {
      if (running !== undefined && !names.has(pid)) return [drift(pid, `${called(pid)} is taken to run, and is gone.`)];
      if (what === 'errand') return [];
      if (stopAskedAt === undefined) {
        return isAhead || connected.has(pid) ? [] : [drift(pid, `${called(pid)} is a server, and no session has it.`)];
      }
      const seconds = Math.round((now - stopAskedAt) / 1000);
      return now - stopAskedAt < stoppingMsMax
        ? []
        : [drift(pid, `${called(pid)} was to stop ${seconds} s ago, and runs.`)];
    }),
  ];
}

/** Node holds on to a process that has ended if its end was not heard. */
function handleDrift({ started, resources }: ProcessLook): readonly Drift[] {
  const handles = resources.filter((name) => name === 'ProcessWrap').length;
  if (handles <= started.length) return [];
  const message = `Node holds ${handles} child processes, and ${started.length} are known here.`;
  return [{ kind: 'child-handle', about: 'count', message }];
}

function pauseDrift(look: ProcessLook): readonly Drift[] {
  return look.paused.flatMap(({ id, sessionId }) =>
    look.hasSession(sessionId)
      ? []
      : [{ kind: 'paused-frame', about: id, message: `Frame ${id} is paused, and its session ${sessionId} is gone.` }],
  );
}

function reportOf({ runtimes, running, resources, paused }: ProcessLook, drift: readonly Drift[]): LeakReport {
  const sum = (count: (audit: RuntimeAudit) => number): number =>
    runtimes.reduce((total, audit) => total + count(audit), 0);
  const { heapUsed, rss } = process.memoryUsage();
  const counts: Record<string, number> = {};
  for (const name of resources) counts[name] = (counts[name] ?? 0) + 1;
  return {
    pid: process.pid,
    has: {
      sessions: sum(({ sessions }) => sessions),
      upstreams: sum(({ upstreams }) => upstreams),
      timers: sum(({ timers }) => timers),
      pending: sum(({ pending }) => pending),
      held: sum(({ held }) => held),
      tombstones: sum(({ tombstones }) => tombstones),
      paused: paused.length,
      children: running?.length,
      resources: counts,
      heapBytes: heapUsed,
      residentBytes: rss,
    },
    drift,
  };
}
