/**
 * One connection to a server that several sessions share, from the first member to the loss of the server. What a member
 * writes goes to the server, unless it was said before and once is enough; what members leave behind is called off. Where the
 * server's words go is decided in the routing.
 */

import { refusal } from '../errors.ts';
import type { Clock, Delivery, DeliveryFailure, Log, UpstreamConnector, UpstreamLink } from '../ports.ts';
import { readSubscribeUri } from '../protocol/bodies.ts';
import { encodeCancelled, encodeRequest, idTokenOf } from '../protocol/encode.ts';
import type { Frame, FrameKind, RequestId } from '../protocol/envelope.ts';
import { isFault } from '../protocol/faults.ts';
import { readMessage } from '../protocol/read.ts';
import { type CancelEffect, type SendEffect, ownMessage } from '../session/effects.ts';
import { sharerOf } from '../session/id-range.ts';
import { encodeRefusal } from '../session/tell.ts';
import type { Departure } from '../session/upstream.ts';
import type { Ask, Steps } from './shared-ask.ts';
import { SharedCrowd } from './shared-crowd.ts';
import { type HandshakeMemory, SharedHandshake } from './shared-handshake.ts';
import type { MemberHost, SharedMember } from './shared-member.ts';
import { SharedReading } from './shared-reading.ts';
import { type SharedCounts, SharedRouting, readLimits } from './shared-routing.ts';
import { SharedSubscriptions } from './shared-subscriptions.ts';

export interface SharedConnectionOptions {
  readonly connector: UpstreamConnector;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes kept for members that do not read, all together, above which the server is not read. */
  readonly bufferBytesMax: number;
  /** How long it is not read while others wait. */
  readonly stallMs: number;
  readonly memory: HandshakeMemory;
  readonly counts: SharedCounts;
  /** The server is lost; the members are told next. */
  readonly onOver: () => void;
}

export class SharedConnection implements MemberHost {
  readonly #options: SharedConnectionOptions;
  readonly #crowd = new SharedCrowd();
  readonly #handshake: SharedHandshake;
  readonly #subscriptions = new SharedSubscriptions();
  readonly #reading: SharedReading;
  /** Members that wait until the server takes messages again; who has waited longest stands first. */
  readonly #blocked = new Set<SharedMember>();
  readonly #link: UpstreamLink;
  #isReady = false;
  #isFull = false;
  #isEnding = false;
  #departure: Departure | undefined;
  /** Our own requests are numbered from 1, below the range of the first member. */
  #lastOwnId = 0;

  get pid(): number | undefined {
    return this.#link.pid;
  }

