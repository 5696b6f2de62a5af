/**
 * One POST with requests in it, and its answer: one JSON text when the only thing to say is the answer to its only request, and
 * a stream of events otherwise. Each request ends it in one way or another, so that no POST stays open (R9). Knows its client's
 * side alone: what happens to the requests is the session's.
 */

import type { Delivery, DeliveryResult } from '../ports.ts';
import { encodeSseEvent, encodeSsePriming } from '../protocol/sse-write.ts';
import { modernStatusOf } from '../protocol/http-headers.ts';
import { ownMember } from '../protocol/derive.ts';
import { decodeText } from '../protocol/text.ts';
import { refusal } from '../errors.ts';
import type { SendEffect } from '../session/effects.ts';
import { Exchange } from '../session/pending.ts';
import { joinBytes } from './join-bytes.ts';
import type { Due, FixedDelay } from './fixed-delay.ts';
import { addRetryAfter, refuse } from './http-answers.ts';
import { EventStream, type EventStreamSurroundings } from './http-event-stream.ts';
import type { HttpVisitor } from './http-front-options.ts';
import { headerIn, headersBeginning } from './http-header-fields.ts';
import type { FrontRequest, FrontResponse, HeaderList, ResponseOwner } from './http-messages.ts';
import { Outflow, type OutflowMeter } from './http-outflow.ts';

/** A stream that its client may come back to. */
export interface ResumableStream {
  /** Says one message on it, or keeps it until the client is back. */
  say(message: readonly Uint8Array[]): DeliveryResult;
  /** A new event id on it, for an event that says nothing. */
  mark(): string;
  /** This response does not carry it any more. */
  leave(stream: EventStream): void;
  /** Everything was said. */
  end(): void;
}

/** The session as its exchanges see it. */
export interface ExchangeHome extends OutflowMeter {
  readonly sessionId: string;
  /** A stream that can be resumed, carried by this response for now; undefined where there is no resuming. */
  /** @param idToken of the one request in the exchange, as JSON text. */
  resumable(stream: EventStream, idToken: string | undefined): ResumableStream | undefined;
  /** There is no room for so many bytes more on this stream. */
  isFull(stream: EventStream, bytes: number): boolean;
  /** The client does not read any more what is said in the exchange. */
  clientLeft(exchange: HttpExchange): void;
  /** Everything was said in it, or nobody is there to hear it. */
  exchangeOver(exchange: HttpExchange): void;
  /** What the session was opened for did not come about. */
  openingFailed(exchange: HttpExchange): void;
}

export interface ExchangeSurroundings extends EventStreamSurroundings {
  /** After so long without a word, a stream is opened. */
  readonly quiet: FixedDelay;
  readonly retryMs: number;
}

/** Who asks, and where the answer goes. */
export interface ExchangeAsked {
  readonly request: FrontRequest;
  readonly response: FrontResponse;
  readonly visitor: Pick<HttpVisitor, 'ownHeaders' | 'claims'>;
}

export interface ExchangeFacts {
  readonly isModern: boolean;
  /** The session was opened for it, and is none when it is answered with an error. */
  readonly isOpening: boolean;
  /** Its answer says the id of the session, unless it is an error. */
  readonly saysSession: boolean;
  /** Its client wants a stream, whatever there is to say. */
  readonly prefersEvents: boolean;
  /** Its client understands an event without message (2025-11-25), after which it can resume. */
  readonly takesPriming: boolean;
  /** Of its one request, as JSON text. */
  readonly idToken: string | undefined;
}

/** An answer of so many bytes is joined into one piece with its headers; larger ones are written piece by piece. */
const joinedBytesMax = 16 * 1024;

export class HttpExchange extends Exchange implements Due, ResponseOwner {
  dueAt = Infinity;
  duePrevious: Due | undefined = undefined;
  dueNext: Due | undefined = undefined;
  /** Its neighbours among those of its session; see ExchangeList. */
  listPrevious: HttpExchange | undefined = undefined;
  listNext: HttpExchange | undefined = undefined;
  readonly #home: ExchangeHome;
  readonly #facts: ExchangeFacts;
  readonly #surroundings: ExchangeSurroundings;
  /** None once everything was said, or the client is gone. */
  #response: FrontResponse | undefined;
  /** Answers that are still to come. */
  #expected: number;
  #stream: EventStream | undefined = undefined;
  #resumable: ResumableStream | undefined = undefined;
  #isOver = false;

  constructor(
    { request, response, visitor }: ExchangeAsked,
    expected: number,
    facts: ExchangeFacts,
    home: ExchangeHome,
    surroundings: ExchangeSurroundings,
  ) {
    // Of the request its headers alone are kept: a session refers to an exchange for longer than that is under way.
    const { rawHeaders } = request;
    const { ownHeaders, claims } = visitor;
    super(
      (name) => (ownHeaders?.has(name) === true ? undefined : headerIn(rawHeaders, name)),
      (prefix) => headersBeginning(rawHeaders, prefix),
      claims,
    );
    this.#home = home;
    this.#facts = facts;
    this.#surroundings = surroundings;
    this.#response = response;
    this.#expected = expected;
    response.owner = this;
  }

