/** The public shape of the runtime: what an embedder calls and what it hands in. No XState type appears here. */

import type { Refusal } from '../errors.ts';
import type {
  AbortSignalLike,
  Clock,
  Delivery,
  DeliveryFailure,
  ExchangeLink,
  Ids,
  Log,
  PeerLink,
  UpstreamConnector,
} from '../ports.ts';
import type { Frame, RequestId } from '../protocol/envelope.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { ReadLimits } from '../protocol/read.ts';
import type {
  Claims,
  Fault,
  Interceptor,
  InterceptorSource,
  SessionMetadata,
  TransportType,
} from '../session/interception.ts';
import type { Exchange } from '../session/pending.ts';
import type { Limits, Times } from '../session/limits.ts';
import type { EndReason } from '../session/outcomes.ts';
import type { Profile } from '../session/profiles.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { TagSettings } from '../session/tag-settings.ts';
import type { TagRule } from '../session/tags.ts';
import type { Departure, RestartPolicy } from '../session/upstream.ts';
import type { RuntimeAudit } from './audit.ts';
import type { Observer } from './observation.ts';
import type { TotalsSnapshot } from './totals.ts';

/** What a runtime is made of. Everything has a default. */
export interface RuntimeOptions {
  /** Random UUIDs unless said otherwise: ids of sessions must be unguessable where peers can present them. */
  readonly ids?: Ids;
  /** The time of this machine unless said otherwise. */
  readonly clock?: Clock;
  /** Where decisions are told; nowhere unless said otherwise. */
  readonly log?: Log;
  /** Counts and bytes; what is left out is as in `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** Milliseconds; what is left out is as in `defaultTimes`. */
  readonly times?: Partial<Times>;
  /**
   * Limits and times that sessions have instead while a tag holds on them, by tag: one of our own, a rule of `tagRules`, or a label.
   * Where several tags say the same one, the smallest of them holds.
   */
  readonly tagSettings?: TagSettings;
  /** How large and deep a message may be; what is left out is as in `defaultReadLimits`. */
  readonly readLimits?: Partial<ReadLimits>;
  /** Asked about every frame, in this order. A source is asked for them with each frame. */
  readonly interceptors?: readonly Interceptor[] | InterceptorSource;
  /** Beside the built-in ones. */
  readonly tagRules?: readonly TagRule[];
  /** How the clients and servers of all sessions differ from the protocol, where a session is not told otherwise. */
  readonly profile?: Profile;
  /** Aborting it stops the runtime. */
  readonly signal?: AbortSignalLike;
  /** Checks the session's invariants after every commit. For tests; costs time in proportion to the pending requests. */
  readonly checksInvariants?: boolean;
}

/** What a session stands between, and whose it is. */
export interface OpenOptions {
  readonly transportType: TransportType;
  /** Where messages for the client are written. */
  readonly client: PeerLink | ExchangeLink;
  /** Where messages for the server are written; or how to reach the server, as often as the restart policy allows. */
  readonly server: PeerLink | UpstreamConnector;
  /** For a server that is reached through a connector: `defaultRestartPolicy` unless said otherwise. */
  readonly restart?: RestartPolicy;
  /** Who the client is, where that is known. Never taken from the wire. */
  readonly principal?: string;
  /** The address that the client came in by. Sessions of different routes are never found for one another. */
  readonly route?: string;
  /** What the client's token says of it, as its door has verified it: for interceptors, and for nobody else. */
  readonly claims?: Claims;
  /** How this client and server differ from the protocol. */
  readonly profile?: Profile;
  /** How long a client that reads slowly has to take what is still written to it when the session has ended: 5 s. */
  readonly clientLingerMs?: number;
  /** Aborting it closes the session. */
  readonly signal?: AbortSignalLike;
  /** The session is over. What it throws is logged. */
  readonly onEnded?: (reason: EndReason) => void;
  /** The server reached through a connector is gone for good. */
  readonly onServerStopped?: (departure: Departure | undefined) => void;
}

/** A session that is open, or the refusal to open one. */
export type OpenResult = { readonly session: RuntimeSession } | { readonly refusal: Refusal };

/** On whose behalf something is sent or asked for: as its transport knows it, and never as the wire says it. */
export interface Sender {
  readonly principal?: string | undefined;
  readonly route?: string | undefined;
}

/** A message that a session did not take, because it is somebody else's. */
export interface NotTaken {
  /** SESSION_NOT_FOUND, as for a session that does not exist: whose it is stays untold. */
  readonly refusal: Refusal;
  /** What to write where the message came from, never to the session's own link; `undefined`: nothing in it asks. */
  readonly answer: Uint8Array | undefined;
}

/** One peer of a session, as its transport feeds it. */
export interface SessionPeer {
  /**
   * One message, without line ending, or a batch. The bytes must not change afterwards. With `from`, what somebody else sent
   * than whom the session was opened for is refused, counted and logged, and nothing of the session changes; without, the
   * transport vouches for it.
   */
  receive(message: Uint8Array, from?: Sender): NotTaken | undefined;
  /**
   * One message that is a value, and must not change afterwards. What is not JSON is made into what JSON makes of it.
   * @param aside what is said along with it: the link that it goes to finds it in `about.frame.aside`.
   * @param related the request on whose behalf a server sends it, by the id that it has there.
   */
  receiveValue(message: unknown, aside?: unknown, related?: RequestId): void;
  /**
   * Resolves when the session takes more from this peer: at once, unless what it sent before waits for a slow reader; else
   * when that is read, or when the session has ended. For whoever has no way to stop reading when the link is paused.
   */
  ready(): Promise<void>;
  /** Something too large or too broken to be handed over as a message. `bytes`: how much of it there was. */
  unreadable(fault: ReadFault, bytes: number): void;
  /** The link's `write` returned false before, and takes messages again. */
  drained(): void;
}

