/**
 * Who has which key. A key is claimed by one write that only one node can make, and the revision of that write is the claim's epoch.
 * What is read here is a hint, and an owner that is asked in vain says so; what is concluded is written.
 */

import { messageOf } from '../reasons.ts';
import type { Incarnation } from './addresses.ts';
import { Conflict, type Engine, Unavailable } from './engine.ts';
import type { Lease } from './lease.ts';
import { type OwnedKey, type OwnedSession, type SessionHost, StaleOwner, type StopReason } from './owned-session.ts';
import type { Peers } from './peers.ts';
import { type KeyRecord, readKey, writeRecord } from './records.ts';
import { type Failure, notExecuted } from './send-result.ts';
import type { Snapshots } from './snapshots.ts';

/** A key of this node. */
export interface Owned {
  readonly key: OwnedKey;
  readonly epoch: number;
  readonly session: OwnedSession;
  /** Frames that the session works on. */
  busy: number;
  /** It takes no more frames, and is given back when it is done with those that it has. */
  isLeaving: boolean;
  /** Why it is this node's no more. */
  stopped: StopReason | undefined;
}

export interface Location {
  readonly owner: Incarnation;
  readonly epoch: number;
  readonly isFree: boolean;
}

/**
 * - `owned`: it is this node's. `isRecovered`: it was another's before. `elsewhere`: a living node has it.
 * - `contested`: another node wrote at the same time; ask again. `gone`: its owner died, and nothing of it was saved.
 */
