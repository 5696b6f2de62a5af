/**
 * The connections to HTTP servers that all sessions of a process share. Decides how many there are, and that what lasts long
 * never keeps what is short from leaving. Does not know what is sent. The one file that knows undici, which it loads when it
 * is opened.
 */

import { isIP } from 'node:net';
import type { Dispatcher, EnvHttpProxyAgent } from 'undici';

/**
 * Requests that may wait for one another, and those that may not:
 * - `calls`: requests for an answer. Beyond the limit they wait for a connection.
 * - `notes`: what the server only takes: notifications, answers, cancellations, the end of a session. A call may wait for one
 *   of these, so that they have connections of their own.
 * - `streams`: what stays open as long as a session does. Each has a connection, since one that waits would wait for ever;
 *   limits of sessions and of listens bound their number.
 */
export type HttpLane = 'calls' | 'notes' | 'streams';

export interface HttpRequest {
  /** `scheme://host:port`. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Buffer | null;
}

/** What happens to a request. Nothing is called inside `send`, and nothing after `onComplete` or `onError`. */
export interface HttpResponseHandler {
  /** It is being written to a connection now; from here on the server may have read it. What is thrown here withdraws it. */
  onConnect(abort: (reason?: Error) => void): void;
  /** Names and values in turn. False pauses the response until `resume` is called. Also called for statuses below 200. */
  onHeaders(status: number, headers: readonly Buffer[], resume: () => void): boolean;
  /** Bytes that nobody else changes. False pauses. */
  onData(chunk: Buffer): boolean;
  onComplete(): void;
  onError(error: Error): void;
}

export interface HttpAgent {
  send(lane: HttpLane, request: HttpRequest, handler: HttpResponseHandler): void;
  /** Ends every connection now. */
  close(): Promise<void>;
}

export interface HttpAgentOptions {
  /** Connections for calls to one origin. */
  readonly connectionsMax?: number;
  readonly connectTimeoutMs?: number;
  /** Certificates (PEM) of the authorities that are trusted in place of the usual ones. */
  readonly ca?: string;
  /** Where `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are looked up. A server on this machine is never reached through a proxy. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const connectionsDefaultMax = 256;
const noteConnectionsMax = 64;
const connectTimeoutDefaultMs = 10_000;

export async function openHttpAgent(options: HttpAgentOptions = {}): Promise<HttpAgent> {
  const { env = process.env, ca } = options;
  const { default: Agent } = await import('undici/lib/dispatcher/agent.js');
  const security = {
    timeout: options.connectTimeoutMs ?? connectTimeoutDefaultMs,
    ...(ca === undefined ? {} : { ca }),
  };
  const shared = {
    // Requests have deadlines of their own, which know progress and who asked whom.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: security,
  };
  const limits = { calls: options.connectionsMax ?? connectionsDefaultMax, notes: noteConnectionsMax, streams: null };
  const open = async (connections: number | null): Promise<Lane> => {
    const direct = new Agent({ ...shared, connections });
    const proxies = proxiesOf(env);
    if (proxies === undefined) return { direct, proxied: direct };
    return { direct, proxied: await openProxied({ ...shared, connections, ...proxies }, security) };
  };
  const lanes = {
    calls: await open(limits.calls),
    notes: await open(limits.notes),
    streams: await open(limits.streams),
  };
  return {
    send: (lane, request, handler) => {
      const { direct, proxied } = lanes[lane];
      const dispatcher = direct === proxied || isOnThisMachine(request.origin) ? direct : proxied;
      dispatcher.dispatch(request, handler);
    },
    close: async () => {
      await Promise.all(Object.values(lanes).flatMap(({ direct, proxied }) => [direct.destroy(), proxied.destroy()]));
    },
  };
}

interface Lane {
  readonly direct: Dispatcher;
  readonly proxied: Dispatcher;
}

/** The parts of undici that know proxies, put together as the whole of it would. */
async function openProxied(
  options: EnvHttpProxyAgent.Options,
  security: NonNullable<EnvHttpProxyAgent.Options['requestTls']>,
): Promise<Dispatcher> {
  const [{ default: EnvHttpProxyAgent }, { default: Pool }, { default: openTunnel }] = await Promise.all([
    import('undici/lib/dispatcher/env-http-proxy-agent.js'),
    import('undici/lib/dispatcher/pool.js'),
    import('undici/lib/api/api-connect.js'),
  ]);
  return new EnvHttpProxyAgent({
    ...options,
    requestTls: security,
    proxyTls: security,
    clientFactory: (proxy, toProxy) => Object.assign(new Pool(proxy, toProxy), { connect: openTunnel }),
  });
}

/** In lower case they win, as everywhere else. `undefined` when there is no proxy at all. */
function proxiesOf(env: NonNullable<HttpAgentOptions['env']>): Proxies | undefined {
  const named = (name: string): string => env[name] ?? env[name.toUpperCase()] ?? '';
  const [httpProxy, httpsProxy, noProxy] = [named('http_proxy'), named('https_proxy'), named('no_proxy')];
  return httpProxy === '' && httpsProxy === '' ? undefined : { httpProxy, httpsProxy, noProxy };
}

/** Empty: none. Said in full, since undici would look into the environment of the process for what is left out. */
interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

function isOnThisMachine(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
