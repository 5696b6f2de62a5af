/**
 * Which other nodes are there. A node is dead when its lease says so, and it is made to say so by whoever saw it unchanged for long
 * enough while connected: the write takes the place of the renewal that did not come, and proves to all that none will. A lease that says
 * so for long is removed: no renewal fits one that is not there, and whoever asks for the proof later writes it again.
 */

import type { Clock } from '../ports.ts';
import type { Incarnation } from './addresses.ts';
import { Conflict, type Engine, type WatchedEntry } from './engine.ts';
import { type LeaseRecord, type LeaseState, readLease, writeRecord } from './records.ts';
import type { ClusterTimes } from './settings.ts';

export interface PeersOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly node: Incarnation;
  readonly times: ClusterTimes;
  /** The lease of this node itself, as others see it. */
  readonly onOwnLease: (state: LeaseState) => void;
}

interface Seen {
  readonly record: LeaseRecord;
  readonly revision: number;
  readonly seenAt: number;
}

/** One other node, for people. */
export interface Peer {
  readonly node: Incarnation;
  readonly state: LeaseState;
  readonly keys: number;
  /** Since its last renewal was seen. */
  readonly leaseAgeMs: number;
}

export class Peers {
  readonly #options: PeersOptions;
  readonly #seen = new Map<Incarnation, Seen>();
  readonly #listeners: ((node: Incarnation) => void)[] = [];
  #isConnected = true;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  async watch(): Promise<void> {
    await this.#options.engine.watch('lease', (entry) => this.#heard(entry));
  }

  onDead(listener: (node: Incarnation) => void): void {
    this.#listeners.push(listener);
  }

  /** Other nodes that are not known to be dead. */
  get livingCount(): number {
    let count = 0;
    for (const { record } of this.#seen.values()) if (record.state !== 'dead') count += 1;
    return count;
  }

  list(): readonly Peer[] {
    const now = this.#options.clock.now();
    return [...this.#seen].map(([node, { record, seenAt }]) => ({
      node,
      state: record.state,
      keys: record.keys,
      leaseAgeMs: now - seenAt,
    }));
  }

  disconnected(): void {
    this.#isConnected = false;
  }

  /** What did not change while nobody could be heard says nothing: all of it is looked at anew from here. */
  reconnected(): void {
    this.#isConnected = true;
    const seenAt = this.#options.clock.now();
    for (const [node, seen] of this.#seen) this.#seen.set(node, { ...seen, seenAt });
  }

  /**
   * Whether it is proven that the node acts no more. That nothing is known of it is no proof, since a read may be old: then the
   * proof is written.
   * @throws Unavailable
   */
  async isDead(node: Incarnation): Promise<boolean> {
    const seen = this.#seen.get(node);
    if (seen !== undefined) return seen.record.state === 'dead';
    const entry = await this.#options.engine.get('lease', node);
    if (entry !== undefined) return readLease(entry.value)?.state === 'dead';
    try {
      await this.#options.engine.cas('lease', node, tombstone, 0);
      return true;
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
  }

  /** Takes over whoever was silent for long enough. Asked of a node that is alive. */
  async sweep(): Promise<void> {
    const { clock, times } = this.#options;
    if (!this.#isConnected) return;
    const now = clock.now();
    await Promise.all(
      [...this.#seen].map(async ([node, seen]) => {
        const unchangedMs = now - seen.seenAt;
        if (seen.record.state !== 'dead') {
          if (unchangedMs > times.takeMs) await this.#bury(node, seen);
        } else if (unchangedMs > times.deadKeepMs) await this.#remove(node, seen);
      }),
    );
  }

  async #bury(node: Incarnation, { revision }: Seen): Promise<void> {
    const { engine } = this.#options;
    try {
      const written = await engine.cas('lease', node, tombstone, revision);
      this.#heard({ key: node, value: tombstone, revision: written });
    } catch (error) {
      if (!(error instanceof Conflict)) return;
      // It renewed, and the news has not come yet; or it was dead for so long that its lease is gone.
      const entry = await engine.get('lease', node).catch(() => undefined);
      if (entry !== undefined && entry.revision > revision) this.#heard({ key: node, ...entry });
      else if (entry === undefined) await this.#buryAnew(node);
    }
  }

  /** What is read may be old: where there is a lease after all, nothing is written. */
  async #buryAnew(node: Incarnation): Promise<void> {
    try {
      const revision = await this.#options.engine.cas('lease', node, tombstone, 0);
      this.#heard({ key: node, value: tombstone, revision });
    } catch {
      // Looked at again in the next round.
    }
  }

  async #remove(node: Incarnation, { revision }: Seen): Promise<void> {
    const { engine } = this.#options;
    try {
      await engine.cas('lease', node, undefined, revision);
    } catch (error) {
      if (!(error instanceof Conflict)) return;
    }
    if (this.#seen.get(node)?.revision === revision) this.#seen.delete(node);
  }

  #heard({ key: node, value, revision }: WatchedEntry): void {
    const record = readLease(value);
    if (record === undefined) return;
    if (node === this.#options.node) {
      this.#options.onOwnLease(record.state);
      return;
    }
    const before = this.#seen.get(node);
    if (before !== undefined && before.revision >= revision) return;
    this.#seen.set(node, { record, revision, seenAt: this.#options.clock.now() });
    if (record.state === 'dead' && before?.record.state !== 'dead') for (const tell of this.#listeners) tell(node);
  }
}

const tombstone = writeRecord({ state: 'dead', count: 0, keys: 0 });
