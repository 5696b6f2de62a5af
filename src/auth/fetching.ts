/** Requests of our own about authorization: as small as they are, and whom they may go to. */

import { BlockList, isIP } from 'node:net';

/** What is asked of a server that is no MCP server. Redirects are not followed. */
export interface FetchRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Bounded in time and in size. Rejects with an error that can be shown: without credentials, and without what was sent. */
export type Fetch = (url: URL, request: FetchRequest) => Promise<Response>;

const inner = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  inner.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  inner.addSubnet(network, prefix, 'ipv6');
}

/** What a URL of a server is for HTTP, where it is one for WebSocket: `https://` of `wss://`, `http://` of `ws://`. */
export function webUrlOf(url: URL): URL {
  return new URL(url.href.replace(/^ws/, 'http'));
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** An address that only our own network has, or a name of this machine. */
function isInner(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  return isLoopback(url) || (family !== 0 && inner.check(host, family === 4 ? 'ipv4' : 'ipv6'));
}

/**
 * Why a URL that somebody else named is not asked for; undefined when it may be. What is far away must not send us to this machine
 * or into our own network; nothing is sent or learnt unencrypted, except on this machine.
 * @param from the server that we talk to by the user's wish.
 */
export function urlProblem(url: URL, from: URL): string | undefined {
  const isPlain = url.protocol === 'http:' && isLoopback(url);
  if (url.protocol !== 'https:' && !isPlain) return `${url.origin} is not reached by https`;
  if (url.username !== '' || url.password !== '') return `${url.origin} has credentials in its URL`;
  if (isInner(url) && url.hostname !== from.hostname && !isLoopback(from)) {
    return `${url.origin} is an address of this machine or its network, which ${from.origin} does not stand in`;
  }
  return undefined;
}
