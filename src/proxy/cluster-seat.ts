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
import { fenceSessions, sessionOfAnybody } from '../runtime/runtime.ts';
import type { Ledger } from '../session/limits.ts';
import { Carrier } from '../transports/http-carrier.ts';
import type { Carrying, HttpElsewhere, PieceWay, ServeRouted } from '../transports/http-elsewhere.ts';
import type { CarrierSurroundings, HttpCarrier } from '../transports/http-front-options.ts';
import { ClusterLedger } from './cluster-ledger.ts';
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
  place(): ClusterPlace;
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
  /** Of the sessions of this node, by key. */
  readonly #placeOf = new Map<string, { readonly place: Place; readonly sessionId: string }>();
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

  place(): ClusterPlace {
    const place: Place = new Place(this.node, this.#placeOf, () => this.#places.delete(place));
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

  #open({ key }: Grant): OwnedSession {
    const known = this.#placeOf.get(key);
    if (known === undefined) throw new Error('A key was claimed for which there is no session');
    return new OwnedHttpSession(known.place, known.sessionId);
  }
}

class OwnedHttpSession implements OwnedSession {
  readonly isRecoverable = false;
  readonly #place: Place;
  readonly #sessionId: string;

  constructor(place: Place, sessionId: string) {
    this.#place = place;
    this.#sessionId = sessionId;
  }

  handle: OwnedSession['handle'] = async (frame, answer) => this.#place.serve(frame, answer);

  stop(reason: StopReason): void {
    this.#place.stop(this.#sessionId, reason);
  }
}

class Place implements ClusterPlace {
  readonly ids = new ReservedIds();
  readonly #node: ClusterNode;
  readonly #placeOf: Map<string, { readonly place: Place; readonly sessionId: string }>;
  #runtime: Runtime | undefined;
  #serve: ServeRouted | undefined;

  readonly leave: () => void;

  constructor(
    node: ClusterNode,
    placeOf: Map<string, { readonly place: Place; readonly sessionId: string }>,
    leave: () => void,
  ) {
    this.#node = node;
    this.#placeOf = placeOf;
    this.leave = leave;
  }

  carrier(around: CarrierSurroundings): HttpCarrier {
    return new Carrier({ ...around, elsewhere: this });
  }

  serves(runtime: Runtime): void {
    this.#runtime = runtime;
  }

  begins(serve: ServeRouted): void {
    this.#serve = serve;
  }

  reserve: HttpElsewhere['reserve'] = async () => {
    const sessionId = randomId();
    const key = keyOf(sessionId);
    this.#placeOf.set(key, { place: this, sessionId });
    const claim = await this.#node.directory.claim(key);
    if (claim.kind === 'owned') return { sessionId };
    this.#placeOf.delete(key);
    const isDraining = claim.kind === 'refused' && claim.failure.code === 'DRAINING';
    const code = claim.kind === 'refused' ? claim.failure.code : claim.kind;
    const data = { executed: 'no', retryable: true, reason: code };
    if (isDraining) return { refusal: refusal('DRAINING', data) };
    const message = 'No session can be opened on this node now, and nothing has run';
    return { refusal: { ...refusal('OWNER_LOST', data), message } };
  };

  over(sessionId: string): void {
    const key = keyOf(sessionId);
    if (this.#placeOf.delete(key)) void this.#node.directory.release(key, 'gone');
  }

  carry: HttpElsewhere['carry'] = async (sessionId, frame, { onPiece, signal }: Carrying) => {
    const key = keyOf(sessionId);
    // It is here, and was not found: it is over, or somebody else's.
    if (this.#placeOf.has(key)) return { kind: 'not-found' };
    const sent = await this.#node.router.send(key, frame, { deadlineMs: Infinity, onPart: onPiece, signal });
    return sent.ok ? { kind: 'answered', last: sent.bytes } : failedAs(sent);
  };

  async serve(frame: Uint8Array, way: PieceWay): Promise<Uint8Array> {
    if (this.#serve === undefined) throw new Error('A request came before there was a front');
    return this.#serve(frame, way);
  }

  /** Nothing that is under way counts any more. */
  stop(sessionId: string, reason: StopReason): void {
    this.#placeOf.delete(keyOf(sessionId));
    if (this.#runtime === undefined) return;
    if (reason === 'fenced' || reason === 'lost') fenceSessions(this.#runtime, sessionId);
    else sessionOfAnybody(this.#runtime, sessionId)?.close();
  }

  fence(): void {
    if (this.#runtime !== undefined) fenceSessions(this.#runtime);
  }
}

function keyOf(sessionId: string): string {
  return `s:${createHash('sha256').update(sessionId).digest('base64url')}`;
}