  /** Its messages are about to be handed to the session. */
  begins(): void {
    if (this.#expected === 0) return;
    if (this.#facts.prefersEvents) this.fallsDue();
    else this.#surroundings.quiet.add(this);
  }

  /** There were no requests in it. */
  needsNoAnswer(): void {
    this.#isOver = true;
    if (this.#response !== undefined) this.#response.owner = undefined;
    this.#response = undefined;
    this.#home.exchangeOver(this);
  }

  // --- what the session says ----------------------------------------------------------------------------------------

  /** `closed`: it cannot be said here any more. */
  deliver(message: readonly Uint8Array[], about: Delivery): DeliveryResult {
    if (this.#isOver) return 'closed';
    if (about.type === 'cancel' || about.kind !== 'response') {
      this.#openStream();
      return this.#say(message);
    }
    this.#expected--;
    const isLast = this.#expected === 0;
    if (this.#stream === undefined && isLast && this.#response !== undefined) {
      this.#answer(this.#response, message, about);
      return 'accepted';
    }
    this.#openStream();
    const result = this.#say(message);
    if (this.#facts.isOpening && isErrorAnswer(about)) this.#home.openingFailed(this);
    if (isLast) this.#finish();
    return result;
  }

  /** One of its requests was cancelled: no answer comes. What the same event has to say besides is said first. */
  cancelled(): void {
    this.#expected--;
    if (this.#expected <= 0) queueMicrotask(() => this.#finish());
  }

  /** A client that can come back is let go; what is still to be said waits for it. */
  letGo(): void {
    const stream = this.#stream;
    const response = this.#response;
    if (stream === undefined || response === undefined || this.#resumable === undefined) return;
    if (!this.#facts.takesPriming) return;
    this.#response = undefined;
    response.owner = undefined;
    this.#resumable.leave(stream);
    stream.end();
  }

  /** The session is over. */
  abandon(): void {
    const response = this.#response;
    if (this.#stream === undefined && response !== undefined && !this.#isOver) {
      response.owner = undefined;
      refuse(response, refusal('SESSION_NOT_FOUND', { reason: 'ended' }));
      this.#response = undefined;
    }
    this.#finish();
  }

  // --- what happens to its response -----------------------------------------------------------------------------------

  /** It has waited long for its answer: a stream shows that it is being worked on, and can be resumed. */
  fallsDue(): void {
    this.#openStream();
    this.#stream?.flush();
  }

  /** A client that shook hands and left does not know its session's id: nobody will ever name it. */
  responseClosed(): void {
    this.#surroundings.quiet.remove(this);
    const stream = this.#stream;
    this.#response = undefined;
    if (stream === undefined) {
      if (this.#facts.isOpening) this.#home.openingFailed(this);
    } else {
      this.#resumable?.leave(stream);
      stream.closed();
    }
    this.#home.clientLeft(this);
  }

  #openStream(): void {
    const response = this.#response;
    if (this.#stream !== undefined || response === undefined) return;
    this.#surroundings.quiet.remove(this);
    const headers: HeaderList = this.#facts.saysSession ? ['Mcp-Session-Id', this.#home.sessionId] : [];
    const stream = new EventStream(response, headers, this.#home, this.#surroundings);
    this.#stream = stream;
    this.#resumable = this.#home.resumable(stream, this.#facts.idToken);
    if (this.#resumable === undefined || !this.#facts.takesPriming) return;
    stream.write(encodeSsePriming(this.#resumable.mark(), this.#surroundings.retryMs));
  }

  #say(message: readonly Uint8Array[]): DeliveryResult {
    if (this.#resumable !== undefined) return this.#resumable.say(message);
    const stream = this.#stream;
    if (stream === undefined || this.#response === undefined) return 'closed';
    const event = joinBytes(encodeSseEvent(message, undefined));
    if (this.#home.isFull(stream, event.length)) return 'full';
    stream.write(event);
    return 'accepted';
  }

  #answer(response: FrontResponse, message: readonly Uint8Array[], about: SendEffect): void {
    this.#surroundings.quiet.remove(this);
    this.#isOver = true;
    this.#response = undefined;
    response.owner = undefined;
    const status = statusOf(about, this.#facts.isModern);
    let length = 0;
    for (const part of message) length += part.length;
    const headers: HeaderList = ['Content-Type', 'application/json', 'Content-Length', String(length)];
    if (status !== 200) addRetryAfter(headers, status);
    if (this.challenge !== undefined && (status === 401 || status === 403)) {
      headers.push('WWW-Authenticate', this.challenge);
    }
    if (this.#facts.isOpening && isErrorAnswer(about)) this.#home.openingFailed(this);
    else if (this.#facts.saysSession) headers.push('Mcp-Session-Id', this.#home.sessionId);
    response.begin(status, headers);
    if (length <= joinedBytesMax) response.endShort(message);
    else this.#endLarge(response, message);
    this.#home.exchangeOver(this);
  }

  #endLarge(response: FrontResponse, message: readonly Uint8Array[]): void {
    for (const part of message) response.write(part);
    response.end();
    const outflow = new Outflow(response, this.#home, this.#surroundings.patienceMs);
    response.owner = outflow;
    outflow.wrote();
  }

  /** Everything was said; where nothing was, an empty stream says so. */
  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#surroundings.quiet.remove(this);
    const response = this.#response;
    this.#response = undefined;
    if (this.#resumable !== undefined) this.#resumable.end();
    else if (this.#stream !== undefined) this.#stream.end();
    else if (response !== undefined) new EventStream(response, [], this.#home, this.#surroundings).end();
    this.#home.exchangeOver(this);
  }
}

/** The peer answered with an error, or we do in our own name; a mocked result counts as none. */
function isErrorAnswer({ frame, status }: SendEffect): boolean {
  return frame === undefined ? status !== 0 : frame.envelope.isError;
}

/** What a modern client is told by the status of an error that its server has found before doing anything. */
function statusOf(about: SendEffect, isModern: boolean): number {
  if (about.status !== 0) return about.status;
  if (!isModern || !isErrorAnswer(about)) return 200;
  return modernStatusOf(errorCodeOf(about.message));
}

function errorCodeOf(message: readonly Uint8Array[]): number {
  const code = ownMember(ownMember(JSON.parse(decodeText(joinBytes(message))), 'error'), 'code');
  return typeof code === 'number' ? code : 0;
}
