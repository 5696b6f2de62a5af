/**
 * The shape that every adapter has: one peer of a session, to be written to through its link and, once the session is open,
 * told whom to report to. Types only.
 */

import type { RequestId } from '../protocol/envelope.ts';
import type { Delivery, DeliveryFailure, PeerEvents, PeerLink } from '../ports.ts';

/** Where an adapter reports what its peer sends and does. */
export interface PeerReports extends PeerEvents {
  value(message: unknown, aside?: unknown, related?: RequestId): void;
  /** A message that the link had taken did not reach the peer, or a request will get no answer. */
  failed(about: Delivery, failure: DeliveryFailure): void;
  /** The peer sends nothing more, and still reads. */
  ended(): void;
  /** The peer is gone. Nothing is reported after this. */
  closed(): void;
}

/**
 * One peer of a session, before and after it is open. docs/guides/put-session-laws-into-your-proxy.md writes one in 30
 * lines.
 */
export interface PeerAdapter {
  readonly link: PeerLink;
  /**
   * From now on messages are read and reported. To be called once.
   * @throws LocalError ALREADY_STARTED
   */
  start(reports: PeerReports): void;
}
