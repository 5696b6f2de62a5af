/**
 * Whether this node may act. It holds a lease that it renews; it stops by itself, before anybody takes it over, when it does not know
 * that a renewal was written lately. Whoever acts asks `isAlive` first, each time: a timer would come too late on a node that stood still.
 */

import type { Clock } from '../ports.ts';
import type { Incarnation } from './addresses.ts';
import type { Engine, Entry } from './engine.ts';
import { type LeaseState, readLease, writeRecord } from './records.ts';
import type { ClusterTimes } from './settings.ts';

export interface LeaseOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly node: Incarnation;
  readonly times: ClusterTimes;
  /** How many keys this node has, for people. */
  readonly keys: () => number;
  /** Called once, by whichever question found out. */
  readonly onFenced: (reason: string) => void;
}

/** - `fenced`: it lost its lease and does nothing any more. `closed`: it gave its lease back. */
export type LeasePhase = 'opening' | 'up' | 'draining' | 'fenced' | 'closed';

export class Lease {
  readonly #options: LeaseOptions;
  #phase: LeasePhase = 'opening';
  #revision = 0;
  #count = 0;
  /** When the last renewal that succeeded was sent: others count from a later moment. */
  #provenAt = -Infinity;
  #provenWallTime = -Infinity;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get phase(): LeasePhase {
    return this.#phase;
  }

  /** Milliseconds since the last renewal that succeeded was sent, by whichever clock went on: one may stand still while a machine sleeps. */
  get ageMs(): number {
    const { clock } = this.#options;
    return Math.max(clock.now() - this.#provenAt, clock.wallTime() - this.#provenWallTime);
  }

  /** @throws Conflict there is a lease of this incarnation already. Unavailable. */
  async open(): Promise<void> {
    await this.#write('up', 0);
    this.#phase = 'up';
  }

  /** Whether this node may act now. Fences it where it may not. */
  isAlive(): boolean {
    if (this.#phase !== 'up' && this.#phase !== 'draining') return false;
    if (this.ageMs < this.#options.times.selfMs) return true;
    this.#fence(`the lease was not renewed for ${Math.floor(this.ageMs)} ms`);
    return false;
  }

  /** Whether keys may be claimed. */
  isAccepting(): boolean {
    return this.isAlive() && this.#phase === 'up';
  }

  /** One renewal; false: it is not known to be written. Too many of those fence the node. */
  async renew(): Promise<boolean> {
    if (!this.isAlive()) return false;
    const sentAt = this.#options.clock.now();
    const sentWallTime = this.#options.clock.wallTime();
    this.#count += 1;
    const count = this.#count;
    try {
      await this.#write(this.#phase === 'draining' ? 'draining' : 'up', this.#revision);
      return true;
    } catch {
      const found = await this.#own();
      if (found === 'unknown' || this.#phase === 'fenced') return false;
      const record = found === undefined ? undefined : readLease(found.value);
      if (found === undefined || record?.state === 'dead') {
        this.#fence('another node has taken this one for dead');
        return false;
      }
      this.#revision = Math.max(this.#revision, found.revision);
      if (record?.count !== count || !this.isAlive()) return false;
      // The write arrived, and its answer was lost.
      this.#prove(sentAt, sentWallTime);
      return true;
    }
  }

  /** What a watcher saw of this node's own lease. */
  saw(state: LeaseState): void {
    if (state === 'dead') this.#fence('another node has taken this one for dead');
  }

  async drain(): Promise<void> {
    if (this.#phase === 'up') this.#phase = 'draining';
    await this.renew();
  }

  /** Gives the lease back: others need not wait until it is old. */
  async close(): Promise<void> {
    const { engine, node } = this.#options;
    const wasAlive = this.isAlive();
    if (this.#phase !== 'fenced') this.#phase = 'closed';
    if (!wasAlive) return;
    const value = writeRecord({ state: 'dead', count: this.#count, keys: 0 });
    const close = async (): Promise<unknown> => engine.cas('lease', node, value, this.#revision);
    await close().catch(async () => {
      // A renewal that was under way came first.
      const found = await this.#own();
      if (found === undefined || found === 'unknown') return;
      this.#revision = found.revision;
      await close().catch(() => {});
    });
  }

  /** Without a word to anybody, as a process ends that is killed. */
  abandon(): void {
    this.#phase = 'closed';
  }

  async #write(state: LeaseState, revision: number): Promise<void> {
    const { engine, node, keys, clock } = this.#options;
    const sentAt = clock.now();
    const sentWallTime = clock.wallTime();
    const value = writeRecord({ state, count: this.#count, keys: keys() });
    const written = await engine.cas('lease', node, value, revision);
    this.#revision = Math.max(this.#revision, written);
    // An answer that comes when the node should have stopped does not bring it back.
    if (this.#phase === 'opening' || this.isAlive()) this.#prove(sentAt, sentWallTime);
  }

  #prove(sentAt: number, sentWallTime: number): void {
    this.#provenAt = Math.max(this.#provenAt, sentAt);
    this.#provenWallTime = Math.max(this.#provenWallTime, sentWallTime);
  }

  async #own(): Promise<Entry | undefined | 'unknown'> {
    try {
      return await this.#options.engine.get('lease', this.#options.node);
    } catch {
      return 'unknown';
    }
  }

  #fence(reason: string): void {
    if (this.#phase === 'fenced' || this.#phase === 'closed') return;
    this.#phase = 'fenced';
    this.#options.onFenced(reason);
  }
}
