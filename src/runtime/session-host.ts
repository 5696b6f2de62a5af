/**
 * One session's place in the process: its actor's reference, the boxes of outgoing messages, the links to its peers, and
 * the number of its next frame. Turns bytes into events and effects into writes; decides nothing itself.
 */

import { refusal } from '../errors.ts';
import type { Delivery, DeliveryFailure, ExchangeLink, PeerLink, ServerSession, UpstreamLink } from '../ports.ts';
import { type Direction, type Frame, type FrameKind, type RequestId, opposite } from '../protocol/envelope.ts';
import { type ReadFault, isFault } from '../protocol/faults.ts';
import { isBatch, type ReadLimits, readMessage, readMessages } from '../protocol/read.ts';
import { idKey } from '../protocol/ids.ts';
import { readValue } from '../protocol/value-frame.ts';
import { idTokenOf } from '../protocol/encode.ts';
import { counterIndex } from '../session/counters.ts';
import { type Effect, type SendEffect, type SettledEffect, ownMessage } from '../session/effects.ts';
import type { FailureCause, FrameArrived, LossReason, SessionEvent } from '../session/events.ts';
import { type Exchange, PendingEntry, type Via } from '../session/pending.ts';
import { acceptsBatches } from '../session/profiles.ts';
import type { EndReason, SessionState } from '../session/outcomes.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Fault, Verdict } from '../session/interception.ts';
import { encodeRefusal, statusOfRefusal } from '../session/tell.ts';
import { checkMessage } from './checked-message.ts';
import { ExchangeBox } from './exchange-box.ts';
import type { InterceptorChain } from './interceptor-chain.ts';
import { type Box, Outbox } from './outbox.ts';
import { Readiness } from './readiness.ts';
import type { Upstream } from './upstream-actor.ts';

/** What a host needs of the runtime around it. */
export interface HostSurroundings {
  readonly readLimits: ReadLimits;
  readonly chain: InterceptorChain;
  now(): number;
  /** Sends an event to the host's session through the supervisor; what finds no session comes back as `unplaced`. */
  route(host: SessionHost, event: SessionEvent): void;
  ended(host: SessionHost): void;
  /** The server of a session is begun again, after it went away like this. */
  restarting(reason: LossReason): void;
  /** @param effects of the same commit, the effect among them. */
  settled(host: SessionHost, effect: SettledEffect, effects: readonly Effect[]): void;
  /** A link threw where it was only told something: nothing is decided by that, and its transport will say what is wrong. */
  readonly linkThrew: (error: unknown) => void;
}

export class SessionHost {
  readonly record: SessionRecord;
  readonly toClient: Box;
  readonly toServer: Outbox;
  upstream: Upstream | undefined = undefined;
  /** What observers were last told about the session. */
  readonly shown: { state: SessionState; since: number; tagBits: number; labelChanges: number } = {
    state: 'initializing',
    since: 0,
    tagBits: 0,
    labelChanges: 0,
  };
  onEnded: ((reason: EndReason) => void) | undefined = undefined;
  /** Responses that nobody waited for, as far as the log has been told. */
  straysSeen = 0;
  /** How long what waits for the client is kept when the session has ended. */
  lingerMs = Infinity;
  readonly #surroundings: HostSurroundings;
  readonly #clientLink: PeerLink | ExchangeLink;
  /** The client, where it is reached through exchanges. */
  readonly #exchanges: ExchangeLink | undefined;
  #serverLink: UpstreamLink | PeerLink | undefined;
  #tickets = 0;
  #clientPressure = 0;
  #serverPressure = 0;
  #readiness: Readiness | undefined = undefined;