export type Claim =
  | { readonly kind: 'owned'; readonly owned: Owned; readonly isRecovered: boolean }
  | { readonly kind: 'elsewhere'; readonly owner: Incarnation; readonly epoch: number }
  | { readonly kind: 'contested' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** `free`: whoever wants it next may have it. `gone`: it is over. */
export type ReleaseTo = 'free' | 'gone';

export interface SessionDirectory {
  /** The key as this node's, where it is; asked for each frame, and without looking anywhere else. */
  owned(key: OwnedKey): Owned | undefined;
  /** Takes a key that nobody has, or whose owner is dead. Never throws. */
  claim(key: OwnedKey): Promise<Claim>;
  /** @throws Unavailable */
  locate(key: OwnedKey): Promise<Location | undefined>;
  /**
   * Stops the session and gives the key back. What the engine does not take at once is said to it again later.
   * `drained`: frames that are still under way do not count any more.
   */
  release(key: OwnedKey, to: ReleaseTo, reason?: 'released' | 'drained'): Promise<void>;
}

export interface DirectoryOptions {
  readonly engine: Engine;
  readonly node: Incarnation;
  readonly lease: Lease;
  readonly peers: Peers;
  readonly snapshots: Snapshots;
  readonly host: SessionHost;
}

/** Places of keys that are remembered; the oldest is forgotten first. */
const placesMax = 100_000;
const verifyAttemptsMax = 5;
/** Questions about keys that are asked at the same time: the last of thousands would be answered too late. */
const atOnceMax = 64;

export class Directory implements SessionDirectory {
  readonly #options: DirectoryOptions;
  readonly #owned = new Map<OwnedKey, Owned>();
  readonly #places = new Map<OwnedKey, Location>();
  readonly #claims = new Map<OwnedKey, Promise<Claim>>();
  readonly #unreleased = new Map<OwnedKey, { readonly epoch: number; readonly to: ReleaseTo }>();
  #verification: Promise<void> | undefined;
  #takeovers = 0;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    options.peers.onDead((node) => {
      for (const [key, place] of this.#places) if (place.owner === node) this.#places.delete(key);
    });
  }

  get size(): number {
    return this.#owned.size;
  }

  get takeovers(): number {
    return this.#takeovers;
  }

  /** While it is not known whether the engine still has what it had: nothing is executed before it resolves. */
  get verification(): Promise<void> | undefined {
    return this.#verification;
  }

  owned(key: OwnedKey): Owned | undefined {
    return this.#owned.get(key);
  }

  list(): readonly Owned[] {
    return [...this.#owned.values()];
  }

  async claim(key: OwnedKey): Promise<Claim> {
    // One at a time for each key: the second of two would write over the first and make its epoch an old one.
    let claim = this.#claims.get(key);
    if (claim === undefined) {
      claim = this.#claimOnce(key)
        .catch((error: unknown): Claim => this.#unclaimed(error))
        .finally(() => this.#claims.delete(key));
      this.#claims.set(key, claim);
    }
    return claim;
  }

  async locate(key: OwnedKey): Promise<Location | undefined> {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const entry = await this.#options.engine.get('session', key);
    const record = entry === undefined ? undefined : readKey(entry.value);
    if (entry === undefined || record === undefined) return undefined;
    const place = { owner: record.owner, epoch: entry.revision, isFree: record.state === 'free' };
    this.#remember(key, place);
    return place;
  }

  /** The epoch under which a key was last seen somewhere; 0 where it was not. */
  latestEpoch(key: OwnedKey): number {
    return this.#owned.get(key)?.epoch ?? this.#places.get(key)?.epoch ?? 0;
  }

  /** Where the key was thought to be, it is not. */
  forget(key: OwnedKey): void {
    this.#places.delete(key);
  }

  async release(key: OwnedKey, to: ReleaseTo, reason: 'released' | 'drained' = 'released'): Promise<void> {
    const owned = this.#owned.get(key);
    if (owned === undefined) return;
    this.#drop(owned, reason);
    this.#unreleased.set(key, { epoch: owned.epoch, to });
    await this.#writeRelease(key);
  }

  /** As `release`, for many. */
  async releaseAll(keys: readonly OwnedKey[], to: ReleaseTo, reason: 'released' | 'drained'): Promise<void> {
    await eachOf(keys, async (key) => this.release(key, to, reason));
  }

  /** Says again what the engine did not take. */
  async sweep(): Promise<void> {
    await eachOf([...this.#unreleased.keys()], async (key) => this.#writeRelease(key));
  }

  /** Stops all sessions: the node may not act any more, or has no time left. */
  stopAll(reason: StopReason): void {
    for (const owned of this.list()) this.#drop(owned, reason);
  }

  /**
   * After a reconnect: the engine may have lost what it had acknowledged. Each claim is read again, and what is not there
   * any more is given up before anything is executed.
   */
  async verify(): Promise<void> {
    this.#verification ??= this.#verifyAll().finally(() => (this.#verification = undefined));
    return this.#verification;
  }

  async #verifyAll(): Promise<void> {
    await this.#options.lease.renew();
    await eachOf(this.list(), async (owned) => this.#verifyOne(owned));
  }

  async #verifyOne(owned: Owned): Promise<void> {
    for (let attempt = 1; attempt <= verifyAttemptsMax; attempt += 1) {
      try {
        const entry = await this.#options.engine.get('session', owned.key);
        if (entry?.revision !== owned.epoch) this.#drop(owned, 'lost');
        return;
      } catch {
        // Asked again; a claim that nobody confirms is not one.
      }
    }
    this.#drop(owned, 'lost');
    // Where it is there all the same, others would be sent to a node that does not know it.
    this.#unreleased.set(owned.key, { epoch: owned.epoch, to: owned.session.isRecoverable ? 'free' : 'gone' });
  }

  async #claimOnce(key: OwnedKey): Promise<Claim> {
    const { engine, node, lease, peers, snapshots } = this.#options;
    if (!lease.isAccepting()) return this.#notAccepting();
    if (this.#unreleased.has(key)) return { kind: 'contested' };
    const entry = await engine.get('session', key);
    const before = entry === undefined ? undefined : readKey(entry.value);
    if (entry !== undefined && before === undefined) {
      return { kind: 'refused', failure: notExecuted('KEY_UNKNOWN', 'the record of the key is of another release') };
    }
    const mine = this.#owned.get(key);
    if (mine !== undefined) return { kind: 'owned', owned: mine, isRecovered: false };
    if (entry !== undefined && before !== undefined && !(await this.#isToBeHad(before, peers))) {
      return { kind: 'elsewhere', owner: before.owner, epoch: entry.revision };
    }
    if (!lease.isAccepting()) return this.#notAccepting();
    const value = writeRecord({ owner: node, state: 'owned' });
    const epoch = await engine.cas('session', key, value, entry === undefined ? 0 : entry.revision);
    if (!lease.isAlive()) return this.#notAccepting();
    let snapshot: string | undefined;
    if (entry !== undefined) {
      snapshot = await snapshots.adopt(key, epoch);
      if (snapshot === undefined) {
        await engine.cas('session', key, undefined, epoch);
        return { kind: 'gone' };
      }
      this.#takeovers += 1;
    }
    if (!lease.isAlive()) return this.#notAccepting();
    const owned = this.#opened(key, epoch, snapshot);
    if (owned !== undefined) return { kind: 'owned', owned, isRecovered: entry !== undefined };
    this.#unreleased.set(key, { epoch, to: 'gone' });
    await this.#writeRelease(key);
    return { kind: 'gone' };
  }

  /** @throws what its host throws; then it is for another node, or for later. */
  #opened(key: OwnedKey, epoch: number, snapshot: string | undefined): Owned | undefined {
    try {
      return this.#open(key, epoch, snapshot);
    } catch (error) {
      this.#unreleased.set(key, { epoch, to: 'free' });
      void this.#writeRelease(key);
      throw error;
    }
  }

  async #isToBeHad(record: KeyRecord, peers: Peers): Promise<boolean> {
    if (record.state === 'free' || record.owner === this.#options.node) return true;
    return peers.isDead(record.owner);
  }

  #open(key: OwnedKey, epoch: number, snapshot: string | undefined): Owned | undefined {
    const { snapshots, host, node } = this.#options;
    let owned: Owned | undefined = undefined;
    const save = async (body: string): Promise<void> => {
      if (owned === undefined || owned.stopped !== undefined) throw new StaleOwner(`${key} is this node's no more`);
      try {
        await snapshots.save(key, epoch, body);
      } catch (error) {
        // Somebody has claimed it since: whatever is under way here does not count.
        if (error instanceof StaleOwner) this.#drop(owned, 'lost');
        throw error;
      }
    };
    const session = host.open({ key, epoch, snapshot, save });
    if (session === undefined) return undefined;
    owned = { key, epoch, session, busy: 0, isLeaving: false, stopped: undefined };
    this.#owned.set(key, owned);
    this.#remember(key, { owner: node, epoch, isFree: false });
    return owned;
  }

  #drop(owned: Owned, reason: StopReason): void {
    if (owned.stopped !== undefined) return;
    owned.stopped = reason;
    this.#owned.delete(owned.key);
    this.#places.delete(owned.key);
    if (reason === 'lost' || reason === 'fenced') this.#options.snapshots.forget(owned.key);
    owned.session.stop(reason);
  }

  async #writeRelease(key: OwnedKey): Promise<void> {
    const { engine, snapshots, node } = this.#options;
    const release = this.#unreleased.get(key);
    if (release === undefined) return;
    const value = release.to === 'gone' ? undefined : writeRecord({ owner: node, state: 'free' });
    try {
      // Before the claim: what the engine does not take at once is asked for again as long as the claim stands.
      if (release.to === 'gone') await snapshots.remove(key, release.epoch);
      else await snapshots.written(key);
      await engine.cas('session', key, value, release.epoch);
    } catch (error) {
      if (!(error instanceof Conflict)) return;
    }
    snapshots.forget(key);
    this.#unreleased.delete(key);
  }

  #notAccepting(): Claim {
    return {
      kind: 'refused',
      failure: notExecuted(this.#options.lease.phase === 'draining' ? 'DRAINING' : 'NODE_FENCED'),
    };
  }

  #unclaimed(error: unknown): Claim {
    if (error instanceof Conflict || error instanceof StaleOwner) return { kind: 'contested' };
    const code = error instanceof Unavailable ? 'ENGINE_UNAVAILABLE' : 'SESSION_FAILED';
    return { kind: 'refused', failure: notExecuted(code, messageOf(error)) };
  }

  #remember(key: OwnedKey, place: Location): void {
    if (this.#places.size >= placesMax) {
      const [oldest] = this.#places.keys();
      if (oldest !== undefined) this.#places.delete(oldest);
    }
    this.#places.set(key, place);
  }
}

async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += atOnceMax) {
    await Promise.all(items.slice(at, at + atOnceMax).map(act));
  }
}
