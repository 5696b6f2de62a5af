/**
 * The seat of one process in a cluster: which sessions of its fronts are this node's, and how requests come to those of others. A
 * key in the engine is a digest of the session's id, never the id, which lets in whoever says it. Wiring: who has what is decided
 * by `ClusterNode`, what HTTP makes of it by the front.
 */

import { createHash } from 'node:crypto';

import type { Engine } from '../cluster/engine.ts';
import { ClusterNode, type NodeFacts } from '../cluster/node.ts';
import type { Grant, OwnedSession, StopReason } from '../cluster/owned-session.ts';
import { type ClusterSettings, defaultClusterLimits } from '../cluster/settings.ts';
import { refusal } from '../errors.ts';
import type { Clock, Log } from '../ports.ts';
import type { Runtime } from '../runtime/api.ts';
import { randomId } from '../runtime/random-id.ts';
import { ReservedIds } from '../runtime/reserved-ids.ts';
import { endsHereAlone } from '../runtime/handover.ts';
import { handoverOf, sessionOfAnybody } from '../runtime/runtime.ts';
import type { Ledger } from '../session/limits.ts';
import type { EndReason } from '../session/outcomes.ts';
import { Carrier } from '../transports/http-carrier.ts';
import type { Carrying, HttpElsewhere, PieceWay, Reopen, ServeRouted } from '../transports/http-elsewhere.ts';
import type { CarrierSurroundings, HttpCarrier } from '../transports/http-front-options.ts';
import { ClusterLedger } from './cluster-ledger.ts';
import { type Remains, openRemains, sealRemains } from './cluster-recollection.ts';
import { failedAs } from './cluster-refusal.ts';

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

export interface PlaceOptions {
  /** The same on each node for what is the same front there, and no other front's. */
  readonly name: string;
  /** Other nodes can open its sessions again: see `Backend`. */
  readonly isReachedElsewhere: boolean;
}

/** One front of the process, with a runtime of its own. */
export interface ClusterPlace extends HttpElsewhere {
  /** For its runtime. */
  readonly ids: ReservedIds;
  /** The way of its front to other nodes. */
  carrier(around: CarrierSurroundings): HttpCarrier;
  /** Before it serves anything. */
  serves(runtime: Runtime): void;
  /** The front is closed, and serves nothing any more. */
  leave(): void;
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

/** What is longer stays with its node: a session whose handshake and subscriptions fill it is none that others can open. */
const remainsBytesMax = 256 * 1024;

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

/** What the places of a seat have in common. */
interface PlaceSessions {
  readonly all: Map<string, OwnedHttpSession>;
  readonly waking: Map<string, Waking>;
}

/** A session that requests name which are on their way to it. */
interface Waking {
  readonly sessionId: string;
  requests: number;
}

class OwnedHttpSession implements OwnedSession {
  readonly sessionId: string;
  readonly life: number;
  readonly #place: Place;
  #grant: Grant | undefined = undefined;
  #isSaved = false;

  constructor(place: Place, sessionId: string, life: number) {
    this.#place = place;
    this.sessionId = sessionId;
    this.life = life;
  }

  begins(grant: Grant): void {
    this.#grant = grant;
    this.#isSaved = grant.snapshot !== undefined;
  }

  get isRecoverable(): boolean {
    return this.#isSaved;
  }

  get isBusy(): boolean {
    return this.#place.isBusy(this.sessionId);
  }

  handle: OwnedSession['handle'] = async (frame, answer) => this.#place.serve(frame, answer);

  stop(reason: StopReason): void {
    this.#place.stop(this, reason);
  }

  /** What cannot be saved now is saved with the next that the session learns; until then another node finds what was before. */
  async save(text: string): Promise<void> {
    await this.#grant?.save(text);
    this.#isSaved = true;
  }
}

class Place implements ClusterPlace {
  readonly ids = new ReservedIds();
  readonly name: string;
  readonly leave: () => void;
  readonly #isReachedElsewhere: boolean;
  readonly #node: ClusterNode;
  readonly #sessions: PlaceSessions;
  readonly #log: Log;
  #runtime: Runtime | undefined;
  #serve: ServeRouted | undefined;
  #reopen: Reopen | undefined;

  constructor(options: PlaceOptions, node: ClusterNode, sessions: PlaceSessions, log: Log, leave: () => void) {
    this.name = options.name;
    this.#isReachedElsewhere = options.isReachedElsewhere;
    this.#node = node;
    this.#sessions = sessions;
    this.#log = log;
    this.leave = leave;
  }

  carrier(around: CarrierSurroundings): HttpCarrier {
    return new Carrier({ ...around, elsewhere: this });
  }

