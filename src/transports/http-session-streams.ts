/**
 * The streams of one session that its client may come back to (R17): one for each exchange that is answered in a stream, and one
 * that the client opens by itself, for what belongs to no exchange. What is said on them is kept for a while. Knows which event
 * is on which stream, and nothing of what it says.
 */

import { refusal } from '../errors.ts';
import type { Delivery, DeliveryResult } from '../ports.ts';
import { encodeSseEvent } from '../protocol/sse-write.ts';
import { LazyMap } from '../session/lazy-map.ts';
import type { PendingEntry } from '../session/pending.ts';
import { encodeRefusal } from '../session/tell.ts';
import { joinBytes } from './join-bytes.ts';
import type { Due, FixedDelay } from './fixed-delay.ts';
import type { FrontResponse, ResponseOwner } from './http-messages.ts';
import { EventStream, type EventStreamSurroundings } from './http-event-stream.ts';
import type { ResumableStream } from './http-exchange.ts';
import type { OutflowMeter } from './http-outflow.ts';
import { type Channel, type KeptEvent, type ReplayLimits, ReplayRing, eventId, readEventId } from './http-replay.ts';

export interface StreamsSurroundings extends EventStreamSurroundings {
  /** How long a question waits for the client to open a stream. */
  readonly grace: FixedDelay;
  /** How long what was said on a stream that is over is kept. */
  readonly remembering: FixedDelay;
  readonly replay: ReplayLimits;
  /** Another node may go on with the session: ids of events say which request their stream answers, so that it can be told of its fate. */
  readonly namesRequests: boolean;
}

/** The session as its streams see it. */
export interface StreamsHome extends OutflowMeter {
  /** There is no room for so many bytes more on this stream. */
  isFull(stream: EventStream, bytes: number): boolean;
  /** The client opened a stream of its own, or has none any more. */
  attached(hasOpenStream: boolean): void;
  /** Nobody came for a question. */
  undeliverable(about: Delivery): void;
}

/** What came of a client's wish for a stream. `over`: that stream has ended and there is nothing left of it. */
export type StreamOpening = 'opened' | 'taken' | 'over' | 'unknown';

/** More than a session says in one life. */
const placesPerLife = 1e9;

/** The number of the stream that a client opens by itself. */
const standaloneNumber = 0;

class SessionStream implements Channel, ResumableStream, ResponseOwner, Due {
  dueAt = Infinity;
  duePrevious: Due | undefined = undefined;
  dueNext: Due | undefined = undefined;
  readonly number: number;
  /** Of the one request that it answers, as JSON text, where that is to be named. */
  readonly idToken: string | undefined;
  kept = 0;
  /** The response that carries it at present. */
  live: EventStream | undefined = undefined;
  isOver = false;
  /** The place of its last event that was written to some response. */
  writtenPlace = 0;
  readonly #streams: SessionStreams;

  constructor(number: number, streams: SessionStreams, idToken?: string) {
    this.number = number;
    this.idToken = idToken;
    this.#streams = streams;
  }

  say(message: readonly Uint8Array[]): DeliveryResult {
    return this.#streams.sayOn(this, message, undefined);
  }

  mark(): string {
    return this.#streams.markOn(this);
  }

  leave(stream: EventStream): void {
    if (this.live === stream) this.live = undefined;
  }

  end(): void {
    this.isOver = true;
    this.live?.end();
    this.live = undefined;
    this.#streams.isOver(this);
  }

  /** The response of a client that had come back is closed. */
  responseClosed(): void {
    const stream = this.live;
    this.live = undefined;
    stream?.closed();
    this.#streams.isLeft(this);
  }

  /** It was over long ago. */
  fallsDue(): void {
    this.#streams.forget(this);
  }
}

/** A question of the server that waits for a stream. */
class Unclaimed implements Due {
  dueAt = Infinity;
  duePrevious: Due | undefined = undefined;
  dueNext: Due | undefined = undefined;
  readonly about: Delivery;
  readonly event: KeptEvent;
  readonly #streams: SessionStreams;

  constructor(about: Delivery, event: KeptEvent, streams: SessionStreams) {
    this.about = about;
    this.event = event;
    this.#streams = streams;
  }

  fallsDue(): void {
    this.#streams.nobodyCame(this);
  }
}

export class SessionStreams {
  readonly #home: StreamsHome;
  readonly #surroundings: StreamsSurroundings;
  /** Those that somebody may still come back to, by their number. */
  readonly #byNumber = new LazyMap<number, SessionStream>();
  readonly #replay: ReplayRing;
  readonly #unclaimed = new LazyMap<KeptEvent, Unclaimed>();
  /** Streams and events up to here were of earlier lives. */
  readonly #before: number;
  #standalone: SessionStream | undefined = undefined;
  #opened: number;
  /** The place of the last event. */
  #place: number;

  /** @param life how often the session was opened again: what was said in earlier lives has places and streams before all of this one. */
  constructor(home: StreamsHome, surroundings: StreamsSurroundings, life: number) {
    this.#home = home;
    this.#before = life * placesPerLife;
    this.#opened = this.#before;
    this.#place = this.#before;
    this.#surroundings = surroundings;
    this.#replay = new ReplayRing(surroundings.replay, (event) => this.#madeRoom(event));
  }

