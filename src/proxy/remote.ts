/** Which transport reaches a URL. What a scheme does not need is not loaded. */

import type { Clock, Log, UpstreamConnector } from '../ports.ts';
import { webUrlOf } from '../auth/fetching.ts';
import type { Credentials } from '../transports/http-authorizing-agent.ts';
import type { HttpAgent } from '../transports/http-agent.ts';
import type { OAuthRequest } from './remote-credentials.ts';

export interface RemoteOptions {
  /** `http:`, `https:`, `ws:` or `wss:`. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates (PEM) that are trusted in place of the usual ones. */
  readonly ca: string | undefined;
  /** How we prove who we are to a server that asks; what its clients say is passed on unless told. */
  readonly oauth?: OAuthRequest | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly frameBytesMax: number;
  /** A request is sent under the trace that its message names; over HTTP alone, where there are headers for each. */
  readonly tracesRequests?: boolean;
}

/** Ways to the server at a URL: a connection, or an upstream session, of its own for each that asks. */
export interface Remote {
  /** The URL without what is secret in it. */
  readonly name: string;
  connector(): UpstreamConnector;
  /** Gives up what the connections shared. */
  close(): Promise<void>;
}

export async function openRemote(options: RemoteOptions): Promise<Remote> {
  const { url, headers, ca, clock, log, frameBytesMax, tracesRequests = false } = options;
  const name = `${url.protocol}//${url.host}${url.pathname}`;
  if (url.protocol === 'ws:' || url.protocol === 'wss:') {
    const { webSocketConnector } = await import('../transports/websocket-connector.ts');
    const tls = ca === undefined ? {} : { tls: { ca } };
    const proof = options.oauth === undefined ? undefined : await proofOverHttp(options.oauth, options);
    const credentials = proof === undefined ? {} : { credentials: proof.credentials };
    const connector = webSocketConnector({ url: url.href, headers, clock, frameBytesMax, ...tls, ...credentials });
    return { name, connector: () => connector, close: async () => proof?.close() };
  }
  const [{ openHttpAgent }, { httpUpstream }] = await Promise.all([
    import('../transports/http-agent.ts'),
    import('../transports/http-detect.ts'),
  ]);
  const plain = await openHttpAgent(ca === undefined ? {} : { ca });
  const agent = options.oauth === undefined ? plain : await withCredentials(plain, options.oauth, options);
  const connector = httpUpstream({ url: url.href, headers, agent, clock, frameBytesMax, log, tracesRequests });
  return { name, connector: () => connector, close: async () => agent.close() };
}

/** Whom a server on WebSocket trusts is asked over HTTP, at the same host: that is where it says who gives out its tokens. */
async function proofOverHttp(
  oauth: OAuthRequest,
  options: RemoteOptions,
): Promise<{ readonly credentials: Credentials; close(): Promise<void> }> {
  const [{ openHttpAgent }, { remoteKeeper }] = await Promise.all([
    import('../transports/http-agent.ts'),
    import('./remote-credentials.ts'),
  ]);
  const agent = await openHttpAgent(options.ca === undefined ? {} : { ca: options.ca });
  const credentials = remoteKeeper(agent, oauth, { ...options, url: webUrlOf(options.url) });
  return { credentials, close: async () => agent.close() };
}

async function withCredentials(agent: HttpAgent, oauth: OAuthRequest, options: RemoteOptions): Promise<HttpAgent> {
  const [{ remoteKeeper }, { authorizingAgent }] = await Promise.all([
    import('./remote-credentials.ts'),
    import('../transports/http-authorizing-agent.ts'),
  ]);
  return authorizingAgent(agent, remoteKeeper(agent, oauth, options));
}
