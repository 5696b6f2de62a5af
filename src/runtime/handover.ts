/**
 * Sessions that one process has and another goes on with: what has to be known of one, how it is opened again, and how it is let
 * go of. Who has which session is decided elsewhere.
 */

import type { Clock, ServerSession } from '../ports.ts';
import type { SessionEvent } from '../session/events.ts';
import type { SessionFacts } from '../session/facts.ts';
import type { Claims } from '../session/interception.ts';
import type { EndReason } from '../session/outcomes.ts';
import type { SessionData } from '../session/session-data.ts';
import type { OpenOptions, OpenResult, Runtime } from './api.ts';
import type { Registry } from './registry.ts';

/** What one process knows of a session that another one has to know. Requests that wait belong to who waits for them. */
export interface Recollection {
  readonly principal: string | undefined;
  readonly route: string | undefined;
  readonly claims: Claims | undefined;
  readonly facts: SessionFacts;
  readonly labels: readonly string[];
  /** What makes its server go on with it; where there is none, the handshake is replayed. */
  readonly serverSession: ServerSession | undefined;
}

/** Whoever keeps sessions for other processes. */
export interface Keeper {
  /** A session can be gone on with, as far as it is known by now; or something of that is otherwise than before. */
  learned(sessionId: string): void;
  /** Another process can open it: its server is not told that it is over when it ends only here. */
  isKept(sessionId: string): boolean;
}

export interface HandoverOptions {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly route: (sessionId: string, event: SessionEvent) => void;
  readonly open: (options: OpenOptions, recollection: Recollection) => OpenResult;
}

/** Beside the runtimes and not on them: only this package lets sessions go over. */
const handovers = new WeakMap<Runtime, Handover>();

/** How sessions of the runtime go over to other processes; undefined where the runtime is somebody else's. */
export function handoverOf(runtime: Runtime): Handover | undefined {
  return handovers.get(runtime);
}

export class Handover {
  readonly #options: HandoverOptions;
  #keeper: Keeper | undefined = undefined;

  constructor(runtime: Runtime, options: HandoverOptions) {
    handovers.set(runtime, this);
    this.#options = options;
  }

  /** From here on; there is one at most. */
  keepWith(keeper: Keeper): void {
    this.#keeper = keeper;
  }

  /** Told by sessions after what they have learned. */
  learned({ id, state, facts }: SessionData): void {
    if (state === 'active.serving' && facts.initialize !== undefined) this.#keeper?.learned(id);
  }

  /** Whether its server is to be left as it is, for whoever goes on with the session. */
  leavesServer({ id, endReason }: SessionData): boolean {
    if (endReason === undefined || this.#keeper === undefined) return false;
    return lettingGo.has(endReason) && this.#keeper.isKept(id);
  }

  /** Undefined: there is no such session, or its peers have not agreed yet. */
  recollect(sessionId: string): Recollection | undefined {
    const slot = this.#options.registry.get(sessionId);
    if (slot === undefined || slot.record.hasEnded || slot.record.facts.initialize === undefined) return undefined;
    const { principal, route, claims, facts, labels } = slot.record;
    return { principal, route, claims, facts, labels: [...labels.keys()], serverSession: slot.host.serverSession };
  }

  /** A session that another process had, under its id. */
  reopen(options: OpenOptions, recollection: Recollection): OpenResult {
    return this.#options.open(options, recollection);
  }

  /** Another process goes on with the session. What waits is settled with an error. */
  handOver(sessionId: string): void {
    this.#close(sessionId, 'handed-over');
  }

  /** This process may not serve the session any more, since another one may have it by now; with no id, none of its sessions. */
  fence(sessionId?: string): void {
    const { registry } = this.#options;
    const ids = sessionId === undefined ? [...registry.values()].map((slot) => slot.record.id) : [sessionId];
    for (const id of ids) this.#close(id, 'node-fenced');
  }

  #close(sessionId: string, reason: 'handed-over' | 'node-fenced'): void {
    const { registry, route, clock } = this.#options;
    if (registry.get(sessionId) !== undefined) route(sessionId, { type: 'session.close', at: clock.now(), reason });
  }
}

/** Ends of a session in this process alone. */
const lettingGo: ReadonlySet<EndReason> = new Set(['handed-over', 'node-fenced', 'drained', 'drain-deadline']);

/** Whether a session that ended like this may be gone on with elsewhere, where it is kept. */
export function endsHereAlone(reason: EndReason): boolean {
  return lettingGo.has(reason);
}
