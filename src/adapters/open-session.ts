/** Opens a session between two peers that adapters stand for, and lets them begin. */

import { LocalError } from '../local-error.ts';
import type { Delivery, DeliveryFailure, UpstreamConnector } from '../ports.ts';
import type { OpenOptions, Runtime, RuntimeSession, SessionPeer } from '../runtime/api.ts';
import type { PeerAdapter, PeerReports } from './peer-adapter.ts';

/** The two peers of a session, and what `Runtime.open` takes besides. */
export interface SessionBetween extends Omit<OpenOptions, 'client' | 'server' | 'transportType'> {
  readonly client: PeerAdapter;
  readonly server: PeerAdapter | UpstreamConnector;
  /** `in-memory` unless said otherwise: a session that ends with its connection. */
  readonly transportType?: OpenOptions['transportType'];
}

/**
 * A session between a client and a server. It ends when one of them is gone; both links are closed by its end.
 *
 * ```ts
 * openSession(runtime, {
 *   client: nodeStreams({ input: socket, output: socket }),
 *   server: nodeStreams({ input: child.stdout, output: child.stdin }),
 * });
 * ```
 * @throws LocalError SESSION_REFUSED, with the refusal as `cause`: the limits are reached, or the runtime drains.
 */
export function openSession(runtime: Runtime, { client, server, ...rest }: SessionBetween): RuntimeSession {
  const opened = runtime.open({
    transportType: 'in-memory',
    ...rest,
    client: client.link,
    server: 'connect' in server ? server : server.link,
  });
  if ('refusal' in opened) {
    throw new LocalError('SESSION_REFUSED', `No session was opened: ${opened.refusal.code}.`, {
      cause: opened.refusal,
    });
  }
  const { session } = opened;
  if (!('connect' in server)) {
    const closed = (): void => session.server.closed();
    // A server that says nothing more is lost to its session, which then writes to it no more, and does not close its link.
    const ended = (): void => {
      closed();
      server.link.close('upstream-lost');
    };
    const failed = (about: Delivery, failure: DeliveryFailure): void => session.server.failed(about, failure);
    server.start(reportsTo(session.server, ended, closed, failed));
  }
  const leaves = (isGone: boolean) => (): void => session.client.closed(isGone);
  const undelivered = (about: Delivery): void => session.client.undeliverable(about);
  client.start(reportsTo(session.client, leaves(false), leaves(true), undelivered));
  return session;
}

function reportsTo(
  peer: SessionPeer,
  ended: () => void,
  closed: () => void,
  failed: PeerReports['failed'],
): PeerReports {
  return {
    message: (bytes) => peer.receive(bytes),
    value: (message, aside, related) => peer.receiveValue(message, aside, related),
    unreadable: (fault, bytes) => peer.unreadable(fault, bytes),
    drained: () => peer.drained(),
    ended,
    closed,
    failed,
  };
}
