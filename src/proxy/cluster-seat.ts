/**
 * The seat of one process in a cluster: its node, and the places of its fronts in it. Wiring: who has which session is decided by
 * `ClusterNode`.
 */

import type { Engine } from '../cluster/engine.ts';
import { ClusterNode, type NodeFacts } from '../cluster/node.ts';
import type { Grant, OwnedSession } from '../cluster/owned-session.ts';
import { type ClusterSettings, defaultClusterLimits } from '../cluster/settings.ts';
import type { Clock, Log } from '../ports.ts';
import type { Ledger } from '../session/limits.ts';
import { ClusterLedger } from './cluster-ledger.ts';
import {
  type ClusterPlace,
  type OwnedHttpSession,
  Place,
  type PlaceOptions,
  type PlaceSessions,
  type Waking,
  keyOf,
} from './cluster-place.ts';
import { openRemains } from './cluster-recollection.ts';

export interface ClusterSeatOptions {
  readonly engine: Engine;
  /** Of no other life of no other node: letters, digits, `-` and `_`. */
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly times: ClusterSettings['times'];
  /** How many requests may be under way in the whole cluster. */
  readonly pendingTotal: number;
  /** Called once: the node may not act any more, and all its sessions have ended. */
  readonly onFenced: () => void;
}

export interface ClusterSeat {
  /** This node's share in the limit of all, of which the fronts' own are parts. */
  readonly ledger: Ledger;
  place(options: PlaceOptions): ClusterPlace;
  facts(): NodeFacts;
  /**
   * Which node has a session of any node, and under which claim; undefined where none has. What others have is asked of the engine.
   * @throws Unavailable
   */
  whereIs(sessionId: string): Promise<{ readonly node: string; readonly epoch: number } | undefined>;
  /** Why this node should be sent no traffic, in one line; undefined when it may. */
  problem(): string | undefined;
  /** Takes no new sessions, and gives back those that it has as they end. */
  drain(graceMs: number): Promise<void>;
  /** Leaves the cluster, with what is left of its sessions. */
  close(): Promise<void>;
}

/** @throws Unavailable the engine does not answer. */
export async function takeSeat(options: ClusterSeatOptions): Promise<ClusterSeat> {
  const seat = new Seat(options);
  await seat.node.start();
  return seat;
}

class Seat implements ClusterSeat {
  readonly ledger = new ClusterLedger(() => this.node.budget.ask());
  readonly node: ClusterNode;
  readonly #options: ClusterSeatOptions;
  readonly #places = new Set<Place>();
  /** Those of this node, by key. */
  readonly #sessions = new Map<string, OwnedHttpSession>();
  /** The ids of sessions that are asked for, wherever they are, by key. */
  readonly #waking = new Map<string, Waking>();
  #draining: Promise<unknown> | undefined;

  constructor(options: ClusterSeatOptions) {
    const { engine, node, clock, log, times, pendingTotal, onFenced } = options;
    this.#options = options;
    this.node = new ClusterNode({
      ...{ engine, node, clock, log, pendingTotal, counted: this.ledger, random: Math.random },
      settings: { times, limits: defaultClusterLimits },
      host: { open: (grant) => this.#open(grant) },
      onFenced: () => {
        for (const place of this.#places) place.fence();
        onFenced();
      },
    });
  }

  place(options: PlaceOptions): ClusterPlace {
    const sessions: PlaceSessions = { all: this.#sessions, waking: this.#waking };
    const place: Place = new Place(options, this.node, sessions, this.#options.log, () => this.#places.delete(place));
    this.#places.add(place);
    return place;
  }

  facts(): NodeFacts {
    return this.node.facts();
  }

  whereIs: ClusterSeat['whereIs'] = async (sessionId) => {
    const key = keyOf(sessionId);
    const owned = this.node.directory.owned(key);
    if (owned !== undefined) return { node: this.#options.node, epoch: owned.epoch };
    const place = await this.node.directory.locate(key);
    return place === undefined || place.isFree ? undefined : { node: place.owner, epoch: place.epoch };
  };

  problem(): string | undefined {
    const { budget, lease } = this.node;
    if (lease.phase === 'draining') return 'draining';
    if (lease.phase !== 'up') return 'this node has left its cluster';
    return budget.granted > 0 ? undefined : 'this node has no share in the pending requests of its cluster yet';
  }

  async drain(graceMs: number): Promise<void> {
    this.#draining ??= this.node.drain(graceMs);
    await this.#draining;
  }

  async close(): Promise<void> {
    await this.drain(0);
    await this.#options.engine.close();
  }

  #open(grant: Grant): OwnedSession | undefined {
    const known = this.#sessions.get(grant.key);
    if (known !== undefined) {
      known.begins(grant);
      return known;
    }
    const sessionId = this.#waking.get(grant.key)?.sessionId;
    if (sessionId === undefined) throw new Error('A key was claimed for which nobody has asked');
    const remains = grant.snapshot === undefined ? undefined : openRemains(sessionId, grant.snapshot);
    const place = [...this.#places].findLast(({ name }) => name === remains?.place);
    if (remains === undefined || place === undefined) return undefined;
    return place.reopen(sessionId, grant, remains);
  }
}