  constructor(record: SessionRecord, clientLink: PeerLink | ExchangeLink, surroundings: HostSurroundings) {
    this.record = record;
    this.shown.since = record.openedAt;
    this.#surroundings = surroundings;
    this.#clientLink = clientLink;
    const { limits, ledger } = record.surroundings;
    const { bufferPauseBytes: pauseBytes, bufferBytesMax: bytesMax } = limits;
    const { buffers } = ledger;
    // A peer that does not read is not served faster than it reads: whoever fills its box is slowed down instead.
    const onUnwritten = (entry: PendingEntry): void => this.#settleUnsent(entry, 'peer-gone');
    const box = (onPressure: (isFull: boolean) => void): Outbox =>
      new Outbox({ pauseBytes, bytesMax, buffers, onUnwritten, onPressure, onThrown: surroundings.linkThrew });
    this.toServer = box((isFull) => this.#pressClient(isFull));
    if ('deliver' in clientLink) {
      this.#exchanges = clientLink;
      this.toClient = new ExchangeBox(clientLink, surroundings.linkThrew);
      return;
    }
    this.#exchanges = undefined;
    const toClient = box((isFull) => this.pressServer(isFull));
    toClient.attach(clientLink);
    this.toClient = toClient;
  }

  attachServer(link: UpstreamLink | PeerLink): void {
    this.#serverLink = link;
    this.toServer.attach(link);
    if (this.#serverPressure > 0) this.#pause(link, true);
  }

  /** What makes the server that it has now go on with the session. */
  get serverSession(): ServerSession | undefined {
    const link = this.#serverLink;
    return link !== undefined && 'serverSession' in link ? link.serverSession : undefined;
  }

  detachServer(): void {
    this.#serverLink = undefined;
    this.toServer.detach();
  }

  // --- bytes in -------------------------------------------------------------------------------------------------

  /**
   * One message, or a batch of them, as it came from the peer that sends in `direction`.
   * @throws LocalError INVALID_MESSAGE when it is no bytes; then nothing is changed.
   */
  receive(direction: Direction, bytes: Uint8Array, via: Via | undefined): void {
    if (!(bytes instanceof Uint8Array)) checkMessage(bytes);
    if (isBatch(bytes)) {
      this.#receiveBatch(direction, bytes, via);
      return;
    }
    const read = readMessage(bytes, this.#surroundings.readLimits);
    if (isFault(read)) this.unreadable(direction, read, bytes.length, via);
    else this.arrive(direction, read, via);
  }

  /** One message that is a value, with what its transport says along with it. */
  receiveValue(direction: Direction, value: unknown, aside: unknown, related: RequestId | undefined): void {
    const { frameBytesMax } = this.record.surroundings.limits;
    const via = related === undefined ? undefined : this.#viaOf(direction, related);
    const read = readValue(value, aside, this.#surroundings.readLimits, frameBytesMax);
    if (isFault(read)) this.unreadable(direction, read, 0, via);
    else this.arrive(direction, read, via);
  }

  /** A server's message comes by way of the request that it names, where its client has more than one way. */
  #viaOf(direction: Direction, related: RequestId): Via | undefined {
    if (this.#exchanges === undefined || direction === 'client-to-server') return undefined;
    const request = this.record.pending.get('client-to-server', idKey(0, related));
    return request === undefined ? undefined : { exchange: request.exchange, request, status: 0 };
  }

  #receiveBatch(direction: Direction, bytes: Uint8Array, via: Via | undefined): void {
    for (const read of readMessages(bytes, this.#surroundings.readLimits)) {
      if (isFault(read)) this.unreadable(direction, read, bytes.length, via);
      else if (this.acceptsBatches) this.arrive(direction, read, via);
      else this.unreadable(direction, batchFault(read), bytes.length, via);
    }
  }

  /** The negotiated revision has batches, or the profile says that this peer writes them all the same (R14). */
  get acceptsBatches(): boolean {
    return acceptsBatches(this.record.profile, this.record.facts.protocolVersion);
  }

  unreadable(direction: Direction, fault: ReadFault, bytes: number, via: Via | undefined): void {
    const at = this.#surroundings.now();
    this.#route({ type: 'frame.malformed', at, direction, fault, bytes, via });
  }

  arrive(direction: Direction, frame: Frame, via: Via | undefined): void {
    const { chain } = this.#surroundings;
    const ticket = ++this.#tickets;
    const type = eventTypeOf[frame.envelope.kind];
    const at = this.#surroundings.now();
    const verdict = chain.isEmpty ? undefined : chain.decide(this.record, direction, frame, ticket, via);
    if (verdict !== undefined && 'settled' in verdict) {
      const { settled, deliberation } = verdict;
      this.#route({ type, at, direction, frame, ticket, verdict: 'awaited', deliberation, via });
      void settled.then((news) => this.#decided(ticket, news));
      return;
    }
    this.#route({ type, at, direction, frame, ticket, verdict, deliberation: undefined, via });
  }

  #decided(ticket: number, news: Verdict): void {
    this.#route({ type: 'frame.decided', at: this.#surroundings.now(), ticket, news });
  }

  #route(event: SessionEvent): void {
    this.#surroundings.route(this, event);
  }

  /** The event came after the session's end. */
  unplaced(event: SessionEvent): void {
    this.refuseDirectly(event, refusal('SESSION_NOT_FOUND', { reason: 'ended' }));
  }

  /** Answers a request that its session did not take, so that its sender does not wait. */
  refuseDirectly(event: SessionEvent, why: ReturnType<typeof refusal>): void {
    if (event.type !== 'frame.request') return;
    const exchange = event.direction === 'client-to-server' ? event.via?.exchange : undefined;
    const message = encodeRefusal(idTokenOf(event.frame.envelope.id!), why);
    const effect = ownMessage(opposite(event.direction), message, 'response', exchange, statusOfRefusal(why));
    if (this.#box(effect.direction).push(effect) === 'full') this.#failed(effect, 'buffer-full');
  }

  // --- effects out ------------------------------------------------------------------------------------------------

  perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#perform(effect, effects);
  }

  #perform(effect: Effect, effects: readonly Effect[]): void {
    switch (effect.type) {
      case 'send':
        this.#send(effect);
        return;
      case 'cancel': {
        const box = this.#box(effect.entry.direction);
        if (box.recall(effect.entry)) return;
        if (box.push(effect) === 'full') this.#failed(effect, 'buffer-full');
        return;
      }
      case 'settled':
        if (this.#exchanges !== undefined) this.#tellExchange(this.#exchanges, effect);
        this.#surroundings.settled(this, effect, effects);
        return;
      case 'release':
        this.#release(effect.direction);
        return;
      case 'close-server-input':
        this.#closeServerInput(this.#serverLink);
        return;
      case 'ended':
        this.#surroundings.ended(this);
        return;
      case 'fault':
        this.fail(effect.fault);
        return;
      case 'recovered':
        return;
    }
  }

  /** What an interceptor, or whoever manages the session, wants to see go wrong. */
  fail(fault: Fault): void {
    switch (fault) {
      case 'close-session':
        this.#route({ type: 'session.close', at: this.#surroundings.now(), reason: 'closed-by-operator' });
        return;
      case 'kill-upstream':
        if (this.upstream === undefined) this.#serverLink?.close('an interceptor ended it');
        else this.upstream.kill();
    }
  }

  #send(effect: SendEffect): void {
    const result = this.#box(effect.direction).push(effect);
    if (result !== 'accepted') this.#failed(effect, causeOf[result]);
  }

  #tellExchange(exchanges: ExchangeLink, { entry, outcome }: Extract<Effect, { type: 'settled' }>): void {
    if (!(entry instanceof PendingEntry) || entry.exchange === undefined) return;
    try {
      exchanges.settled(entry, outcome);
    } catch (error) {
      this.#surroundings.linkThrew(error);
    }
  }

  #release(direction: Direction): void {
    for (const { isDecided, ticket } of this.record.held.heads(direction)) {
      if (isDecided) this.#route({ type: 'frame.decided', at: this.#surroundings.now(), ticket, news: 'turn' });
    }
  }

