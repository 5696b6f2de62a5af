/**
 * An open session in the hands of whoever opened it: its two peers to feed, and a few questions. Classes and no closures: a
 * session that nobody speaks to should not keep a dozen functions.
 */

import type { Clock, Delivery, DeliveryFailure } from '../ports.ts';
import type { Direction, Frame, RequestId } from '../protocol/envelope.ts';
import { type ReadFault, isFault } from '../protocol/faults.ts';
import { isUnsupported } from '../session/announced.ts';
import type { Exchange } from '../session/pending.ts';
import { metadataOf } from '../session/metadata.ts';
import type { Fault, SessionMetadata } from '../session/interception.ts';
import type { Loss, SessionEvent } from '../session/events.ts';
import { type SessionSnapshot, snapshotOf } from '../session/snapshot.ts';
import type { ClientPeer, NotTaken, RuntimeSession, Sender, ServerPeer, SessionPeer } from './api.ts';
import { belongsTo } from './foreign.ts';
import type { SessionHost } from './session-host.ts';

/** The runtime as a handle needs it. */
export interface HandleSurroundings {
  readonly clock: Clock;
  send(sessionId: string, event: SessionEvent): void;
  /** A message came from somebody else than whom its session belongs to. */
  refuse(host: SessionHost, direction: Direction, message: Uint8Array, from: Sender): NotTaken;
}

const closedByPeer: Loss = { reason: 'closed', exitCode: null, signal: null, lastStderr: [], willRestart: false };

abstract class End implements SessionPeer {
  protected readonly host: SessionHost;
  protected readonly surroundings: HandleSurroundings;
  protected abstract readonly direction: Direction;

  constructor(host: SessionHost, surroundings: HandleSurroundings) {
    this.host = host;
    this.surroundings = surroundings;
  }

  abstract drained(): void;

  receive(message: Uint8Array, from?: Sender): NotTaken | undefined {
    const { host } = this;
    if (from !== undefined && !belongsTo(host.record, from)) {
      return this.surroundings.refuse(host, this.direction, message, from);
    }
    host.receive(this.direction, message, undefined);
    return undefined;
  }

  ready(): Promise<void> {
    return this.host.ready(this.direction);
  }

  receiveValue(message: unknown, aside?: unknown, related?: RequestId): void {
    this.host.receiveValue(this.direction, message, aside, related);
  }

  unreadable(fault: ReadFault, bytes: number): void {
    this.host.unreadable(this.direction, fault, bytes, undefined);
  }

  protected send(event: SessionEvent): void {
    this.surroundings.send(this.host.record.id, event);
  }

  protected get now(): number {
    return this.surroundings.clock.now();
  }
}

class ClientEnd extends End implements ClientPeer {
  protected get direction(): Direction {
    return 'client-to-server';
  }

  drained(): void {
    this.host.toClient.drained();
  }

  closed(isGone: boolean): void {
    this.send({ type: 'client.closed', at: this.now, isGone });
  }

  attached(hasOpenStream: boolean): void {
    this.send({ type: 'client.attached', at: this.now, hasOpenStream });
  }

  receiveRead(read: Frame | ReadFault, bytes: number, exchange: Exchange): void {
    if (isFault(read)) this.host.unreadable(this.direction, read, bytes, exchange);
    else this.host.arrive(this.direction, read, exchange);
  }

  exchangeClosed(exchange: Exchange): void {
    this.host.exchangeClosed(exchange);
  }

  pressed(isFull: boolean): void {
    this.host.pressServer(isFull);
  }

  undeliverable(about: Delivery): void {
    this.host.undeliverable(about);
  }

  get revision(): string | undefined {
    return this.host.record.facts.protocolVersion;
  }

  get acceptsBatches(): boolean {
    return this.host.acceptsBatches;
  }

  refusesRevision(revision: string): boolean {
    return isUnsupported(this.host.record.facts.announced, revision);
  }

  ends(): void {
    this.send({ type: 'session.close', at: this.now, reason: 'client-closed' });
  }
}

class ServerEnd extends End implements ServerPeer {
  protected get direction(): Direction {
    return 'server-to-client';
  }

  drained(): void {
    this.host.toServer.drained();
  }

  failed(about: Delivery, failure: DeliveryFailure): void {
    this.host.failed(about, failure);
  }

  closed(): void {
    this.host.detachServer();
    this.send({ type: 'upstream.lost', at: this.now, loss: closedByPeer });
  }
}

export class SessionHandle implements RuntimeSession {
  readonly client: ClientPeer;
  readonly server: ServerPeer;
  readonly #host: SessionHost;
  readonly #surroundings: HandleSurroundings;

  constructor(host: SessionHost, surroundings: HandleSurroundings) {
    this.#host = host;
    this.#surroundings = surroundings;
    this.client = new ClientEnd(host, surroundings);
    this.server = new ServerEnd(host, surroundings);
  }

  get id(): string {
    return this.#host.record.id;
  }

  snapshot(): SessionSnapshot {
    return snapshotOf(this.#host.record, this.#surroundings.clock.now());
  }

  metadata(): SessionMetadata {
    return metadataOf(this.#host.record, () => this.#surroundings.clock.now());
  }

  close(): void {
    this.#send({ type: 'session.close', at: this.#surroundings.clock.now(), reason: 'closed-by-operator' });
  }

  drain(): void {
    this.#send({ type: 'session.drain', at: this.#surroundings.clock.now() });
  }

  inject(fault: Fault): void {
    if (!this.#host.record.hasEnded) this.#host.fail(fault);
  }

  label(label: string, isSet: boolean): void {
    this.#send({ type: 'session.labelled', at: this.#surroundings.clock.now(), label, isSet });
  }

  #send(event: SessionEvent): void {
    this.#surroundings.send(this.id, event);
  }
}
