/**
 * One session as its HTTP client reaches it: the exchanges that are under way, the stream that a legacy client opens by itself,
 * and what is kept for a client that comes back for it (R17). Each message goes on one stream; what belongs to no exchange waits
 * for a stream of its own. Knows which stream is whose, and nothing of what is said.
 */

import type { Delivery, DeliveryResult, ExchangeLink } from '../ports.ts';
import { encodeSseEvent } from '../protocol/sse-write.ts';
import type { ClientPeer, RuntimeSession } from '../runtime/api.ts';
import { LazyMap } from '../session/lazy-map.ts';
import type { Outcome } from '../session/outcomes.ts';
import type { Exchange, PendingEntry } from '../session/pending.ts';
import type { Due, FixedDelay } from './fixed-delay.ts';
import type { FrontResponse, ResponseOwner } from './http-answers.ts';
import { EventStream } from './http-event-stream.ts';
import { ExchangeList } from './http-exchange-list.ts';
import { type ExchangeHome, type ExchangeSurroundings, HttpExchange, type ResumableStream } from './http-exchange.ts';
import type { HttpSessionKind, HttpVisitor } from './http-front-options.ts';
import { type Channel, type KeptEvent, type ReplayLimits, ReplayRing, eventId, readEventId } from './http-replay.ts';

export interface SessionSurroundings extends ExchangeSurroundings {
  /** How long a question waits for the client to open a stream. */
  readonly grace: FixedDelay;
  readonly replay: ReplayLimits;
  readonly bufferPauseBytes: number;
  readonly bufferBytesMax: number;
}

/** What came of a client's wish for a stream. `over`: that stream has ended and there is nothing left of it. */
export type StreamOpening = 'opened' | 'taken' | 'over' | 'unknown';

/** The number of the stream that a client opens by itself. */
const standaloneNumber = 0;

class SessionStream implements Channel, ResumableStream, ResponseOwner {
  readonly number: number;
  kept = 0;
  /** The response that carries it at present. */
  live: EventStream | undefined = undefined;
  isOver = false;
  /** The place of its last event that was written to some response. */
  writtenPlace = 0;
  readonly #session: HttpSession;

  constructor(number: number, session: HttpSession) {
    this.number = number;
    this.#session = session;
  }

  say(message: readonly Uint8Array[]): DeliveryResult {
    return this.#session.sayOn(this, message, undefined);
  }

  mark(): string {
    return this.#session.markOn(this);
  }

  leave(stream: EventStream): void {
    if (this.live === stream) this.live = undefined;
  }

  end(): void {
    this.isOver = true;
    this.live?.end();
    this.live = undefined;
    this.#session.streamOver(this);
  }

  /** The response of a client that had come back is closed. */
  responseClosed(): void {
    const stream = this.live;
    this.live = undefined;
    stream?.closed();
    this.#session.streamLeft(this);
  }
}

/** A question of the server that waits for a stream. */
class Unclaimed implements Due {
  dueAt = Infinity;
  duePrevious: Due | undefined = undefined;
  dueNext: Due | undefined = undefined;
  readonly about: Delivery;
  readonly event: KeptEvent;
  readonly #session: HttpSession;

  constructor(about: Delivery, event: KeptEvent, session: HttpSession) {
    this.about = about;
    this.event = event;
    this.#session = session;
  }

  fallsDue(): void {
    this.#session.nobodyCame(this);
  }
}

export class HttpSession implements ExchangeLink, ExchangeHome {
  readonly kind: HttpSessionKind;
  readonly visitor: HttpVisitor;
  /** Of a logical session, the revision of its exchanges. */
  readonly revision: string;
  isOver = false;
  isPaused = false;
  readonly #surroundings: SessionSurroundings;
  readonly #onOver: (session: HttpSession) => void;
  #session: RuntimeSession | undefined = undefined;
  readonly #exchanges = new ExchangeList();
  /** The streams that somebody may still come back to, by their number. */
  readonly #streams = new LazyMap<number, SessionStream>();
  #streamsOpened = 0;
  #standalone: SessionStream | undefined = undefined;
  #replay: ReplayRing | undefined = undefined;
  /** The place of the last event. */
  #place = 0;
  readonly #unclaimed = new LazyMap<KeptEvent, Unclaimed>();
  #hasFailed = false;
  #waiting = 0;
  #isPressing = false;
  readonly #whenResumed: (() => void)[] = [];

