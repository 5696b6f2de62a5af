/**
 * What a session's upstream reports, as the session takes it: messages as frames, everything else as events. A class of its own
 * because every session has one: nine functions that remember their session weigh ten times as much.
 */

import type { Delivery, DeliveryFailure, UpstreamLink } from '../ports.ts';
import type { RequestId } from '../protocol/envelope.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { Loss, LossReason } from '../session/events.ts';
import type { PendingEntry, Via } from '../session/pending.ts';
import type { Departure } from '../session/upstream.ts';
import type { HostSurroundings, SessionHost } from './session-host.ts';
import type { UpstreamReports } from './upstream-actor.ts';

export class ServerReports implements UpstreamReports {
  readonly #host: SessionHost;
  readonly #surroundings: Pick<HostSurroundings, 'now' | 'route' | 'restarting'>;
  readonly #onStopped: (departure: Departure | undefined) => void;

  constructor(
    host: SessionHost,
    surroundings: Pick<HostSurroundings, 'now' | 'route' | 'restarting'>,
    onStopped: (departure: Departure | undefined) => void,
  ) {
    this.#host = host;
    this.#surroundings = surroundings;
    this.#onStopped = onStopped;
  }

  connected(link: UpstreamLink): void {
    this.#host.attachServer(link);
    const at = this.#surroundings.now();
    const event = { type: 'upstream.ready', at } as const;
    this.#surroundings.route(this.#host, link.goesOn === true ? { ...event, goesOn: true } : event);
  }

  message(bytes: Uint8Array, via: Via | undefined): void {
    this.#host.receive('server-to-client', bytes, via);
  }

  value(message: unknown, aside: unknown, related: RequestId | undefined): void {
    this.#host.receiveValue('server-to-client', message, aside, related);
  }

  unreadable(fault: ReadFault, bytes: number, via: Via | undefined): void {
    this.#host.unreadable('server-to-client', fault, bytes, via);
  }

  failed(about: Delivery, failure: DeliveryFailure): void {
    this.#host.failed(about, failure);
  }

  parted(request: PendingEntry): void {
    this.#host.parted(request);
  }

  drained(): void {
    this.#host.toServer.drained();
  }

  lost(loss: Loss): void {
    this.#host.detachServer();
    this.#surroundings.route(this.#host, { type: 'upstream.lost', at: this.#surroundings.now(), loss });
  }

  restarting(reason: LossReason): void {
    this.#surroundings.restarting(reason);
  }

  stopped(departure: Departure | undefined): void {
    this.#onStopped(departure);
  }
}
