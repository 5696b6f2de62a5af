/**
 * Reaches a server over HTTP with server-sent events (2024-11-05): one stream brings everything that the server says, and
 * names the place where messages are posted. The stream is the connection: when it ends, the server is lost.
 */

import type { Delivery, TimerHandle, UpstreamConnector, UpstreamEvents, UpstreamLink } from '../ports.ts';
import { readInitializeResult } from '../protocol/bodies.ts';
import type { SseEvent } from '../protocol/sse-read.ts';
import { decodeText } from '../protocol/text.ts';
import type { PendingEntry } from '../session/pending.ts';
import type { Departure } from '../session/upstream.ts';
import type { HttpConnectorOptions } from './http-connector.ts';
import { failureText, isUnsendable } from './http-failure.ts';
import { HttpMessageHeaders } from './http-message-headers.ts';
import { type Departing, type DepartureKind, Departures } from './http-order.ts';
import { readRefusal } from './http-refusal.ts';
import { HttpRequests } from './http-requests.ts';
import type { HttpResponse, ResponseHead, ResponseListener } from './http-response.ts';
import { isSessionLost } from './http-session-loss.ts';
import { type HttpTarget, httpTarget } from './http-target.ts';

/** How long the server may take to name the place for messages. */
const endpointMs = 10_000;
/** How long a message that the server does not take holds up those behind it. */
const noteMs = 5000;
/** How long the last messages may take when the session is over. */
const lastNotesMs = 1000;
/** Bytes that have not left from which `write` returns false. */
const waitingBytesMax = 1024 * 1024;
const departureLimits = { callsMax: 128, callBytesMax: 16 * 1024 * 1024 };

/** What all links of a connector share. */
interface Surroundings extends HttpConnectorOptions {
  readonly target: HttpTarget;
  isReached: boolean;
}

/** @throws RangeError with the sentence of `httpProblem`. */
export function sseConnector(options: HttpConnectorOptions): UpstreamConnector {
  const surroundings: Surroundings = {
    ...options,
    target: httpTarget(options.url, options.headers),
    isReached: false,
  };
  return { connect: (events) => new SseLink(surroundings, events) };
}

class SseLink implements UpstreamLink {
  readonly #surroundings: Surroundings;
  readonly #events: UpstreamEvents;
  readonly #requests: HttpRequests;
  readonly #headers: HttpMessageHeaders;
  readonly #departures = new Departures<SsePost>(departureLimits);
  readonly #endpointTimer: TimerHandle;
  /** Requests that have not left. */
  readonly #waiting = new Map<PendingEntry, SsePost>();
  /** Where messages go; none until the server has said it. */
  #path: string | undefined;
  #handshake: PendingEntry | undefined;
  #posts = 0;
  #onTheirWay = 0;
  #state: 'open' | 'closing' | 'over' = 'open';
  #isFull = false;
  #noteTimer: TimerHandle = undefined;
  #closingTimer: TimerHandle = undefined;

