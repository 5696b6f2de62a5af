/** An open session in the hands of whoever opened it: its two peers to feed, and a few questions. */

import type { Clock } from '../ports.ts';
import { metadataOf } from '../session/metadata.ts';
import type { SessionMetadata } from '../session/interception.ts';
import type { SessionEvent } from '../session/events.ts';
import { type SessionSnapshot, snapshotOf } from '../session/snapshot.ts';
import type { ClientPeer, RuntimeSession, ServerPeer } from './api.ts';
import type { SessionHost } from './session-host.ts';

export class SessionHandle implements RuntimeSession {
  readonly id: string;
  readonly client: ClientPeer;
  readonly server: ServerPeer;
  readonly #host: SessionHost;
  readonly #clock: Clock;
  readonly #send: (event: SessionEvent) => void;

  constructor(host: SessionHost, clock: Clock, send: (event: SessionEvent) => void) {
    this.id = host.record.id;
    this.#host = host;
    this.#clock = clock;
    this.#send = send;
    const now = (): number => clock.now();
    this.client = {
      receive: (message) => host.receive('client-to-server', message),
      unreadable: (fault, bytes) => host.unreadable('client-to-server', fault, bytes),
      drained: () => host.toClient.drained(),
      closed: (isGone) => send({ type: 'client.closed', at: now(), isGone }),
      attached: (hasOpenStream) => send({ type: 'client.attached', at: now(), hasOpenStream }),
    };
    this.server = {
      receive: (message) => host.receive('server-to-client', message),
      unreadable: (fault, bytes) => host.unreadable('server-to-client', fault, bytes),
      drained: () => host.toServer.drained(),
      closed: () => {
        host.detachServer();
        const loss = { reason: 'closed', exitCode: null, signal: null, lastStderr: [], willRestart: false } as const;
        send({ type: 'upstream.lost', at: now(), loss });
      },
    };
  }

  snapshot(): SessionSnapshot {
    return snapshotOf(this.#host.record, this.#clock.now());
  }

  metadata(): SessionMetadata {
    return metadataOf(this.#host.record, () => this.#clock.now());
  }

  close(): void {
    this.#send({ type: 'session.close', at: this.#clock.now(), reason: 'closed-by-operator' });
  }

  drain(): void {
    this.#send({ type: 'session.drain', at: this.#clock.now() });
  }

  label(label: string, isSet: boolean): void {
    this.#send({ type: 'session.labelled', at: this.#clock.now(), label, isSet });
  }
}
