/**
 * One node of a cluster, put together: its lease, the others, the keys that it has, the frames that come and go, and the rounds
 * that keep all of it going. What a front asks is on `directory` and `router`; what ends is told by `onFenced`.
 */

import type { Clock, Log, TimerHandle } from '../ports.ts';
import { messageOf } from '../reasons.ts';
import { type Incarnation, mailboxOf, readAddress } from './addresses.ts';
import { Budget, type Counted } from './budget.ts';
import { Directory, type Owned, type SessionDirectory } from './directory.ts';
import type { Engine, Mail } from './engine.ts';
import { Incoming } from './incoming.ts';
import { Lease, type LeasePhase } from './lease.ts';
import { Orphans } from './orphans.ts';
import { Outgoing } from './outgoing.ts';
import type { SessionHost } from './owned-session.ts';
import { Pairs } from './pairs.ts';
import { type Peer, Peers } from './peers.ts';
import { type FrameRouter, Router } from './router.ts';
import type { ClusterSettings } from './settings.ts';
import { Snapshots, type SnapshotStore } from './snapshots.ts';

export interface ClusterNodeOptions {
  /** Of no other life of no other node: letters, digits, `-` and `_`. */
  readonly node: Incarnation;
  readonly engine: Engine;
  readonly clock: Clock;
  /** From 0 up to but not including 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly settings: ClusterSettings;
  readonly host: SessionHost;
  /** How many may be under way in the whole cluster. */
  readonly pendingTotal: number;
  /** Those of this node. */
  readonly counted: Counted;
  /** At once, and before anything else is done: the node acts no more, and all its sessions are stopped. */
  readonly onFenced?: (reason: string) => void;
}

/** What a node can tell about itself, for people and for measuring. */
export interface NodeFacts {
  readonly node: Incarnation;
  readonly phase: LeasePhase;
  /** Since the last renewal that succeeded was sent. */
  readonly leaseAgeMs: number;
  readonly isConnected: boolean;
  /** Sessions, and whatever else is in one place, that are this node's. */
  readonly ownedKeys: number;
  /** Keys that were another node's before, since the start. */
  readonly takeovers: number;
  /** Frames that went to other nodes since the start, and those that wait for their answer. */
  readonly forwarded: number;
  readonly forwardedPending: number;
  /** Frames of other nodes that came here since the start, and those that are worked on. */
  readonly served: number;
  readonly servedPending: number;
  /** The share in the limit of all nodes, and how much of it is used. */
  readonly budgetGranted: number;
  readonly budgetUsed: number;
  readonly peers: readonly Peer[];
}

/** What is done again and again. */
type Round = 'renew' | 'budget' | 'keys' | 'frames' | 'orphans';

/** As many more than are under way a node can take at once, without asking, where the limit leaves it as many. */
const spareRequests = 256;
/** Between two looks whether a session that leaves is idle. */
const drainLookMs = 20;
/** So often it is looked for sessions that nobody comes back to, in the time that they wait. */
const orphanLooks = 4;
/** For what was answered last to be received. */
const lastAnswersMs = 1000;

export class ClusterNode {
  readonly lease: Lease;
  readonly directory: SessionDirectory;
  readonly router: FrameRouter;
  readonly budget: Budget;
  readonly snapshots: SnapshotStore;
  readonly peers: Peers;
  readonly #options: ClusterNodeOptions;
  readonly #directory: Directory;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #orphans: Orphans;
  readonly #timers = new Map<Round, TimerHandle>();
  #isConnected = true;
  #isOver = false;