  constructor(surroundings: Surroundings, events: UpstreamEvents) {
    const { agent, target, frameBytesMax, clock, tracesRequests } = surroundings;
    this.#surroundings = surroundings;
    this.#events = events;
    this.#headers = new HttpMessageHeaders(target.headers, undefined, tracesRequests);
    this.#requests = new HttpRequests(agent, target, { messageBytesMax: frameBytesMax });
    this.#endpointTimer = clock.setTimeout(
      () => this.#lose(`${target.shown} named no place for messages in ${endpointMs} ms`),
      endpointMs,
    );
    const headers = this.#headers.ofStream(undefined);
    this.#requests.send('streams', { method: 'GET', headers, body: null }, this.#streamListener());
  }

  write(message: readonly Uint8Array[], about: Delivery): boolean {
    if (this.#state !== 'open') return true;
    const waiting = about.type === 'cancel' ? this.#waiting.get(about.entry) : undefined;
    if (waiting !== undefined) {
      this.#departures.withdraw(waiting);
      this.#waiting.delete(waiting.about.entry!);
      return !this.#isFull;
    }
    if (about.type === 'send' && about.entry?.method === 'initialize') this.#handshake = about.entry;
    const post = new SsePost(++this.#posts, Buffer.concat(message), about, () => this.#post(post));
    // A cancellation overtakes what waits for its turn.
    if (about.type === 'cancel') post.leave();
    else {
      if (about.entry !== undefined) this.#waiting.set(about.entry, post);
      this.#departures.add(post);
    }
    this.#watchNote();
    this.#isFull ||= this.#departures.waitingBytes > waitingBytesMax;
    return !this.#isFull;
  }

  pause(isPaused: boolean): void {
    this.#requests.pause(isPaused);
  }

  /** What is under way may still be answered on the stream; then the session closes it. */
  closeInput(): void {}

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    if (this.#path === undefined) this.#departures.takeAll();
    this.#departures.dropCalls();
    if (this.#isQuiet) queueMicrotask(() => this.#conclude(closed));
    else this.#closingTimer = this.#surroundings.clock.setTimeout(() => this.#conclude(closed), lastNotesMs);
  }

  get #isQuiet(): boolean {
    return this.#onTheirWay === 0 && this.#departures.waiting === 0;
  }

  // --- the stream -------------------------------------------------------------------------------------------------

  #streamListener(): ResponseListener {
    const { target } = this.#surroundings;
    return {
      head: () => {},
      event: (event) => this.#take(event),
      oversize: (fault, bytes) => {
        if (this.#state === 'open') this.#events.unreadable(fault, bytes);
      },
      ended: (head, body) => {
        if (body === undefined) this.#lose(`${target.shown} ended its stream`);
        else if (body === 'too-large') this.#lose(`${target.shown} answered with no event stream`);
        else if (head.status < 300) this.#lose(`${target.shown} answered HTTP ${head.status} with no event stream`);
        else this.#lose(readRefusal(head, body).reason);
      },
      failed: (error) => this.#lose(failureText(error, target.shown)),
    };
  }

  #take({ event, data }: SseEvent): void {
    if (data === undefined || data.length === 0 || this.#state !== 'open') return;
    if (event === 'endpoint') this.#learnEndpoint(decodeText(data));
    else if (event === '') this.#hear(data);
  }

  /** Its own origin only: whoever answers there is sent everything, credentials included. */
  #learnEndpoint(text: string): void {
    if (this.#path !== undefined) return;
    const { target, clock } = this.#surroundings;
    const base = `${target.origin}${target.path}`;
    const endpoint = URL.canParse(text, base) ? new URL(text, base) : undefined;
    if (endpoint?.origin !== target.origin) {
      this.#lose(`${target.shown} names a place for messages that is not its own`);
      return;
    }
    clock.clearTimeout(this.#endpointTimer);
    this.#surroundings.isReached = true;
    this.#path = `${endpoint.pathname}${endpoint.search}`;
    this.#events.ready();
  }

  #hear(data: Uint8Array): void {
    if (this.#handshake !== undefined) {
      const version = readInitializeResult(data)?.protocolVersion;
      if (version !== undefined) {
        this.#headers.negotiated(version);
        this.#handshake = undefined;
      }
    }
    this.#events.message(data);
  }

  // --- messages -----------------------------------------------------------------------------------------------------

  #post(post: SsePost): void {
    this.#onTheirWay += 1;
    const { about, body } = post;
    if (about.entry !== undefined) this.#waiting.delete(about.entry);
    let response: HttpResponse | undefined;
    const arrived = (): void => {
      if (response === undefined) return;
      response = undefined;
      this.#arrived(post);
    };
    response = this.#requests.send(
      'notes',
      { method: 'POST', headers: this.#headers.ofMessage(about), body, path: this.#path! },
      {
        head: ({ status }) => {
          if (status < 300) arrived();
        },
        ended: (head, refused) => {
          if (head.status >= 300) this.#refused(about, head, refused);
          arrived();
        },
        failed: (error, wasStarted) => {
          this.#failed(about, error, wasStarted);
          arrived();
        },
      },
    );
  }

  #arrived(post: SsePost): void {
    this.#onTheirWay -= 1;
    if (post.about.type === 'send') this.#departures.arrived(post);
    this.#watchNote();
    if (this.#state === 'closing' && this.#isQuiet) this.#conclude(closed);
    if (!this.#isFull || this.#departures.waitingBytes > waitingBytesMax / 2) return;
    this.#isFull = false;
    queueMicrotask(() => {
      if (this.#state === 'open') this.#events.drained();
    });
  }

  #refused(about: Delivery, head: ResponseHead, body: Uint8Array | 'too-large' | undefined): void {
    if (this.#state !== 'open') return;
    const refusal = readRefusal(head, body instanceof Uint8Array ? body : new Uint8Array(0));
    const { reason, status } = refusal;
    if ((this.#surroundings.isSessionLost ?? isSessionLost)(refusal)) {
      this.#events.failed(about, { cause: 'unsent', reason, status });
      this.#lose(reason, 'session-lost');
    } else this.#events.failed(about, { cause: 'unanswered', reason, status });
  }

  #failed(about: Delivery, error: Error, wasStarted: boolean): void {
    if (this.#state !== 'open') return;
    const reason = failureText(error, this.#surroundings.target.shown);
    if (wasStarted || isUnsendable(error)) this.#events.failed(about, { cause: 'unanswered', reason, status: 0 });
    else {
      this.#events.failed(about, { cause: 'unsent', reason, status: 0 });
      this.#lose(reason);
    }
  }

  #watchNote(): void {
    const { clock } = this.#surroundings;
    if (!this.#departures.isHeldUp) {
      clock.clearTimeout(this.#noteTimer);
      this.#noteTimer = undefined;
      return;
    }
    this.#noteTimer ??= clock.setTimeout(() => {
      this.#noteTimer = undefined;
      this.#departures.passNote();
      this.#watchNote();
    }, noteMs);
  }

  // --- the end ------------------------------------------------------------------------------------------------------

  /** What has not left is told to be unsent, in its order, before the loss is. */
  #lose(detail: string, reason?: Departure['reason']): void {
    if (this.#state !== 'open') {
      if (this.#state === 'closing') this.#conclude(closed);
      return;
    }
    const { log, target, isReached } = this.#surroundings;
    const why = reason ?? (isReached ? 'connection-lost' : 'unreachable');
    log?.info({ server: target.shown, reason: why, detail }, 'the server is lost');
    const unsent = this.#departures.takeAll();
    this.#state = 'closing';
    for (const { about } of unsent) this.#events.failed(about, { cause: 'unsent', reason: detail, status: 0 });
    this.#conclude({ ...closed, reason: why, detail });
  }

  #conclude(departure: Departure): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    const { clock } = this.#surroundings;
    for (const timer of [this.#endpointTimer, this.#noteTimer, this.#closingTimer]) clock.clearTimeout(timer);
    this.#requests.abortAll();
    this.#events.lost(departure);
  }
}

const closed: Departure = { reason: 'closed', exitCode: null, signal: null, lastStderr: [] };

/** A message on its way. That it was taken is all that its response says; the answer comes on the stream. */
class SsePost implements Departing {
  readonly number: number;
  readonly body: Buffer;
  readonly about: Delivery;
  readonly departs: DepartureKind;
  readonly leave: () => void;

  constructor(number: number, body: Buffer, about: Delivery, leave: () => void) {
    this.number = number;
    this.body = body;
    this.about = about;
    this.leave = leave;
    // What comes behind the handshake is not to overtake it.
    const isCall = about.type === 'send' && about.kind === 'request' && about.entry?.method !== 'initialize';
    this.departs = isCall ? 'call' : 'notification';
  }

  get bytes(): number {
    return this.body.length;
  }
}
