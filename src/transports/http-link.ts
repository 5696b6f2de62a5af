/**
 * One session with a server over streamable HTTP: each message in a POST of its own, what the server says in the responses.
 * Decides what the end of each of them means for its message and for the session on the server; when the server is reached
 * again is decided by the upstream chart.
 */

import type { Clock, Delivery, Log, ServerSession, TimerHandle, UpstreamEvents, UpstreamLink } from '../ports.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { CancelEffect } from '../session/effects.ts';
import type { PendingEntry, Via } from '../session/pending.ts';
import type { Departure } from '../session/upstream.ts';
import type { HttpAgent } from './http-agent.ts';
import { failureText, isUnsendable } from './http-failure.ts';
import { HttpMessageHeaders, type ListedTools } from './http-message-headers.ts';
import { Departures } from './http-order.ts';
import { Post, type PostEnd, type PostOffice } from './http-post.ts';
import { HttpRequests } from './http-requests.ts';
import { ServerStream } from './http-server-stream.ts';
import { type RefusedMessage, isSessionLost } from './http-session-loss.ts';
import type { HttpTarget } from './http-target.ts';

export interface HttpLinkOptions {
  /** Shared with the other sessions of the process. */
  readonly agent: HttpAgent;
  readonly clock: Clock;
  readonly frameBytesMax: number;
  /** A request is sent under the trace that its message names. */
  readonly tracesRequests?: boolean;
  readonly log?: Log;
  /** Which refusals of a server say that it does not know our session; the usual ones unless told. */
  readonly isSessionLost?: (refused: RefusedMessage) => boolean;
}

/** What is known of a server by all who have a session with it. */
export interface HttpServer extends ListedTools {
  readonly target: HttpTarget;
  /** It has answered once: from then on it is away when it does not, and not missing. */
  isReached: boolean;
}

/** What there was before a link. */
export interface LinkBefore {
  /** A session that the server has begun for a link of another process. */
  readonly goesOnWith?: ServerSession;
  /** Of the link of this session that was lost. */
  readonly heritage?: unknown;
}

/** Half of the connections at most: one session does not keep all others waiting. */
const callsPerSessionMax = 128;
const callBytesMax = 16 * 1024 * 1024;
/** Bytes that have not left from which `write` returns false. */
const waitingBytesMax = 1024 * 1024;
/** How long a note holds up what was written after it. */
const noteMs = 5000;
/** How long calls wait for the server's stream to open. */
const streamMs = 1000;
/** How long a lost session waits for the fate of its other messages, so that more of them can be sent again. */
const lossMs = 250;
/** How often responses are looked for that stay open though nobody waits for them. */
const sweepMs = 5000;
/** How long the end of a session may take: its last notes, and then the word to the server. */
const lastNotesMs = 1000;
const farewellMs = 2000;

/** A session that is lost, until it is known which of its messages the server has not seen. */
interface Loss {
  readonly departure: Departure;
  readonly reason: string;
  readonly status: number;
  readonly unsent: Post[];
  readonly timer: TimerHandle;
}

export class HttpLink implements UpstreamLink, PostOffice {
  readonly clock: Clock;
  readonly headers: HttpMessageHeaders;
  readonly requests: HttpRequests;
  readonly goesOn: boolean;
  readonly #options: HttpLinkOptions;
  readonly #server: HttpServer;
  readonly #onOver: () => void;
  readonly #events: UpstreamEvents;
  readonly #departures = new Departures<Post>({ callsMax: callsPerSessionMax, callBytesMax });
  readonly #calls = new Map<PendingEntry, Post>();
  #posts = 0;
  /** On their way, and the server has not begun to answer them. */
  #untaken = 0;
  #notesOnTheirWay = 0;
  #serverStream: ServerStream | undefined;
  #loss: Loss | undefined;
  #state: 'open' | 'closing' | 'over' = 'open';
  #isFull = false;
  #noteTimer: TimerHandle = undefined;
  #sweepTimer: TimerHandle = undefined;
  #closingTimer: TimerHandle = undefined;
  #isLeaving = false;

