/**
 * Sessions of nodes that are gone, to which nobody has come back: their records are removed, so that the engine does not keep them for
 * ever. One node at a time looks, and what it removes it removes by comparison: whoever has claimed a session since keeps it.
 */

import type { Clock } from '../ports.ts';
import type { Incarnation } from './addresses.ts';
import { Conflict, type Engine, type Entry } from './engine.ts';
import type { Lease } from './lease.ts';
import type { OwnedKey } from './owned-session.ts';
import type { Peers } from './peers.ts';
import { readKey, readSnapshot } from './records.ts';

export interface OrphansOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly node: Incarnation;
  readonly lease: Lease;
  readonly peers: Peers;
  /** How long a session waits for its client when its node is gone, from when that was seen here. */
  readonly orphanMs: number;
}

export class Orphans {
  readonly #options: OrphansOptions;
  readonly #goneSince = new Map<Incarnation, number>();

  constructor(options: OrphansOptions) {
    this.#options = options;
  }

  /**
   * Looks through all sessions, where it is this node's turn.
   * @returns how many it removed.
   * @throws Unavailable
   */
  async sweep(): Promise<number> {
    const { engine, lease } = this.#options;
    if (!this.#isOurTurn()) return 0;
    let removed = 0;
    const seen = new Set<Incarnation>();
    for (const key of await engine.keys('session')) {
      if (!lease.isAlive()) break;
      const entry = await engine.get('session', key);
      const owner = entry === undefined ? undefined : readKey(entry.value)?.owner;
      if (entry === undefined || owner === undefined) continue;
      seen.add(owner);
      if ((await this.#isLongGone(owner)) && (await this.#remove(key, entry))) removed += 1;
    }
    for (const owner of this.#goneSince.keys()) if (!seen.has(owner)) this.#goneSince.delete(owner);
    return removed;
  }

  /** The first by name of those that live: where two think that they are, they do the same twice, which does no harm. */
  #isOurTurn(): boolean {
    const { lease, peers, node } = this.#options;
    if (!lease.isAccepting()) return false;
    return peers.list().every((peer) => peer.state !== 'up' || peer.node > node);
  }

  async #isLongGone(owner: Incarnation): Promise<boolean> {
    const { peers, clock, node, orphanMs } = this.#options;
    if (owner === node || !(await peers.isDead(owner))) return false;
    const since = this.#goneSince.get(owner) ?? clock.now();
    this.#goneSince.set(owner, since);
    return clock.now() - since >= orphanMs;
  }

  /** What it has saved first: as long as the claim stands, this is done again. False: somebody has it by now, and has saved it as theirs. */
  async #remove(key: OwnedKey, { revision }: Entry): Promise<boolean> {
    const { engine } = this.#options;
    try {
      const saved = await engine.get('snapshot', key);
      const epoch = saved === undefined ? 0 : readSnapshot(saved.value)?.epoch;
      if (epoch === undefined || epoch > revision) return false;
      if (saved !== undefined) await engine.cas('snapshot', key, undefined, saved.revision);
      await engine.cas('session', key, undefined, revision);
      return true;
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
  }
}