  serves(runtime: Runtime): void {
    this.#runtime = runtime;
    if (!this.#isReachedElsewhere) return;
    handoverOf(runtime)?.keepWith({
      learned: (sessionId) => this.#save(sessionId),
      isKept: (sessionId) => this.#sessions.all.get(keyOf(sessionId))?.isRecoverable === true,
    });
  }

  begins(serve: ServeRouted, reopen: Reopen): void {
    this.#serve = serve;
    this.#reopen = reopen;
  }

  reserve: HttpElsewhere['reserve'] = async () => {
    const sessionId = randomId();
    const key = keyOf(sessionId);
    this.#sessions.all.set(key, new OwnedHttpSession(this, sessionId, 0));
    const claim = await this.#node.directory.claim(key);
    if (claim.kind === 'owned') return { sessionId };
    this.#sessions.all.delete(key);
    const isDraining = claim.kind === 'refused' && claim.failure.code === 'DRAINING';
    const code = claim.kind === 'refused' ? claim.failure.code : claim.kind;
    const data = { executed: 'no', retryable: true, reason: code };
    if (isDraining) return { refusal: refusal('DRAINING', data) };
    const message = 'No session can be opened on this node now, and nothing has run';
    return { refusal: { ...refusal('OWNER_LOST', data), message } };
  };

  /** A session that ended here alone, because this node leaves, is for whoever is asked about it next. */
  over(sessionId: string, reason?: EndReason): void {
    const key = keyOf(sessionId);
    const session = this.#sessions.all.get(key);
    if (session === undefined) return;
    this.#sessions.all.delete(key);
    const isFree = reason !== undefined && endsHereAlone(reason) && session.isRecoverable;
    void this.#node.directory.release(key, isFree ? 'free' : 'gone');
  }

  carry: HttpElsewhere['carry'] = async (sessionId, frame, { onPiece, signal }: Carrying) => {
    const key = keyOf(sessionId);
    const { all, waking } = this.#sessions;
    // It is here, and was not found: it is over, or somebody else's.
    if (all.has(key)) return { kind: 'not-found' };
    const wanted = waking.get(key) ?? { sessionId, requests: 0 };
    waking.set(key, wanted);
    wanted.requests += 1;
    const sent = await this.#node.router.send(key, frame, { deadlineMs: Infinity, onPart: onPiece, signal });
    wanted.requests -= 1;
    if (wanted.requests === 0) waking.delete(key);
    return sent.ok ? { kind: 'answered', last: sent.bytes } : failedAs(sent);
  };

  async serve(frame: Uint8Array, way: PieceWay): Promise<Uint8Array> {
    if (this.#serve === undefined) throw new Error('A request came before there was a front');
    return this.#serve(frame, way);
  }

  /** @throws Error there is no room for it now. */
  reopen(sessionId: string, grant: Grant, { recollection, life }: Remains): OwnedSession {
    const session = new OwnedHttpSession(this, sessionId, life + 1);
    session.begins(grant);
    this.#sessions.all.set(grant.key, session);
    const refused = this.#reopen?.({ sessionId, recollection, life: session.life });
    if (refused === undefined) return session;
    this.#sessions.all.delete(grant.key);
    throw new Error(`the session could not be opened again: ${refused.code}`);
  }

  isBusy(sessionId: string): boolean {
    const session = this.#runtime === undefined ? undefined : sessionOfAnybody(this.#runtime, sessionId);
    return session !== undefined && session.snapshot().pending.length > 0;
  }

  /** Nothing that is under way counts any more. */
  stop({ sessionId, isRecoverable }: OwnedHttpSession, reason: StopReason): void {
    if (this.#runtime === undefined) return;
    const handover = handoverOf(this.#runtime);
    if (reason === 'fenced' || reason === 'lost') handover?.fence(sessionId);
    else if (isRecoverable) handover?.handOver(sessionId);
    else sessionOfAnybody(this.#runtime, sessionId)?.close();
    this.#sessions.all.delete(keyOf(sessionId));
  }

  fence(): void {
    if (this.#runtime !== undefined) handoverOf(this.#runtime)?.fence();
  }

  #save(sessionId: string): void {
    const session = this.#sessions.all.get(keyOf(sessionId));
    const recollection = this.#runtime && handoverOf(this.#runtime)?.recollect(sessionId);
    if (session === undefined || recollection === undefined) return;
    const text = sealRemains(sessionId, { place: this.name, life: session.life, recollection });
    if (text.length > remainsBytesMax) return;
    session.save(text).catch((error: unknown) => {
      this.#log.debug({ session: sessionId, error }, 'what another node would have to know of a session was not saved');
    });
  }
}

function keyOf(sessionId: string): string {
  return `s:${createHash('sha256').update(sessionId).digest('base64url')}`;
}