  constructor(options: ClusterNodeOptions) {
    const { engine, clock, random, node, settings, host } = options;
    const { times, limits } = settings;
    this.#options = options;
    this.lease = new Lease({
      ...{ engine, clock, node, times },
      keys: () => this.#directory.size,
      onFenced: (reason) => this.#fenced(reason),
    });
    const { lease } = this;
    this.peers = new Peers({ engine, clock, node, times, onOwnLease: (state) => lease.saw(state) });
    const { peers } = this;
    const snapshots = new Snapshots(engine, lease);
    this.#directory = new Directory({ engine, node, lease, peers, snapshots, host });
    const directory = this.#directory;
    const pairs = new Pairs(limits, peers);
    const latestEpoch = (key: string): number => directory.latestEpoch(key);
    this.#outgoing = new Outgoing({ engine, clock, node, times, lease, peers, pairs, latestEpoch });
    this.#incoming = new Incoming({ engine, clock, node, settings, lease, peers, pairs, directory });
    this.budget = new Budget({
      ...{ engine, clock, random, node, lease, peers },
      name: 'pending',
      total: options.pendingTotal,
      counted: options.counted,
      spare: spareRequests,
    });
    this.directory = directory;
    this.router = new Router({ clock, node, lease, peers, directory, outgoing: this.#outgoing });
    this.snapshots = snapshots;
    this.#orphans = new Orphans({ engine, clock, node, lease, peers, orphanMs: times.orphanMs });
  }

  facts(): NodeFacts {
    return {
      node: this.#options.node,
      phase: this.lease.phase,
      leaseAgeMs: this.lease.ageMs,
      isConnected: this.#isConnected,
      ownedKeys: this.#directory.size,
      takeovers: this.#directory.takeovers,
      forwarded: this.#outgoing.sent,
      forwardedPending: this.#outgoing.size,
      served: this.#incoming.served,
      servedPending: this.#incoming.running,
      budgetGranted: this.budget.granted,
      budgetUsed: this.budget.used,
      peers: this.peers.list(),
    };
  }

  /** @throws Conflict there is or was a node of this name. Unavailable. */
  async start(): Promise<void> {
    const { engine, node, settings } = this.#options;
    engine.onState((state) => {
      this.#isConnected = state === 'up';
      if (state === 'down') this.peers.disconnected();
      else this.#reconnected();
    });
    await this.lease.open();
    await engine.subscribe(mailboxOf(node), (mail) => this.#received(mail));
    await this.peers.watch();
    await this.budget.adjust();
    const { renewMs, probeMs, orphanMs } = settings.times;
    // Each by itself: an engine that answers late holds up one of them and not the lease.
    this.#every('renew', async () => ((await this.lease.renew()) ? renewMs : renewMs / 4));
    this.#every('budget', async () => {
      await this.budget.adjust();
      return renewMs;
    });
    this.#every('keys', async () => {
      if (this.lease.isAlive()) await this.peers.sweep();
      if (this.lease.isAlive()) await this.#directory.sweep();
      return probeMs;
    });
    this.#every('orphans', async () => {
      await this.#removeOrphans();
      return orphanMs / orphanLooks;
    });
    this.#every('frames', async () => {
      if (this.lease.isAlive()) this.#outgoing.sweep();
      if (this.lease.isAlive()) this.#incoming.sweep();
      return probeMs;
    });
  }

  /**
   * Takes no new keys and gives back those that it has: what another node can open at once, when it is idle; the rest when their
   * frames are answered, or when the time is up. Then gives up its lease. One that may not act has nothing to give.
   * @returns how many sessions had to be stopped with frames under way.
   */
  async drain(graceMs: number): Promise<number> {
    if (this.lease.phase === 'fenced') {
      this.stop();
      return 0;
    }
    const { clock } = this.#options;
    const until = clock.now() + graceMs;
    // At once: what comes for them from here on is for whoever has them next.
    for (const owned of this.#directory.list()) owned.isLeaving = owned.session.isRecoverable;
    await this.lease.drain();
    while (this.#directory.size > 0 && clock.now() < until && this.lease.isAlive()) {
      const idle = this.#directory.list().filter(isIdleAndLeaving);
      await this.#directory.releaseAll(idle.map(keyOf), 'free', 'released');
      if (this.#directory.size > 0) await this.#pause(drainLookMs);
    }
    const left = this.#directory.list();
    const stopped = left.filter((owned) => isBusy(owned)).length;
    for (const isRecoverable of [true, false]) {
      const keys = left.filter(({ session }) => session.isRecoverable === isRecoverable).map(keyOf);
      await this.#directory.releaseAll(keys, isRecoverable ? 'free' : 'gone', 'drained');
    }
    await this.#directory.sweep();
    const answersUntil = clock.now() + lastAnswersMs;
    while (!this.#incoming.isQuiet && clock.now() < answersUntil) await this.#pause(drainLookMs);
    await this.lease.close();
    this.stop();
    return stopped;
  }

  /** Without a word to the others, who find out by the lease. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.lease.abandon();
    for (const timer of this.#timers.values()) this.#options.clock.clearTimeout(timer);
    this.#directory.stopAll('drained');
    this.#outgoing.giveUp('NODE_FENCED');
  }

  async #removeOrphans(): Promise<void> {
    const removed = await this.#orphans.sweep();
    const { log, node } = this.#options;
    if (removed > 0)
      log.info({ node, sessions: removed }, 'sessions of nodes that are gone were given up: nobody came back');
  }

  #received(mail: Mail): void {
    const arrival = readAddress(mail.address);
    switch (arrival.kind) {
      case 'frames':
        this.#incoming.received(mail);
        break;
      case 'answer':
        this.#outgoing.answered(arrival.request, mail);
        break;
      case 'pulse':
        this.#outgoing.pulse(arrival.of, mail);
        break;
      case 'stray':
        break;
    }
  }

  #reconnected(): void {
    this.peers.reconnected();
    void this.#directory.verify();
    void this.budget.adjust();
  }

  #fenced(reason: string): void {
    this.#options.onFenced?.(reason);
    this.#options.log.error({ node: this.#options.node, reason }, 'this node may not act any more');
    this.#directory.stopAll('fenced');
    this.#incoming.fence();
    this.#outgoing.giveUp('NODE_FENCED');
  }

  /** @param act says in how many milliseconds it is to be done again. */
  #every(name: Round, act: () => Promise<number>): void {
    const { clock, log } = this.#options;
    const next = (ms: number): void => {
      if (!this.#isOver)
        this.#timers.set(
          name,
          clock.setTimeout(() => void round(), ms),
        );
    };
    const round = async (): Promise<void> => {
      try {
        next(await act());
      } catch (error) {
        log.warn({ round: name, reason: messageOf(error) }, 'the cluster did not come to the end of a round');
        next(this.#options.settings.times.probeMs);
      }
    };
    next(this.#options.settings.times.probeMs);
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.#options.clock.setTimeout(resolve, ms));
  }
}

function keyOf({ key }: Owned): string {
  return key;
}

function isBusy({ busy, session }: Owned): boolean {
  return busy > 0 || session.isBusy === true;
}

function isIdleAndLeaving(owned: Owned): boolean {
  return owned.isLeaving && !isBusy(owned);
}
