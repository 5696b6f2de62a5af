/**
 * One front of a node in a cluster: its sessions, as the node has them and as the front knows them. A key in the engine is a digest
 * of the session's id, never the id, which lets in whoever says it. Which node has what is decided by `ClusterNode`, what HTTP makes
 * of it by the front.
 */

import { createHash } from 'node:crypto';

import type { ClusterNode } from '../cluster/node.ts';
import type { Grant, OwnedSession, StopReason } from '../cluster/owned-session.ts';
import { refusal } from '../errors.ts';
import type { Log } from '../ports.ts';
import type { Runtime } from '../runtime/api.ts';
import { endsHereAlone, handoverOf } from '../runtime/handover.ts';
import { randomId } from '../runtime/random-id.ts';
import { ReservedIds } from '../runtime/reserved-ids.ts';
import { sessionOfAnybody } from '../runtime/runtime.ts';
import type { EndReason } from '../session/outcomes.ts';
import { Carrier } from '../transports/http-carrier.ts';
import type { Carrying, HttpElsewhere, PieceWay, Reopen, ServeRouted } from '../transports/http-elsewhere.ts';
import type { CarrierSurroundings, HttpCarrier } from '../transports/http-front-options.ts';
import { type Remains, sealRemains } from './cluster-recollection.ts';
import { failedAs } from './cluster-refusal.ts';

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

/** What is longer stays with its node: a session whose handshake and subscriptions fill it is none that others can open. */
const remainsBytesMax = 256 * 1024;

/** What the places of a seat have in common. */
export interface PlaceSessions {
  readonly all: Map<string, OwnedHttpSession>;
  readonly waking: Map<string, Waking>;
}

/** A session that requests name which are on their way to it. */
export interface Waking {
  readonly sessionId: string;
  requests: number;
}

export class OwnedHttpSession implements OwnedSession {
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

export class Place implements ClusterPlace {
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

export function keyOf(sessionId: string): string {
  return `s:${createHash('sha256').update(sessionId).digest('base64url')}`;
}