/** The client of a session, as its transport feeds it. */
export interface ClientPeer extends SessionPeer {
  /** The client sends nothing more. `isGone`: it does not read either. */
  closed(isGone: boolean): void;
  /** A stream to the client opened or closed; an open one counts as activity. */
  attached(hasOpenStream: boolean): void;
  /** One message that is read already, or what is wrong with it and how many bytes it had; of an exchange. */
  receiveRead(read: Frame | ReadFault, bytes: number, exchange: Exchange): void;
  /** The client gave up an exchange: it does not read what would still be sent in it. */
  exchangeClosed(exchange: Exchange): void;
  /** Its readers have left too much unread (true), or have taken it by now. */
  pressed(isFull: boolean): void;
  /** What the link had accepted for the client at large has found no stream: a question in it is settled, as nobody's. */
  undeliverable(about: Delivery): void;
  /** The client asked for the end of its session: what waits is settled with an error. */
  ends(): void;
  /** The revision that the peers agreed on, as spelled on the wire; none before that. */
  readonly revision: string | undefined;
  /** Several messages in one array may be taken apart (R14). */
  readonly acceptsBatches: boolean;
  /** The server has said which revisions it speaks, and this is none of them: a request in it is refused (2026-07-28). */
  refusesRevision(revision: string): boolean;
}

/** The server of a session, as its transport feeds it. With a connector the runtime does that itself. */
export interface ServerPeer extends SessionPeer {
  /** A message that the link had taken did not reach the server, or a request will get no answer. */
  failed(about: Delivery, failure: DeliveryFailure): void;
  /** The connection to the server is lost for good. Only for sessions opened with a plain link. */
  closed(): void;
}

/**
 * An open session in the hands of whoever opened it. When it has ended, what is asked of it does nothing, and a
 * request that is handed to it is answered with SESSION_NOT_FOUND.
 */
export interface RuntimeSession {
  readonly id: string;
  readonly client: ClientPeer;
  readonly server: ServerPeer;
  /** A deep copy; see SessionSnapshot for its version. */
  snapshot(): SessionSnapshot;
  /** What interceptors are told about the session, read when it is asked for. */
  metadata(): SessionMetadata;
  /** Ends the session now; what waits is settled with an error. */
  close(): void;
  /** Takes no new requests; ends when the last one has its outcome, or at the drain deadline. */
  drain(): void;
  /**
   * Sets or removes a label, shown among the tags. One that is longer than `labelCharactersMax`, or one more than
   * `labelsPerSession`, is not set: it is counted as `refusedLabels` and logged.
   */
  label(label: string, isSet: boolean): void;
  /** Makes something go wrong on purpose, as the fault of an interceptor does, to see how its peers take it. */
  inject(fault: Fault): void;
}

/** All sessions of a process, or of a part of it, with the limits that they share. `createRuntime` makes one. */
export interface Runtime {
  /** The clock that all of it runs on. */
  readonly clock: Clock;
  /**
   * Opens a session. A refusal is a value: TOO_MANY_SESSIONS, or DRAINING from a runtime that drains or has stopped.
   * @throws LocalError ABORTED
   */
  open(options: OpenOptions): OpenResult;
  /** Tells the observer what happens from now on. Returns how to stop that. What it throws is logged. */
  observe(observer: Observer): () => void;
  /**
   * The open session with this id, if it was opened for the same principal and route; without `from`, if it was opened for
   * nobody and without route. A snapshot says whose its session is, so it can stand for `from`.
   */
  session(id: string, from?: Sender): RuntimeSession | undefined;
  /** Snapshots of the open sessions, in the order in which they opened. */
  sessions(): IterableIterator<SessionSnapshot>;
  totals(): TotalsSnapshot;
  /**
   * What the runtime holds, and what of it should not be there, or is missing: sessions, servers, timers, budgets. One look; without
   * leaks `drift` is empty, whatever goes on. Costs a walk over everything that waits. Not to be called from within an interceptor or
   * an observer, where an event is half done.
   */
  audit(): RuntimeAudit;
  /** The limits that hold now, a copy. */
  readonly limits: Limits;
  /**
   * Changes limits while sessions are open. How many sessions, requests, questions, streams, held frames, subscriptions and
   * labels there may be holds at once, for open sessions too; what is there above a lowered limit stays until it is over.
   * `bufferPauseBytes`, `bufferBytesMax`, `tombstonesPerSession` and `tasksPerSession` hold for sessions that open from now on.
   * `frameBytesMax` holds at once for messages that come as values; for bytes it is held by their transport, which was given it
   * when it was made.
   * @throws LocalError INVALID_OPTION, which names the limit and what is allowed; then nothing is changed.
   */
  setLimits(limits: Partial<Limits>): void;
  /**
   * Changes times while sessions are open. They hold at once, for open sessions too: for requests that come from now on, for
   * drains, recoveries and decisions that begin from now on, and for how long a session may be idle and may last. Requests that
   * wait keep the deadlines that they were given.
   * @throws LocalError INVALID_OPTION, which names the time and what is allowed; then nothing is changed.
   */
  setTimes(times: Partial<Times>): void;
  /**
   * Replaces what sessions have while tags hold on them, in open sessions too, and holds as limits and times do that were
   * changed: from the next message on, and requests that wait keep the deadlines that they were given.
   * @throws LocalError INVALID_OPTION, which names what is wrong; then nothing is changed.
   */
  setTagSettings(settings: TagSettings): void;
  /** No new sessions, no new requests; resolves when every session has finished what was under way or hit its deadline. */
  drain(): Promise<void>;
  /** Ends every session now, in slices; resolves when none is left. */
  stop(): Promise<void>;
}