  constructor(options: SharedConnectionOptions) {
    this.#options = options;
    const { connector, clock, log, counts } = options;
    this.#handshake = new SharedHandshake(options.memory);
    this.#reading = new SharedReading({
      clock,
      bytesMax: options.bufferBytesMax,
      stallMs: options.stallMs,
      pause: (paused) => this.#link.pause(paused),
      giveUp: () => this.#crowd.overrunSlowest(),
    });
    const routing = new SharedRouting({
      crowd: this.#crowd,
      subscriptions: this.#subscriptions,
      log,
      counts,
      takesAnswer: ({ envelope: { id } }) => this.#isOwn(id) || this.#handshake.isAsking(id),
      answered: (response) => this.#answered(response),
      answer: (message) => this.#say(message, 'response'),
    });
    this.#link = connector.connect({
      ready: () => this.#ready(),
      message: (bytes, via) => routing.heard(bytes, via),
      unreadable: (fault, bytes, via) => routing.unreadable(fault, bytes, via),
      failed: (about, failure) => this.#failed(about, failure),
      drained: () => this.#drained(),
      leaving: (departure) => this.#leaving(departure),
      lost: (departure) => this.#lost(departure),
    });
  }

  /** It takes no more members: the server goes, or the last member has left. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** The server is lost. */
  get isOver(): boolean {
    return this.#departure !== undefined;
  }

  has(number: number): boolean {
    return this.#crowd.has(number);
  }

  join(member: SharedMember): void {
    member.joins(this);
    this.#crowd.joins(member);
    this.#reading.isSharedBy(this.#crowd.size);
    // In a turn of its own: who connects hears nothing before `connect` has returned.
    queueMicrotask(() => {
      if (this.#departure !== undefined) member.lost(this.#departure);
      else if (this.#isReady) member.ready();
    });
  }

  /** Nobody answers any more what the server asked of it, or needs what it had asked. */
  left(member: SharedMember, reason: string): void {
    const questions = this.#crowd.leaves(member);
    this.#blocked.delete(member);
    this.#handshake.left(member);
    const steps = this.#subscriptions.left(member);
    this.#reading.isSharedBy(this.#crowd.size);
    if (this.#crowd.size === 0) {
      this.#isEnding = true;
      this.#link.close(reason);
    }
    if (this.#isEnding) return;
    const gone = refusal('SESSION_NOT_FOUND', { reason: 'client-gone' });
    for (const id of questions) this.#say(encodeRefusal(idTokenOf(id), gone), 'response');
    for (const id of [...member.calls, ...member.streams.keys()]) {
      if (!this.#handshake.isAsking(id)) this.#say(encodeCancelled(id, 'The client is gone'), 'notification');
    }
    this.#perform(steps);
  }

  // --- what members write ------------------------------------------------------------------------------------------

  /** @throws RangeError for a request under an id of another member's range: its answer would go there. */
  take(member: SharedMember, message: readonly Uint8Array[], about: Delivery): boolean {
    if (this.#isEnding) return true;
    if (about.type === 'cancel') return this.#callOff(member, message, about);
    switch (about.kind) {
      case 'request':
        return this.#ask(member, message, about);
      case 'response': {
        const id = idOfAnswer(message, about);
        if (id !== undefined) this.#crowd.askedNoMore(id);
        break;
      }
      case 'notification':
        if (about.frame?.envelope.method === 'notifications/initialized' && !this.#handshake.completes()) return true;
    }
    return this.#write(member, message, about);
  }

  keeps(bytes: number): void {
    this.#reading.keeps(bytes);
  }

  #ask(member: SharedMember, message: readonly Uint8Array[], about: SendEffect): boolean {
    const { entry, frame } = about;
    if (entry === undefined || frame === undefined) return this.#write(member, message, about);
    const { sentId: id } = entry;
    if (sharerOf(id) !== member.number) throw new RangeError(`${id} is no id of sharer ${member.number}`);
    const ask: Ask = { member, id, entry, frame, message, about };
    const { method } = frame.envelope;
    if (method === 'initialize') return this.#perform(this.#handshake.ask(ask));
    const isSubscribe = method === 'resources/subscribe';
    const isAboutResource = isSubscribe || method === 'resources/unsubscribe';
    const uri = isAboutResource ? readSubscribeUri(frame.bytes) : undefined;
    if (uri === undefined) return this.#send(ask);
    const subscriptions = this.#subscriptions;
    return this.#perform(isSubscribe ? subscriptions.subscribe(ask, uri) : subscriptions.unsubscribe(ask, uri));
  }

  #callOff(member: SharedMember, message: readonly Uint8Array[], about: CancelEffect): boolean {
    const { sentId } = about.entry;
    const steps = this.#subscriptions.calledOff(sentId);
    if (steps === undefined) return true;
    this.#crowd.ended(member, sentId);
    const isRoomy = this.#write(member, message, about);
    this.#perform(steps);
    return isRoomy;
  }

  /** The answer to a request that was not the business of its member alone. */
  #answered(response: Frame): void {
    const { id, isError } = response.envelope;
    if (this.#handshake.isAsking(id)) this.#perform(this.#handshake.answered(response));
    else if (id !== undefined) this.#perform(this.#subscriptions.answered(id, isError));
  }

  /** False: the server reads too slowly. */
  #perform({ answers = [], sends = [], unsubscribes = [] }: Steps): boolean {
    // In a turn of its own: who asks hears nothing before `write` has returned.
    for (const { member, message } of answers) queueMicrotask(() => member.hear(message, undefined));
    let isRoomy = true;
    for (const ask of sends) isRoomy = this.#send(ask) && isRoomy;
    for (const uri of unsubscribes) {
      this.#lastOwnId++;
      this.#say(encodeRequest(idTokenOf(this.#lastOwnId), 'resources/unsubscribe', { uri }), 'request');
    }
    return isRoomy;
  }

  #isOwn(id: RequestId | undefined): boolean {
    return typeof id === 'number' && id > 0 && id <= this.#lastOwnId;
  }

  #send({ member, entry, message, about }: Ask): boolean {
    this.#crowd.started(member, entry);
    return this.#write(member, message, about);
  }

  #write(member: SharedMember, message: readonly Uint8Array[], about: Delivery): boolean {
    if (!this.#link.write(message, about)) this.#isFull = true;
    if (this.#isFull) this.#blocked.add(member);
    return !this.#isFull;
  }

  /** In our own name. */
  #say(message: Uint8Array, kind: FrameKind): void {
    try {
      if (!this.#link.write([message], ownMessage('client-to-server', message, kind, undefined, 0)))
        this.#isFull = true;
    } catch {
      // The server is as good as gone, which its link says in its own time.
    }
  }

  /** The server takes messages again: members write until it has no more room, and the others are first next time. */
  #drained(): void {
    this.#isFull = false;
    for (const member of this.#blocked) {
      if (this.#isFull) return;
      this.#blocked.delete(member);
      member.drained();
    }
  }

  // --- what becomes of the server --------------------------------------------------------------------------------

  #ready(): void {
    this.#isReady = true;
    for (const member of this.#crowd.all()) member.ready();
  }

  #failed(about: Delivery, failure: DeliveryFailure): void {
    const id = about.entry?.sentId;
    const member = id === undefined ? undefined : this.#crowd.memberOf(id);
    if (typeof member === 'object') member.failed(about, failure);
  }

  #leaving(departure: Departure): void {
    this.#isEnding = true;
    for (const member of this.#crowd.all()) member.leaving(departure);
  }

  #lost(departure: Departure): void {
    this.#isEnding = true;
    this.#departure = departure;
    this.#reading.stop();
    this.#options.onOver();
    for (const member of this.#crowd.all()) member.lost(departure);
  }
}

/** The question that a client answers, or that is answered in its place. */
function idOfAnswer(message: readonly Uint8Array[], { frame }: SendEffect): RequestId | undefined {
  const id = frame?.envelope.id;
  if (id !== undefined) return id;
  const read = readMessage(Buffer.concat(message), readLimits);
  return isFault(read) ? undefined : read.envelope.id;
}