  /**
   * A new stream, carried by this response for now.
   * @param idToken of the one request that it answers.
   */
  open(live: EventStream, idToken: string | undefined): ResumableStream {
    const named = this.#surroundings.namesRequests ? idToken : undefined;
    const stream = new SessionStream(++this.#opened, this, named);
    stream.live = live;
    this.#byNumber.set(stream.number, stream);
    return stream;
  }

  /** What belongs to no exchange goes on the client's own stream, and waits for it while there is none. */
  sayAtLarge(message: readonly Uint8Array[], about: Delivery): DeliveryResult {
    if (about.type === 'cancel' && this.#takeBack(about.entry)) return 'accepted';
    const isQuestion = about.type === 'send' && about.kind === 'request';
    return this.sayOn(this.#ownStream(), message, isQuestion ? about : undefined);
  }

  /** The client opens a stream by itself. It hears what nobody has heard yet. */
  openStandalone(response: FrontResponse): StreamOpening {
    const stream = this.#ownStream();
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
    if (last === undefined || last.channel > this.#opened || last.place > this.#place) return 'unknown';
    if (last.channel !== standaloneNumber && last.channel <= this.#before && last.idToken !== undefined) {
      this.#tellOfLoss(response, last.idToken);
      return 'opened';
    }
    const stream = last.channel === standaloneNumber ? this.#ownStream() : this.#byNumber.get(last.channel);
    if (stream === undefined || (stream.isOver && this.#replay.after(stream, last.place).length === 0)) return 'over';
    this.#carry(stream, response, last.place);
    return 'opened';
  }

  /** The session is over. */
  close(): void {
    for (const unclaimed of [...this.#unclaimed.values()]) this.#forgetQuestion(unclaimed);
    for (const stream of [...this.#byNumber.values()]) {
      stream.end();
      this.#surroundings.remembering.remove(stream);
    }
    this.#replay.clear();
  }

  // --- for the streams themselves -----------------------------------------------------------------------------------------

  /** @param question somebody waits for what the client will say to it. */
  sayOn(stream: SessionStream, message: readonly Uint8Array[], question: Delivery | undefined): DeliveryResult {
    const { live } = stream;
    const place = this.#place + 1;
    // A copy: what is kept must not keep whatever chunk the message came in.
    const bytes = joinBytes(encodeSseEvent(message, eventId(stream.number, place, stream.idToken)));
    if (live !== undefined && this.#home.isFull(live, bytes.length)) return 'full';
    this.#place = place;
    const event: KeptEvent = { place, channel: stream, bytes };
    if (live === undefined && question !== undefined) this.#awaitClient(question, event);
    this.#replay.add(event);
    if (live !== undefined) {
      stream.writtenPlace = place;
      live.write(bytes);
    }
    return 'accepted';
  }

  markOn(stream: SessionStream): string {
    return eventId(stream.number, ++this.#place, stream.idToken);
  }

  isOver(stream: SessionStream): void {
    const { remembering } = this.#surroundings;
    remembering.remove(stream);
    if (stream.kept === 0) this.#byNumber.delete(stream.number);
    else remembering.add(stream);
  }

  isLeft(stream: SessionStream): void {
    if (stream === this.#standalone) this.#home.attached(false);
  }

  forget(stream: SessionStream): void {
    this.#replay.forget(stream);
    this.#byNumber.delete(stream.number);
  }

  nobodyCame(unclaimed: Unclaimed): void {
    this.#unclaimed.delete(unclaimed.event);
    this.#replay.remove(unclaimed.event);
    this.#home.undeliverable(unclaimed.about);
  }

  // --- how it is done -------------------------------------------------------------------------------------------------------

  #ownStream(): SessionStream {
    if (this.#standalone === undefined) {
      this.#standalone = new SessionStream(standaloneNumber, this);
      this.#byNumber.set(standaloneNumber, this.#standalone);
    }
    return this.#standalone;
  }

  /** The stream went with the node that had the session: what became of its request nobody knows, and that is its outcome. */
  #tellOfLoss(response: FrontResponse, idToken: string): void {
    const live = new EventStream(response, [], this.#home, this.#surroundings);
    const lost = encodeRefusal(idToken, refusal('OWNER_LOST', { executed: 'unknown', reason: 'REQUEST_LOST' }));
    live.write(joinBytes(encodeSseEvent([lost], undefined)));
    live.end();
  }

  #carry(stream: SessionStream, response: FrontResponse, after: number): void {
    const before = stream.live;
    const live = new EventStream(response, [], this.#home, this.#surroundings);
    stream.live = live;
    before?.end();
    response.owner = stream;
    if (stream === this.#standalone) {
      if (before === undefined) this.#home.attached(true);
      for (const unclaimed of [...this.#unclaimed.values()]) this.#forgetQuestion(unclaimed);
    }
    for (const { place, bytes } of this.#replay.after(stream, after)) {
      stream.writtenPlace = place;
      live.write(bytes);
    }
    if (stream.isOver) stream.end();
    else live.flush();
  }

  /** The oldest event is not kept any longer. A question among them has found nobody. */
  #madeRoom(event: KeptEvent): void {
    const stream = this.#byNumber.get(event.channel.number);
    if (stream?.isOver === true && stream.kept === 0) this.isOver(stream);
    const unclaimed = this.#unclaimed.get(event);
    if (unclaimed === undefined) return;
    this.#surroundings.grace.remove(unclaimed);
    this.nobodyCame(unclaimed);
  }

  #awaitClient(question: Delivery, event: KeptEvent): void {
    const unclaimed = new Unclaimed(question, event, this);
    this.#unclaimed.set(event, unclaimed);
    this.#surroundings.grace.add(unclaimed);
  }

  /** The server gives up a question that the client has not seen: neither is said. */
  #takeBack(entry: PendingEntry): boolean {
    for (const unclaimed of this.#unclaimed.values()) {
      if (unclaimed.about.entry !== entry) continue;
      this.#forgetQuestion(unclaimed);
      this.#replay.remove(unclaimed.event);
      return true;
    }
    return false;
  }

  #forgetQuestion(unclaimed: Unclaimed): void {
    this.#surroundings.grace.remove(unclaimed);
    this.#unclaimed.delete(unclaimed.event);
  }
}
