/** A transport of an SDK as one peer of a session, for proxies that stand between two of them, or between one and something else. */

import type { PeerAdapter } from './peer-adapter.ts';
import { SdkPeer } from './sdk-peer.ts';
import type { SdkTransport } from './sdk-shape.ts';

/**
 * Whoever is at the far end of `transport` (SDK v1 or v2) as a peer for `openSession`. The transport is started with the
 * session and closed with it. Its `onerror` is told what could not be sent, and every message stays a value between two
 * transports: nothing is written and read again on the way.
 *
 * ```ts
 * const session = openSession(runtime, { client: sdkTransport(fromClient), server: sdkTransport(toServer) });
 * ```
 */
export function sdkTransport(transport: SdkTransport): PeerAdapter {
  const peer = new SdkPeer(transport);
  const { onerror } = transport;
  peer.onerror = (error) => onerror?.(error);
  return peer;
}
