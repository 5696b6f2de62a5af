/**
 * A session between a transport of an SDK and the protocol object that uses it: limits, deadlines and typed errors for a
 * client or a server that exists, without another process.
 */

import type { Runtime } from '../runtime/api.ts';
import { openSession, type SessionBetween } from './open-session.ts';
import { SdkPeer } from './sdk-peer.ts';
import { SdkPort } from './sdk-port.ts';
import type { SdkTransport } from './sdk-shape.ts';

/** The runtime of the session, which side of it the transport leads to, and what `openSession` takes besides. */
export interface WrapOptions extends Omit<SessionBetween, 'client' | 'server'> {
  readonly runtime: Runtime;
  /** Who is at the far end: `client` for the transport of a server, `server` for the transport of a client. */
  readonly peer: 'client' | 'server';
}

/** What of the wrapped transport shows through. */
export interface WrappedTransport extends SdkTransport {
  readonly sessionId: string | undefined;
  readonly hasPerRequestStream: boolean;
  setProtocolVersion(version: string): void;
  setSupportedProtocolVersions(versions: string[]): void;
}

/**
 * A transport to connect a `Client`, `Server` or `McpServer` (SDK v1 or v2) to, in place of `transport`. The session opens with
 * `start()`, which the SDKs call when they connect, and ends with the first of the two that closes. What the SDKs say along
 * with messages (`authInfo`, `relatedRequestId`, resumption tokens, ...) travels with them, also when an interceptor changes
 * the message.
 *
 * ```ts
 * const server = new McpServer({ name: 'echo', version: '1.0.0' });
 * await server.connect(wrapTransport(transport, { runtime, peer: 'client' }));
 * ```
 */
export function wrapTransport(transport: SdkTransport, { runtime, peer, ...options }: WrapOptions): WrappedTransport {
  const far = new SdkPeer(transport);
  const port = new SdkPort((near) => ({
    transport,
    open: () => {
      openSession(
        runtime,
        peer === 'client' ? { ...options, client: far, server: near } : { ...options, client: near, server: far },
      );
      return far.started;
    },
    closed: () => {
      far.close();
      return far.closed;
    },
  }));
  far.onerror = (error) => port.onerror?.(error);
  return port;
}
