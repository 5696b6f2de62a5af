/**
 * One session as its HTTP client reaches it: the exchanges that are under way, and the streams that it may come back to. Each
 * message goes on one of them (R17). Adds up what its client has not taken, and says when that is too much. Knows which way a
 * message goes, and nothing of what it says.
 */

import type { Delivery, DeliveryResult, ExchangeLink } from '../ports.ts';
import type { ClientPeer, RuntimeSession } from '../runtime/api.ts';
import type { BufferedBytes } from '../session/buffered-bytes.ts';
import type { Outcome } from '../session/outcomes.ts';
import type { Exchange, PendingEntry } from '../session/pending.ts';
import type { FrontResponse } from './http-messages.ts';
import type { EventStream } from './http-event-stream.ts';
import { ExchangeList } from './http-exchange-list.ts';
import { type ExchangeHome, type ExchangeSurroundings, HttpExchange, type ResumableStream } from './http-exchange.ts';
import type { HttpSessionKind, HttpVisitor } from './http-front-options.ts';
import { Intake } from './http-intake.ts';
import {
  SessionStreams,
  type StreamOpening,
  type StreamsHome,
  type StreamsSurroundings,
} from './http-session-streams.ts';

export interface SessionSurroundings extends ExchangeSurroundings, StreamsSurroundings {
  readonly bufferPauseBytes: number;
  readonly bufferBytesMax: number;
  /** What waits in other sessions, too. */
  readonly buffers: BufferedBytes;
}

export class HttpSession implements ExchangeLink, ExchangeHome, StreamsHome {
  readonly kind: HttpSessionKind;
  readonly visitor: HttpVisitor;
  /** Of a logical session, the revision of its exchanges. */
  readonly revision: string;
  isOver = false;
  readonly intake: Intake;
  readonly #surroundings: SessionSurroundings;
  readonly #onOver: (session: HttpSession) => void;
  readonly #life: number;
  #session: RuntimeSession | undefined = undefined;
  readonly #exchanges = new ExchangeList();
  /** Of a legacy session that was said something in a stream. */
  #streams: SessionStreams | undefined = undefined;
  #hasFailed = false;
  #waiting = 0;
  #isPressing = false;

  /** @param life how often it was opened again, after other nodes had it. */
  constructor(
    kind: HttpSessionKind,
    visitor: HttpVisitor,
    revision: string,
    surroundings: SessionSurroundings,
    onOver: (session: HttpSession) => void,
    life = 0,
  ) {
    this.kind = kind;
    this.visitor = visitor;
    this.revision = revision;
    this.#surroundings = surroundings;
    this.intake = new Intake(surroundings);
    this.#onOver = onOver;
    this.#life = life;
  }

  /** The session that it is the client's side of; before anything else is asked of it. */
  begins(session: RuntimeSession): void {
    this.#session = session;
  }

  get hasBegun(): boolean {
    return this.#session !== undefined;
  }

  get sessionId(): string {
    return this.#runtimeSession.id;
  }

  get client(): ClientPeer {
    return this.#runtimeSession.client;
  }

  get #runtimeSession(): RuntimeSession {
    if (this.#session === undefined) throw new Error('A session was used before it was opened');
    return this.#session;
  }

  // --- exchanges ------------------------------------------------------------------------------------------------------

  exchangeBegins(exchange: HttpExchange): void {
    this.#exchanges.add(exchange);
  }

  exchangeOver(exchange: HttpExchange): void {
    this.#exchanges.remove(exchange);
    if (this.#hasFailed) this.openingFailed(exchange);
  }

  clientLeft(exchange: HttpExchange): void {
    if (!this.isOver && exchange.waiting.length > 0) this.client.exchangeClosed(exchange);
  }

  /** Others may have been faster to ask than their server to say that it is none: they hear that first. */
  openingFailed(exchange: HttpExchange): void {
    this.#hasFailed = true;
    queueMicrotask(() => {
      if (!this.isOver && !this.#exchanges.hasOthers(exchange)) this.client.ends();
    });
  }

  resumable(stream: EventStream, idToken: string | undefined): ResumableStream | undefined {
    return this.kind === 'logical' ? undefined : this.#ownStreams().open(stream, idToken);
  }

  // --- what the session says --------------------------------------------------------------------------------------------

  deliver(message: readonly Uint8Array[], about: Delivery): DeliveryResult {
    const exchange = about.type === 'cancel' ? about.entry.exchange : about.exchange;
    const isAnswer = about.type === 'send' && about.kind === 'response';
    const result = exchange instanceof HttpExchange ? exchange.deliver(message, about) : 'closed';
    if (result !== 'closed' || (isAnswer && exchange !== undefined)) return result;
    return this.kind === 'logical' || isAnswer ? 'nowhere' : this.#ownStreams().sayAtLarge(message, about);
  }

  settled({ exchange }: PendingEntry, outcome: Outcome): void {
    if (outcome === 'cancelled' && exchange instanceof HttpExchange) exchange.cancelled();
  }

  parted(exchange: Exchange): void {
    if (exchange instanceof HttpExchange) exchange.letGo();
  }

  pause(isPaused: boolean): void {
    this.intake.pause(isPaused);
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const exchange of this.#exchanges.takeAll()) exchange.abandon();
    this.#streams?.close();
    this.#onOver(this);
    this.intake.close();
  }

  // --- streams that the client opens --------------------------------------------------------------------------------------

  openStandalone(response: FrontResponse): StreamOpening {
    return this.#ownStreams().openStandalone(response);
  }

  resume(response: FrontResponse, lastEventId: string): StreamOpening {
    return this.#ownStreams().resume(response, lastEventId);
  }

  attached(hasOpenStream: boolean): void {
    if (!this.isOver) this.client.attached(hasOpenStream);
  }

  undeliverable(about: Delivery): void {
    if (!this.isOver) this.client.undeliverable(about);
  }

  #ownStreams(): SessionStreams {
    return (this.#streams ??= new SessionStreams(this, this.#surroundings, this.#life));
  }

  // --- back-pressure --------------------------------------------------------------------------------------------------------

  isFull(stream: EventStream, bytes: number): boolean {
    if (stream.waiting === 0) return false;
    const { bufferBytesMax, buffers } = this.#surroundings;
    return this.#waiting + bytes > bufferBytesMax || !buffers.hasRoomFor(this.#waiting, bytes);
  }

  waiting(bytes: number): void {
    this.#waiting += bytes;
    const { bufferPauseBytes, buffers } = this.#surroundings;
    buffers.add(bytes);
    const pauseAt = buffers.pauseAt(bufferPauseBytes);
    const isPressing = this.#isPressing ? this.#waiting > pauseAt / 2 : this.#waiting >= pauseAt;
    if (isPressing === this.#isPressing || this.isOver) return;
    this.#isPressing = isPressing;
    this.client.pressed(isPressing);
  }
}