  /** A server that reads slowly reads the end of its input after everything that the client had sent. */
  #closeServerInput(link: UpstreamLink | PeerLink | undefined): void {
    if (link === undefined || !('closeInput' in link)) return;
    this.toServer.afterWriting(() => {
      try {
        link.closeInput();
      } catch (error) {
        this.#surroundings.linkThrew(error);
      }
    });
  }

  #failed(effect: Delivery, cause: FailureCause): void {
    this.#route({ type: 'effect.failed', at: this.#surroundings.now(), effect, cause });
  }

  /** What a link had taken did not arrive, or will not be answered. */
  failed(effect: Delivery, { cause, reason, status }: DeliveryFailure): void {
    const ticket = ++this.#tickets;
    this.#route({ type: 'effect.failed', at: this.#surroundings.now(), effect, cause, reason, status, ticket });
  }

  /** What its link had accepted found no stream to the client. */
  undeliverable(effect: Delivery): void {
    this.#failed(effect, 'nowhere');
  }

  /** No event of the session: nothing is decided by it, and the request waits as before. */
  parted({ exchange }: PendingEntry): void {
    if (exchange !== undefined) this.#exchanges?.parted?.(exchange);
  }

  /** Nobody reads any more what would be sent in this exchange. */
  exchangeClosed(exchange: Exchange): void {
    this.#route({ type: 'exchange.closed', at: this.#surroundings.now(), exchange });
  }

  /** The unit of work that should have settled this request was rolled back: it is settled with an error instead. */
  settleRolledBack(entry: PendingEntry): void {
    this.#settleUnsent(entry, 'internal-error');
  }

  #settleUnsent(entry: PendingEntry, cause: FailureCause): void {
    const { direction, exchange } = entry;
    const lost = { type: 'send', direction, message: [], kind: 'request', entry, exchange, status: 0 } as const;
    this.#failed({ ...lost, frame: undefined }, cause);
  }

  #box(towards: Direction): Box {
    return towards === 'client-to-server' ? this.toServer : this.toClient;
  }

  /**
   * The session's actor died without settling what it owned. Its requests end as refused and their requesters are told, its
   * share of the limits is returned, its timers are gone. The one place beside a commit that changes a record.
   */
  reap(): void {
    const { record } = this;
    const { pending, held, surroundings, alarm } = record;
    if (!record.hasEnded) {
      record.state = 'failed';
      record.endReason = 'internal-error';
    }
    for (const entry of pending.entries()) {
      pending.remove(entry);
      surroundings.ledger.giveBack(entry.budget);
      surroundings.alarms.clear(entry);
      if (entry.isOwn) continue;
      record.counts[counterIndex['outcome.refused']]!++;
      const elapsedMs = this.#surroundings.now() - entry.startedAt;
      const why = refusal('INTERCEPTOR_FAILED', { part: 'session' });
      const message = encodeRefusal(entry.idToken, why);
      const answer = ownMessage(opposite(entry.direction), message, 'response', entry.exchange, statusOfRefusal(why));
      const settled = { type: 'settled', entry, outcome: 'refused', elapsedMs } as const;
      this.#surroundings.settled(this, settled, [settled, answer]);
      this.#box(answer.direction).push(answer);
    }
    for (const frame of held.all()) {
      surroundings.ledger.buffers.add(-held.remove(frame));
      surroundings.alarms.clear(frame);
    }
    surroundings.alarms.clear(alarm);
  }

  // --- back-pressure ------------------------------------------------------------------------------------------------

  /** Resolves when the peer that sends in `direction` may go on, or nobody listens to it any more. */
  ready(direction: Direction): Promise<void> {
    if (this.#pressureOn(direction) <= 0 || this.record.hasEnded) return Promise.resolve();
    return (this.#readiness ??= new Readiness()).wait(direction);
  }

  /** The session is over: nobody waits for it. */
  left(): void {
    this.#readiness?.tell('client-to-server');
    this.#readiness?.tell('server-to-client');
  }

  #pressureOn(direction: Direction): number {
    return direction === 'client-to-server' ? this.#clientPressure : this.#serverPressure;
  }

  #pause(link: PeerLink | ExchangeLink | undefined, isPaused: boolean): void {
    try {
      link?.pause(isPaused);
    } catch (error) {
      this.#surroundings.linkThrew(error);
    }
  }

  #pressClient(isFull: boolean): void {
    this.#clientPressure += isFull ? 1 : -1;
    this.#pause(this.#clientLink, this.#clientPressure > 0);
    if (this.#clientPressure <= 0) this.#readiness?.tell('client-to-server');
  }

  /** The client does not read what the server sends (true), or has caught up. */
  pressServer(isFull: boolean): void {
    this.#serverPressure += isFull ? 1 : -1;
    this.#pause(this.#serverLink, this.#serverPressure > 0);
    if (this.#serverPressure <= 0) this.#readiness?.tell('server-to-client');
    // Refusals and settlements for the client fill the same box: a client that never reads must not fill it alone.
    this.#pressClient(isFull);
  }
}

const causeOf = { full: 'buffer-full', closed: 'peer-gone', nowhere: 'nowhere' } as const satisfies Record<
  string,
  FailureCause
>;

/** A table and no template: a text put together anew is hashed anew wherever an event is looked up by its type. */
const eventTypeOf = {
  request: 'frame.request',
  response: 'frame.response',
  notification: 'frame.notification',
} as const satisfies Record<FrameKind, FrameArrived['type']>;

function batchFault(frame: Frame): ReadFault {
  const { id, kind } = frame.envelope;
  return {
    fault: 'invalid-message',
    reason: 'The negotiated protocol revision has no batches',
    expectsAnswer: kind === 'request',
    isAnswer: kind === 'response',
    idToken: id === undefined ? undefined : idTokenOf(id),
  };
}