  constructor(
    options: HttpLinkOptions,
    server: HttpServer,
    events: UpstreamEvents,
    onOver: () => void,
    { goesOnWith, heritage }: LinkBefore = {},
  ) {
    const { clock, agent, frameBytesMax } = options;
    this.clock = clock;
    this.headers = new HttpMessageHeaders(server.target.headers, server, options.tracesRequests);
    this.requests = new HttpRequests(agent, server.target, { messageBytesMax: frameBytesMax });
    this.#options = options;
    this.#server = server;
    this.#onOver = onOver;
    this.#events = events;
    this.goesOn = goesOnWith !== undefined;
    if (heritage instanceof Map) this.headers.inherit(heritage as ReadonlyMap<string, string>);
    if (goesOnWith !== undefined) {
      this.headers.goOn(goesOnWith);
      // Somebody has reached it: where it does not answer, it is away.
      server.isReached = true;
    }
    queueMicrotask(() => {
      if (this.#state === 'open') events.ready();
    });
  }

  // --- what the runtime asks ----------------------------------------------------------------------------------------

  write(message: readonly Uint8Array[], about: Delivery): boolean {
    if (this.#state !== 'open') return true;
    if (about.type === 'cancel') {
      this.#cancel(message, about);
      return true;
    }
    const post = new Post(this, about, message, ++this.#posts);
    if (post.entry !== undefined) this.#calls.set(post.entry, post);
    if (this.#loss !== undefined) {
      this.#loss.unsent.push(post);
      return true;
    }
    // Clients that share what is no session wait for no notes of one another.
    if (post.entry === undefined && !this.headers.isOneClients) post.leave();
    else this.#departures.add(post);
    this.#watchNote();
    this.#isFull ||= this.#departures.waitingBytes > waitingBytesMax;
    return !this.#isFull;
  }

  pause(isPaused: boolean): void {
    this.requests.pause(isPaused);
  }

  /** A server on HTTP is told that nothing more comes by the end of its session, which follows when the rest is answered. */
  closeInput(): void {}

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#serverStream?.close();
    this.#departures.dropCalls();
    for (const post of [...this.#calls.values()]) this.#giveUp(post);
    if (this.#loss !== undefined) {
      const { departure } = this.#loss;
      queueMicrotask(() => this.#conclude(departure));
    } else if (this.#isQuiet) this.#sayFarewell();
    else this.#closingTimer = this.clock.setTimeout(() => this.#sayFarewell(), lastNotesMs);
  }

  get heritage(): ReadonlyMap<string, string> {
    return this.headers.heritage;
  }

  get serverSession(): ServerSession | undefined {
    return this.#state === 'open' && this.#loss === undefined ? this.headers.serverSession : undefined;
  }

  leave(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#serverStream?.close();
    this.#departures.dropCalls();
    for (const post of [...this.#calls.values()]) this.#giveUp(post);
    queueMicrotask(() => this.#conclude({ ...gone, reason: 'closed' }));
  }

  /** Nothing that the client said is still on its way. */
  get #isQuiet(): boolean {
    return this.#notesOnTheirWay === 0 && this.#departures.waiting === 0;
  }

  // --- what posts tell ----------------------------------------------------------------------------------------------

  isSessionLost(refused: RefusedMessage): boolean {
    return (this.#options.isSessionLost ?? isSessionLost)(refused);
  }

  reached(): void {
    this.#server.isReached = true;
  }

  parted(request: PendingEntry): void {
    this.#events.parted?.(request);
  }

  message(bytes: Uint8Array, via: Via): void {
    if (this.#state === 'open') this.#events.message(bytes, via);
  }

  unreadable(fault: ReadFault, bytes: number, via: Via): void {
    if (this.#state === 'open') this.#events.unreadable(fault, bytes, via);
  }

  left(post: Post): void {
    this.#untaken += 1;
    if (post.entry === undefined) this.#notesOnTheirWay += 1;
    else this.#watchCalls();
  }

  taken(): void {
    this.#untaken -= 1;
    this.#concludeIfDecided();
  }

  arrived(post: Post): void {
    if (post.entry === undefined) this.#notesOnTheirWay -= 1;
    if (this.#serverStream === undefined && this.#state === 'open' && this.#isReadiness(post)) {
      // What is asked next may make the server say something on its stream, which it drops where there is none yet.
      this.#openServerStream(() => {
        if (this.#state === 'open') this.#makeWay(post);
      });
    } else this.#makeWay(post);
  }

  /** Where the handshake was elsewhere, whatever the server takes first; what the client says in headers is known by then. */
  #isReadiness(post: Post): boolean {
    return this.goesOn ? post.isAccepted : isWordOfReadiness(post);
  }

  /** Nothing waits for it any longer. Comes more than once for the word that the handshake is complete. */
  #makeWay(post: Post): void {
    this.#departures.arrived(post);
    this.#watchNote();
    if (this.#state === 'closing' && this.#isQuiet) this.#sayFarewell();
    if (!this.#isFull || this.#departures.waitingBytes > waitingBytesMax / 2) return;
    this.#isFull = false;
    // Not inside a call of `write`, which may be what made room.
    queueMicrotask(() => {
      if (this.#state === 'open') this.#events.drained();
    });
  }

  ended(post: Post, end: PostEnd): void {
    if (this.#state !== 'open') return;
    const { about } = post;
    switch (end.kind) {
      case 'answered':
        this.#forget(post);
        this.#serverStream?.mayTryAgain();
        return;
      case 'unsent':
        this.#unsent(post, end.error);
        return;
      case 'session-lost': {
        const { reason, status } = end.refusal;
        if (end.isExecuted) {
          this.#forget(post);
          this.#events.failed(about, { cause: 'unanswered', reason, status });
          this.#lose('session-lost', reason, status);
        } else this.#lose('session-lost', reason, status, post);
        return;
      }
      case 'unanswered': {
        const { status, error } = end;
        const reason = error === undefined ? end.reason : this.#textOf(error);
        this.#forget(post);
        this.#events.failed(about, { cause: 'unanswered', reason, status });
        // A server that does not take the handshake that it had taken before is not back yet.
        if (post.departs === 'handshake' && post.entry?.isOwn === true) this.#lose('connection-lost', reason, status);
      }
    }
  }

  #unsent(post: Post, error: Error): void {
    const reason = this.#textOf(error);
    if (isUnsendable(error)) {
      this.#forget(post);
      this.#events.failed(post.about, { cause: 'unanswered', reason, status: 0 });
    } else this.#lose(this.#server.isReached ? 'connection-lost' : 'unreachable', reason, 0, post);
  }

  #textOf(error: Error): string {
    return failureText(error, this.#where);
  }

  // --- giving up requests -------------------------------------------------------------------------------------------

  #cancel(message: readonly Uint8Array[], about: CancelEffect): void {
    const post = this.#calls.get(about.entry);
    const hasLeft = post === undefined || post.hasStarted;
    if (post !== undefined) this.#giveUp(post);
    // In the modern era the end of the response says it (R11); before, servers never end one that is cancelled (R9).
    if (!hasLeft || about.entry.isModern || this.#loss !== undefined) return;
    // It overtakes what waits for its turn.
    new Post(this, about, message, ++this.#posts).leave();
  }

  #giveUp(post: Post): void {
    this.#forget(post);
    if (!this.#departures.withdraw(post)) post.giveUp();
  }

  #forget(post: Post): void {
    if (post.entry !== undefined && this.#calls.get(post.entry) === post) this.#calls.delete(post.entry);
  }

  // --- what must not last -------------------------------------------------------------------------------------------

  /** A note that the server does not take holds up what was written after it for a while only. */
  #watchNote(): void {
    if (!this.#departures.isHeldUp) {
      this.clock.clearTimeout(this.#noteTimer);
      this.#noteTimer = undefined;
    } else this.#noteTimer ??= this.clock.setTimeout(() => this.#passNote(), noteMs);
  }

  #passNote(): void {
    this.#noteTimer = undefined;
    this.#departures.passNote();
    this.#watchNote();
  }

  /** A response that nobody waits for any more, because its request was answered through another, is ended by us at last. */
  #watchCalls(): void {
    this.#sweepTimer ??= this.clock.setTimeout(() => this.#sweep(), sweepMs);
  }

  #sweep(): void {
    this.#sweepTimer = undefined;
    for (const post of [...this.#calls.values()]) {
      if (post.isWaiting) continue;
      if (post.isLeftOpen) this.#giveUp(post);
      post.isLeftOpen = true;
    }
    if (this.#calls.size > 0) this.#watchCalls();
  }

  // --- the session on the server ------------------------------------------------------------------------------------

  /** Once the server has taken the client's word that the handshake is complete. */
  #openServerStream(onSettled: () => void): void {
    const { clock, requests, headers } = this;
    const via: Via = { exchange: undefined, request: undefined, status: 0 };
    // A server may keep its answer to itself until it has something to say.
    const timer = clock.setTimeout(onSettled, streamMs);
    this.#serverStream = new ServerStream({
      clock,
      requests,
      headers,
      isSessionLost: (refused) => this.isSessionLost(refused),
      onReached: () => this.reached(),
      onSettled: () => {
        clock.clearTimeout(timer);
        onSettled();
      },
      onMessage: (bytes) => this.message(bytes, via),
      onOversize: (fault, bytes) => this.unreadable(fault, bytes, via),
      onSessionLost: ({ reason, status }) => this.#lose('session-lost', reason, status),
      onAbsent: (reason) => this.#options.log?.debug({ server: this.#where, reason }, 'no stream of the server'),
    });
  }

  /**
   * The session on the server is over. What the server has certainly not seen is told so before the loss is, in the order in
   * which it was written, so that it can be sent again. The fate of the rest is awaited for a moment.
   * @param post is one of those.
   */
  #lose(reason: Departure['reason'], detail: string, status: number, post?: Post): void {
    if (this.#loss === undefined) {
      this.#options.log?.info({ server: this.#where, reason, detail }, 'the session on the server is lost');
      this.#serverStream?.close();
      const departure = { ...gone, reason, detail };
      const unsent = [...this.#departures.takeAll()];
      const timer = this.clock.setTimeout(() => this.#conclude(departure), lossMs);
      this.#loss = { departure, reason: detail, status, unsent, timer };
    }
    if (post !== undefined) this.#loss.unsent.push(post);
    this.#concludeIfDecided();
  }

  #concludeIfDecided(): void {
    if (this.#state === 'open' && this.#loss !== undefined && this.#untaken === 0) this.#conclude(this.#loss.departure);
  }

  #sayFarewell(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.clock.clearTimeout(this.#closingTimer);
    this.requests.abortAll();
    const over = (): void => this.#conclude({ ...gone, reason: 'closed' });
    if (this.headers.sessionId === undefined) {
      queueMicrotask(over);
      return;
    }
    this.#closingTimer = this.clock.setTimeout(over, farewellMs);
    const request = { method: 'DELETE', headers: this.headers.ofEnd(), body: null } as const;
    // A server need not let its clients end their sessions; whatever it says, this one is over.
    this.requests.send('notes', request, { head: () => {}, ended: over, failed: over });
  }

  #conclude(departure: Departure): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#onOver();
    for (const timer of [this.#noteTimer, this.#sweepTimer, this.#closingTimer, this.#loss?.timer]) {
      this.clock.clearTimeout(timer);
    }
    const unsent = this.#loss?.unsent ?? [];
    for (const post of this.#calls.values()) post.giveUp();
    this.#calls.clear();
    this.requests.abortAll();
    for (const { about } of unsent.sort((one, other) => one.number - other.number)) {
      const { reason, status } = this.#loss!;
      this.#events.failed(about, { cause: 'unsent', reason, status });
    }
    this.#events.lost(departure);
  }

  get #where(): string {
    return this.#server.target.shown;
  }
}

const gone = { exitCode: null, signal: null, lastStderr: [] } as const;

/** The client's word that the handshake is complete, which the server has taken. */
function isWordOfReadiness({ about, isAccepted }: Post): boolean {
  return isAccepted && about.type === 'send' && about.frame?.envelope.method === 'notifications/initialized';
}