  constructor(
    kind: HttpSessionKind,
    visitor: HttpVisitor,
    revision: string,
    surroundings: SessionSurroundings,
    onOver: (session: HttpSession) => void,
  ) {
    this.kind = kind;
    this.visitor = visitor;
    this.revision = revision;
    this.#surroundings = surroundings;
    this.#onOver = onOver;
  }

  /** The session that it is the client's side of; before anything else is asked of it. */
  begins(session: RuntimeSession): void {
    this.#session = session;
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

  resumable(stream: EventStream): ResumableStream | undefined {
    if (this.kind === 'logical') return undefined;
    const opened = new SessionStream(++this.#streamsOpened, this);
    opened.live = stream;
    this.#streams.set(opened.number, opened);
    return opened;
  }

  // --- what the session says --------------------------------------------------------------------------------------------

  deliver(message: readonly Uint8Array[], about: Delivery): DeliveryResult {
    const exchange = about.type === 'cancel' ? about.entry.exchange : about.exchange;
    const isAnswer = about.type === 'send' && about.kind === 'response';
    const result = exchange instanceof HttpExchange ? exchange.deliver(message, about) : 'closed';
    if (result !== 'closed' || (isAnswer && exchange !== undefined)) return result;
    return this.kind === 'logical' || isAnswer ? 'nowhere' : this.#sayAtLarge(message, about);
  }

  settled({ exchange }: PendingEntry, outcome: Outcome): void {
    if (outcome === 'cancelled' && exchange instanceof HttpExchange) exchange.cancelled();
  }

  parted(exchange: Exchange): void {
    if (exchange instanceof HttpExchange) exchange.letGo();
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (!isPaused) this.#goOn();
  }

  /** Calls `act` when messages of this session may be read again, or when it is over. */
  whenResumed(act: () => void): void {
    this.#whenResumed.push(act);
  }

  #goOn(): void {
    for (const act of this.#whenResumed.splice(0)) act();
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const exchange of this.#exchanges.takeAll()) exchange.abandon();
    for (const stream of [...this.#streams.values()]) stream.end();
    for (const unclaimed of this.#unclaimed.values()) this.#surroundings.grace.remove(unclaimed);
    this.#onOver(this);
    this.#goOn();
  }

  /** What belongs to no exchange goes on the client's own stream, and waits for it while there is none. */
  #sayAtLarge(message: readonly Uint8Array[], about: Delivery): DeliveryResult {
    if (about.type === 'cancel' && this.#takeBack(about.entry)) return 'accepted';
    const stream = this.#standaloneStream();
    return this.sayOn(stream, message, about.type === 'send' && about.kind === 'request' ? about : undefined);
  }

  #standaloneStream(): SessionStream {
    if (this.#standalone === undefined) {
      this.#standalone = new SessionStream(standaloneNumber, this);
      this.#streams.set(standaloneNumber, this.#standalone);
    }
    return this.#standalone;
  }

  /** The server gives up a question that the client has not seen: neither is said. */
  #takeBack(entry: PendingEntry): boolean {
    for (const unclaimed of this.#unclaimed.values()) {
      if (unclaimed.about.entry !== entry) continue;
      this.#forgetUnclaimed(unclaimed);
      this.#replay?.remove(unclaimed.event);
      return true;
    }
    return false;
  }

  // --- streams that can be resumed ----------------------------------------------------------------------------------------

  /** @param question somebody waits for what the client will say to it. */
  sayOn(stream: SessionStream, message: readonly Uint8Array[], question: Delivery | undefined): DeliveryResult {
    const { live } = stream;
    const place = this.#place + 1;
    // A copy: what is kept must not keep whatever chunk the message came in.
    const bytes = Buffer.concat(encodeSseEvent(message, eventId(stream.number, place)));
    if (live !== undefined && this.isFull(live, bytes.length)) return 'full';
    this.#place = place;
    const event: KeptEvent = { place, channel: stream, bytes };
    if (live === undefined && question !== undefined) this.#claimLater(question, event);
    this.#ring.add(event);
    if (live !== undefined) {
      stream.writtenPlace = place;
      live.write(bytes);
    }
    return 'accepted';
  }

  markOn(stream: SessionStream): string {
    return eventId(stream.number, ++this.#place);
  }

  streamOver(stream: SessionStream): void {
    if (stream.kept === 0) this.#streams.delete(stream.number);
  }

  streamLeft(stream: SessionStream): void {
    if (stream === this.#standalone && !this.isOver) this.client.attached(false);
  }

  /** The client opens a stream by itself. It hears what nobody has heard yet. */
  openStandalone(response: FrontResponse): StreamOpening {
    const stream = this.#standaloneStream();
    if (stream.live !== undefined) return 'taken';
    this.#carry(stream, response, stream.writtenPlace);
    return 'opened';
  }

  /**
   * The client comes back to a stream of which it has heard everything up to an event. It hears the rest as far as it is kept.
   * Who still carries that stream is a connection that the client has given up.
   */
  resume(response: FrontResponse, lastEventId: string): StreamOpening {
    const last = readEventId(lastEventId);
    if (last === undefined || last.channel > this.#streamsOpened || last.place > this.#place) return 'unknown';
    const stream = last.channel === standaloneNumber ? this.#standaloneStream() : this.#streams.get(last.channel);
    if (stream === undefined || (stream.isOver && this.#ring.after(stream, last.place).length === 0)) return 'over';
    this.#carry(stream, response, last.place);
    return 'opened';
  }

  #carry(stream: SessionStream, response: FrontResponse, after: number): void {
    const before = stream.live;
    const live = new EventStream(response, [], this, this.#surroundings);
    stream.live = live;
    before?.end();
    response.owner = stream;
    if (stream === this.#standalone) {
      if (before === undefined) this.client.attached(true);
      for (const unclaimed of [...this.#unclaimed.values()]) this.#forgetUnclaimed(unclaimed);
    }
    for (const { place, bytes } of this.#ring.after(stream, after)) {
      stream.writtenPlace = place;
      live.write(bytes);
    }
    if (stream.isOver) stream.end();
    else live.flush();
  }

  get #ring(): ReplayRing {
    return (this.#replay ??= new ReplayRing(this.#surroundings.replay, (event) => this.#forgotten(event)));
  }

  /** The oldest event made room. A question among them has found nobody. */
  #forgotten(event: KeptEvent): void {
    const stream = this.#streams.get(event.channel.number);
    if (stream?.isOver === true) this.streamOver(stream);
    const unclaimed = this.#unclaimed.get(event);
    if (unclaimed === undefined) return;
    this.#surroundings.grace.remove(unclaimed);
    this.nobodyCame(unclaimed);
  }

  // --- questions that wait for a stream ---------------------------------------------------------------------------------

  #claimLater(question: Delivery, event: KeptEvent): void {
    const unclaimed = new Unclaimed(question, event, this);
    this.#unclaimed.set(event, unclaimed);
    this.#surroundings.grace.add(unclaimed);
  }

  #forgetUnclaimed(unclaimed: Unclaimed): void {
    this.#surroundings.grace.remove(unclaimed);
    this.#unclaimed.delete(unclaimed.event);
  }

  nobodyCame(unclaimed: Unclaimed): void {
    this.#unclaimed.delete(unclaimed.event);
    this.#replay?.remove(unclaimed.event);
    if (!this.isOver) this.client.undeliverable(unclaimed.about);
  }

  // --- back-pressure --------------------------------------------------------------------------------------------------------

  isFull(stream: EventStream, bytes: number): boolean {
    return stream.waiting > 0 && this.#waiting + bytes > this.#surroundings.bufferBytesMax;
  }

  waiting(bytes: number): void {
    this.#waiting += bytes;
    const { bufferPauseBytes } = this.#surroundings;
    const isPressing = this.#isPressing ? this.#waiting > bufferPauseBytes / 2 : this.#waiting >= bufferPauseBytes;
    if (isPressing === this.#isPressing || this.isOver) return;
    this.#isPressing = isPressing;
    this.client.pressed(isPressing);
  }
}
